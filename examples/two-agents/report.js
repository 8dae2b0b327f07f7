// @ts-check
// What a run came to: summary, usage, cost, files.
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";

/**
 * @param {import("autogen-ts").ChatResult} result
 * @param {string} folder where the program worked
 */
export async function printReport(result, folder) {
  console.log(`\nSummary: ${String(result.summary).trim()}`);
  console.log(`Stopped: ${result.stopReason}, after ${result.chatHistory.length} messages`);
  const { total_cost: cost, ...models } = result.cost.usageIncludingCachedInference;
  for (const [model, usage] of Object.entries(models)) {
    if (typeof usage !== "object" || usage === null) continue;
    console.log(`Tokens: ${usage.prompt_tokens} in, ${usage.completion_tokens} out (${model})`);
  }
  console.log(`Cost: ${cost === null ? "unknown, the model has no known price" : `${cost.toFixed(6)} US dollars`}`);
  const pictures = (await readdir(folder)).filter((name) => /\.(svg|png|html|pdf)$/.test(name));
  for (const name of pictures) console.log(`Picture: ${resolve(folder, name)}`);
}
