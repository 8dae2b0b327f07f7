/**
 * Two chats side by side, each with a log of its own, and one log of the whole program: who used how many tokens, for how
 * much, and is the key that one of them was told in any log? No model is needed, and nothing leaves this machine.
 */
import { readFileSync } from "node:fs";
import { AssistantAgent, UserProxyAgent } from "autogen-ts";
import {
  FileLogger,
  readUsage,
  runtimeLogging,
  SqliteLogger,
  usageReport,
  usageTable,
  writeUsageChart,
} from "autogen-ts/logging";

const KEY = "sk-example-0123456789abcdef";

/** Stands in for an endpoint: counts words as tokens. */
class CountingModel {
  #price;

  /** @param {{ pricePer1000?: number }} entry */
  constructor({ pricePer1000 }) {
    this.#price = pricePer1000;
  }

  /** @param {import("autogen-ts").ModelParams} params */
  async create({ messages }) {
    const prompt_tokens = JSON.stringify(messages).split(/\s+/).length;
    const content = `I have read ${prompt_tokens} words. TERMINATE`;
    const completion_tokens = content.split(" ").length;
    return {
      model: this.#price === undefined ? "own-model" : "priced-model",
      choices: [{ message: { role: "assistant", content } }],
      usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
    };
  }

  /** @param {import("autogen-ts").ModelResponse} response */
  messageRetrieval({ choices }) {
    return choices.map(({ message }) => message?.content ?? "");
  }

  /** @param {import("autogen-ts").ModelResponse} response */
  cost({ usage }) {
    return this.#price === undefined ? null : ((usage?.total_tokens ?? 0) / 1000) * this.#price;
  }

  /** @param {import("autogen-ts").ModelResponse} response */
  getUsage({ model, usage }) {
    return { model, ...usage };
  }
}

/** @param {string} name @param {{ pricePer1000?: number }} price @param {string} message */
async function chat(name, price, message) {
  const entry = { model: "stand-in", model_client_cls: CountingModel, api_key: KEY, ...price };
  const assistant = new AssistantAgent({ name, llmConfig: { config_list: [entry], cache_seed: null } });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  await user.initiateChat(assistant, { message, silent: true });
}

runtimeLogging.start({ logger: [new SqliteLogger({ dbname: "all.db" }), new FileLogger({ dir: "." })] });
await Promise.all([
  runtimeLogging.withLogging({ config: { dbname: "reader.db" } }, async () => {
    await chat("reader", { pricePer1000: 0.5 }, "Read this, please.");
  }),
  runtimeLogging.withLogging({ config: { dbname: "writer.db" } }, async () => {
    await chat("writer", {}, `Write about my key, which is ${KEY}.`);
  }),
]);
runtimeLogging.stop();

const report = usageReport("all.db");
console.log(usageTable(report));
await writeUsageChart(report, "usage.svg");
console.log("Drawn: usage.svg");
for (const file of ["reader.db", "writer.db"]) console.log(`${file}: ${readUsage(file).totalTokens} tokens`);

const together = readUsage("reader.db").totalTokens + readUsage("writer.db").totalTokens;
if (together !== report.total.totalTokens) throw new Error("The two parts are not the whole.");
for (const file of ["all.db", "reader.db", "writer.db", "runtime.log"]) {
  if (readFileSync(file, "latin1").includes(KEY)) throw new Error(`The key is in ${file}.`);
}
console.log("The key is in none of the four logs.");
