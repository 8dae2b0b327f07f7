/** `autogen-ts durable answer`. */
import { AutogenError, visibleText } from "../../../core.js";
import type { AnswerReceipt, DurableRuns } from "../../durable/index.js";
import type { Command } from "../command.js";
import { DIR, runsOf } from "./common.js";

const TOLD: Readonly<Record<AnswerReceipt, string>> = {
  accepted: "The answer is stored; the run goes on with it when it is resumed, or at once where it is running.",
  early: "The question is not asked yet; the answer is stored for it.",
  answered: "The question was answered before, and that answer counts.",
  expired: "The question has expired.",
  closed: "The run is over.",
};

export const answer: Command = {
  description: "Answers a question of a durable run. Calls of tools are approved by `yes`, and denied by anything else.",
  operands: ["RUN", "TEXT"],
  options: [DIR, { name: "question", short: "q", value: "ID", help: "which one (default: the only one that is open)" }],
  run: async (call) => {
    const [run = "", text = ""] = call.operands;
    const runs = runsOf(call);
    const receipt = await runs.answer(run, call.value("question") ?? (await onlyQuestion(runs, run)), text);
    call.errors.write(`${TOLD[receipt]}\n`);
    return receipt === "accepted" || receipt === "early" ? 0 : 1;
  },
};

async function onlyQuestion(runs: DurableRuns, run: string): Promise<string> {
  const { questions } = await runs.show(run);
  const [first, second] = questions;
  if (first !== undefined && second === undefined) return first.id;
  const open = questions.map(({ id }) => `\`${visibleText(id)}\``).join(", ");
  throw new AutogenError(
    "invalid-option",
    first === undefined
      ? `The run \`${run}\` has no open question. An answer to one that will be asked needs \`--question\`.`
      : `The run \`${run}\` has several open questions: ${open}. Say which by \`--question\`.`,
  );
}
