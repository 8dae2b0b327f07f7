import { AutogenError } from "../../run/index.js";
import type { Choice } from "../contract.js";
import type { Selecting } from "./method.js";

/** Each eligible agent with the same probability. */
export async function selectAtRandom({ eligible, manager, run }: Selecting): Promise<Choice> {
  const number = await run.perform("random", manager.name, null, () => Promise.resolve(run.host.random()));
  const agent = eligible[Math.floor(number * eligible.length)];
  if (agent !== undefined) return { agent, attempts: 0, tokens: 0 };
  throw new AutogenError("invalid-state", `The source of randomness gave ${String(number)}, which is not in [0, 1).`);
}
