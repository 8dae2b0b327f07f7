/** `autogen-ts durable fork`. */
import { AutogenError } from "../../../core.js";
import { UsageError } from "../parse-call.js";
import type { Command } from "../command.js";
import { conversationsOf, DIR, outcomeText, runsOf } from "./common.js";

export const fork: Command = {
  description:
    "Makes a new run out of the first steps of another, says something else in the last of them or changes the input, and goes on with it.",
  operands: ["MODULE", "RUN"],
  options: [
    DIR,
    {
      name: "step",
      short: "s",
      value: "N",
      help: "keep the steps before this number (default: all); `durable show` has the numbers",
    },
    { name: "message", short: "m", value: "TEXT", help: "what is said in the last step that is kept" },
    { name: "model", value: "NAME", help: "another `model` in the input, for programs that take it from there" },
    { name: "input", value: "JSON", help: "another input" },
    { name: "id", value: "ID", help: "of the new run (default: made up)" },
    { name: "no-run", help: "only make it" },
  ],
  run: async (call) => {
    const [module = "", from = ""] = call.operands;
    const runs = runsOf(call, await conversationsOf(module));
    const [step, message, id] = [call.value("step"), call.value("message"), call.value("id")];
    const input = inputOf(call.value("input"), call.value("model"), (await runs.show(from)).input);
    const forked = await runs.fork(from, {
      ...(step === undefined ? {} : { step: numberOf(step) }),
      ...(message === undefined ? {} : { message }),
      ...(id === undefined ? {} : { id }),
      ...(input === undefined ? {} : { input }),
    });
    if (call.has("no-run")) {
      call.out.write(`${forked}\n`);
      return 0;
    }
    const outcome = await runs.resume(forked, { signal: call.signal });
    call.out.write(outcomeText(outcome));
    return outcome.status === "failed" ? 1 : 0;
  },
};

function numberOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError("`--step` needs a whole number from 0.");
}

function inputOf(text: string | undefined, model: string | undefined, before: unknown): unknown {
  const input = text === undefined ? before : parsed(text);
  if (model === undefined) return text === undefined ? undefined : input;
  if (typeof input === "object" && input !== null && "model" in input) return { ...input, model };
  throw new AutogenError(
    "invalid-option",
    "The input of this run has no `model`, so the program takes its model from elsewhere. Let it take the name from its input, or change the program and its version.",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError("`--input` is not JSON.");
  }
}
