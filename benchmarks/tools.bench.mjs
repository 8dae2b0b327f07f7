/**
 * Loops of a tool: a request that ends in a call, the tool, a second request with its answer. Beside the agent of the AI
 * SDK, on the same endpoint with the same schema, both in this one process. What counts is processor time: what one core
 * can do. All rivals take turns in each round, so that whatever else the machine does meets all of them.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { stepCountIs, tool, ToolLoopAgent } from "ai";
import { AssistantAgent, defineTool, memoryStream, registerFunction, UserProxyAgent } from "autogen-ts";
import { z } from "zod";
import { startModelServer } from "./model-server.mjs";
import { median } from "./rounds.mjs";

const ROUNDS = 9;
const CONCURRENT = 200;
const SYSTEM = "You are an assistant.";
const parameters = z.object({ a: z.number(), b: z.number() });
const description = "Adds two numbers";

export async function run() {
  const server = await startModelServer();
  try {
    const times = await measure({
      loop: loops(server.url, atOnce),
      "AI SDK": loopsOfAiSdk(server.url),
      "loop alone": loops(server.url, oneByOne),
      "turn alone": turns(server.url, oneByOne),
    });
    const ratio = (first, second) => median(times[first].map((time, round) => time / times[second][round]));
    return [
      { label: `${CONCURRENT} tool loops at once: agents`, value: 1e6 / median(times.loop), unit: "runs per second of one core" },
      {
        label: `${CONCURRENT} tool loops at once: AI SDK`,
        value: 1e6 / median(times["AI SDK"]),
        unit: "runs per second of one core",
      },
      { label: "agents against AI SDK", value: ratio("AI SDK", "loop"), unit: "times as many", atLeast: 1.3 },
      {
        label: "tool loop of two requests against one turn",
        value: ratio("loop alone", "turn alone"),
        unit: "times",
        atMost: 2.2,
      },
    ];
  } finally {
    server.stop();
  }
}

/** @returns for each rival, microseconds of processor time per run in each round */
async function measure(rivals) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const names = Object.keys(rivals);
  for (const name of names) for (let warm = 0; warm < 3; warm += 1) await rivals[name](); // compiled and connected
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let index = 0; index < names.length; index += 1) {
      const name = names[(index + round) % names.length];
      collect(); // nobody pays for the garbage of the one before
      const before = process.cpuUsage();
      await rivals[name]();
      const { user, system } = process.cpuUsage(before);
      times[name].push((user + system) / CONCURRENT);
    }
  }
  return times;
}

/**
 * Two agents each, for an agent is in one chat with a partner at a time.
 *
 * @param {(user: UserProxyAgent, bot: AssistantAgent) => void} [prepare]
 */
function pairs(baseURL, prepare) {
  const entry = { model: "bench", base_url: baseURL, api_key: "bench", price: 0 };
  return Array.from({ length: CONCURRENT }, () => {
    const llmConfig = { config_list: [entry], cache_seed: null };
    const bot = new AssistantAgent({ name: "bot", systemMessage: SYSTEM, llmConfig });
    const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
    prepare?.(user, bot);
    return { user, bot };
  });
}

const atOnce = (all, chat) => Promise.all(all.map(chat));

async function oneByOne(all, chat) {
  const results = [];
  for (const one of all) results.push(await chat(one));
  return results;
}

function loops(url, order) {
  const add = defineTool({ name: "add", description, parameters, execute: ({ a, b }) => a + b });
  const all = pairs(`${url}/tools/v1`, (user, bot) => void registerFunction(add, { caller: bot, executor: user }));
  const stream = memoryStream();
  return async () => {
    const results = await order(all, ({ user, bot }) =>
      user.initiateChat(bot, { message: "1 + 2?", maxTurns: 2, silent: true, stream }),
    );
    check(results.every(({ summary, chatHistory }) => summary === "All right." && chatHistory[2]?.content === "3"));
  };
}

function turns(url, order) {
  const all = pairs(`${url}/v1`);
  const stream = memoryStream();
  return async () => {
    const results = await order(all, ({ user, bot }) =>
      user.initiateChat(bot, { message: "hello", maxTurns: 1, silent: true, stream }),
    );
    check(results.every(({ summary }) => summary === "All right."));
  };
}

function loopsOfAiSdk(url) {
  const provider = createOpenAICompatible({ name: "bench", baseURL: `${url}/tools/v1`, apiKey: "bench" });
  const add = tool({ description, inputSchema: parameters, execute: ({ a, b }) => a + b });
  const agent = new ToolLoopAgent({
    model: provider("bench"),
    instructions: SYSTEM,
    tools: { add },
    stopWhen: stepCountIs(4),
  });
  return async () => {
    const results = await Promise.all(Array.from({ length: CONCURRENT }, () => agent.generate({ prompt: "1 + 2?" })));
    check(results.every(({ text, steps }) => text === "All right." && steps[0]?.toolResults[0]?.output === 3));
  };
}

function check(holds) {
  if (!holds) throw new Error("A run did not do what it should.");
}
