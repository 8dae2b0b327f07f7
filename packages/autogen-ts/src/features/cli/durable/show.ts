/** `autogen-ts durable show`. */
import type { Command } from "../command.js";
import { DIR, JSON_FORM, outcomeText, questionText, runsOf, shown } from "./common.js";

export const show: Command = {
  description: "Shows one durable run: its input, its steps with their numbers, open questions, and how it ended.",
  operands: ["RUN"],
  options: [DIR, JSON_FORM],
  run: async (call) => {
    const details = await runsOf(call).show(call.operands[0] ?? "");
    if (call.has("json")) {
      call.out.write(`${JSON.stringify(details, null, 2)}\n`);
      return 0;
    }
    const { id, conversation, version, status, started, input, forkedFrom, stepList, questions, end } = details;
    call.out.write(`${id}: ${shown(conversation)} (version ${shown(version)}), ${status}, started ${shown(started)}\n`);
    if (forkedFrom !== null) call.out.write(`forked from ${shown(forkedFrom)}\n`);
    call.out.write(`input: ${shown(JSON.stringify(input))}\n`);
    for (const { number, key, ok, text } of stepList)
      call.out.write(
        `${String(number).padStart(4)}  ${ok ? " " : "!"} ${shown(key)}\n        ${shown(text).replaceAll("\n", "\n        ")}\n`,
      );
    for (const question of questions) call.out.write(questionText(question));
    if (end !== null) call.out.write(outcomeText(end));
    return 0;
  },
};
