/** `autogen-ts durable list`. */
import type { Command } from "../command.js";
import { DIR, JSON_FORM, questionText, runsOf, shown } from "./common.js";

export const list: Command = {
  description: "Lists the durable runs of a folder, the oldest first, with the questions that wait for an answer.",
  operands: [],
  options: [DIR, JSON_FORM],
  run: async (call) => {
    const found = await runsOf(call).list();
    if (call.has("json")) {
      call.out.write(`${JSON.stringify(found, null, 2)}\n`);
      return 0;
    }
    if (found.length === 0) call.errors.write("There are no runs.\n");
    for (const { id, conversation, version, status, steps, started, holder, questions, problem } of found) {
      const by = holder === null ? "" : ` by ${holder}`;
      call.out.write(
        `${id}  ${status}${by}  ${shown(conversation)} (version ${shown(version)})  ${String(steps)} steps  ${shown(started)}\n`,
      );
      if (problem !== null) call.out.write(`  ${shown(problem)}\n`);
      for (const question of questions) call.out.write(questionText(question));
    }
    return 0;
  },
};
