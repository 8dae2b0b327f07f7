import type { Choice } from "../contract.js";
import type { Selecting } from "./method.js";

/** The next eligible agent in order. */
export function selectInTurn({ group, last, eligible }: Selecting): Choice {
  return { agent: group.nextAgent(last, eligible), attempts: 0, tokens: 0 };
}
