// @ts-check
// A calculator of four agents in a row. Each is asked to work on "my numbers"; what these are stands in the carryover alone.
import { AssistantAgent, ConversableAgent, runProgram } from "autogen-ts";
import { STEPS, numbersIn } from "./steps.js";
import { modelFor } from "./models.js";
import { printStep, printVerdict } from "./report.js";

/** How results are handed on, from the most confusing to the clearest. */
const WAYS = {
  plain: { title: "as in the original: all results so far, one below the other", options: {} },
  last: { title: 'carryoverMode "last": the latest result alone', options: { carryoverMode: "last" } },
  labelled: {
    title: 'carryoverFormat "labelled": all results, each under its own line',
    options: { carryoverFormat: "labelled" },
  },
};

const NUMBERS = [3, 7, 11];

await runProgram(async (signal) => {
  const model = await modelFor();
  const numberAgent = new ConversableAgent({ name: "number_agent", humanInputMode: "NEVER" });
  const agents = STEPS.map(
    ({ name, task }) =>
      new AssistantAgent({
        name,
        systemMessage: `${task} Answer with the new numbers alone, one on each line.`,
        llmConfig: model(name),
      }),
  );
  for (const { title, options } of Object.values(WAYS)) {
    console.log(`\n=== ${title} ===`);
    const results = await numberAgent.initiateChats(
      agents.map((recipient, index) => ({
        recipient,
        message: index === 0 ? NUMBERS.join("\n") : "These are my numbers.",
        maxTurns: 1,
        summaryMethod: /** @type {const} */ ("last_msg"),
      })),
      { .../** @type {import("autogen-ts").CarryingOptions} */ (options), silent: true, signal },
    );
    for (const result of results) printStep(result);
    printVerdict(NUMBERS, numbersIn(String(results.at(-1)?.summary)));
  }
});
