/** `autogen-ts durable resume`. */
import { visibleText } from "../../../core.js";
import type { Command } from "../command.js";
import { conversationsOf, DIR, outcomeText, runsOf } from "./common.js";

export const resume: Command = {
  description:
    "Goes on with a durable run, or with all that are ready, by the conversations that a module exports. A failed run performs the steps again by which it failed.",
  operands: ["MODULE", "[RUN]"],
  options: [DIR],
  run: async (call) => {
    const [module = "", run] = call.operands;
    const runs = runsOf(call, await conversationsOf(module));
    const { signal } = call;
    const outcomes = run === undefined ? await runs.resumeReady({ signal }) : [await runs.resume(run, { signal })];
    if (outcomes.length === 0) call.errors.write("No run is ready.\n");
    for (const outcome of outcomes) {
      if (outcome.status !== "refused") call.out.write(outcomeText(outcome));
      else call.errors.write(`${outcome.id} was refused: ${visibleText(messageOf(outcome.error))}\n`);
    }
    return outcomes.some(({ status }) => status === "failed" || status === "refused") ? 1 : 0;
  },
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
