// @ts-check
// Two agents solve a task: the assistant writes a program, the user proxy runs it, until the task is done.
import { mkdir, copyFile } from "node:fs/promises";
import { AssistantAgent, UserProxyAgent, runProgram } from "autogen-ts";
import { chooseModel } from "./choose-model.js";
import { printReport } from "./report.js";

const PRICES = new URL("../data/stocks.csv", import.meta.resolve("vega-datasets"));
const TASK = `The file stocks.csv has the columns symbol, date and price. Work out how the prices of MSFT and AAPL
changed from the first to the last date, and draw both as a line chart into the file price-change.svg.
Use Python and nothing but its standard library.`;

await runProgram(async (signal) => {
  const ownTask = process.argv.slice(2).join(" ");
  const { llmConfig, layers } = await chooseModel({ recording: ownTask === "" });
  await mkdir("coding", { recursive: true });
  await copyFile(PRICES, "coding/stocks.csv");

  const assistant = new AssistantAgent({ name: "assistant", llmConfig });
  const user = new UserProxyAgent({
    name: "user",
    humanInputMode: "NEVER",
    maxConsecutiveAutoReply: 10,
    codeExecutionConfig: { workDir: "coding" },
  });
  const result = await user.initiateChat(assistant, { message: ownTask || TASK, layers, signal });
  await printReport(result, "coding");
});
