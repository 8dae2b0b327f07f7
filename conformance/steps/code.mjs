/** Executors on their own. */
import { executorOf } from "../map/code-settings.mjs";
import { call } from "../map/not-available.mjs";

/** @type {Record<string, import("./index.mjs").Step>} */
export const code = {
  async execute_code({ executor, blocks }) {
    const runner = executorOf(executor);
    const result = await runner.executeCodeBlocks(blocks.map(([language, text]) => ({ language, code: text })));
    return { exit_code: result.exitCode, output: result.output, code_file: result.codeFile ?? null };
  },

  functions_prompt: ({ executor, template }) =>
    call(
      executorOf(executor),
      "formatFunctionsForPrompt",
      "functions of executors",
      ...(template === undefined ? [] : [template]),
    ),
};
