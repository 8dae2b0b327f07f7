/**
 * What a thousand short chats under one `initiateChats` cost beside the bare client making the same requests with the same
 * concurrency, as time on the clock. Rivals take turns in each round.
 */
import { AssistantAgent, UserProxyAgent, initiateChats, memoryStream } from "autogen-ts";
import OpenAI from "openai";
import { startModelServer } from "./model-server.mjs";
import { median } from "./rounds.mjs";

const CHATS = 1_000;
const CONCURRENCY = 50;
const ROUNDS = 15;
const SYSTEM = "You are an assistant.";

export async function run() {
  const server = await startModelServer();
  try {
    const rivals = scene(`${server.url}/v1`);
    const names = Object.keys(rivals);
    for (const name of names) await rivals[name](); // compiled and connected
    /** @type {Record<string, number[]>} */
    const times = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let index = 0; index < names.length; index += 1) {
        const name = names[(index + round) % names.length];
        globalThis.gc?.();
        const start = performance.now();
        await rivals[name]();
        times[name].push(performance.now() - start);
      }
    }
    const ratios = (name) => median(times[name].map((time, round) => time / times.openai[round]));
    return [
      ...names.map((name) => ({
        label: `${CHATS} chats, ${CONCURRENCY} at once: ${name}`,
        value: median(times[name]),
        unit: "ms",
      })),
      { label: "chats against openai", value: ratios("chats"), unit: "times", atMost: 1.5 },
      { label: "chats of new agents against openai", value: ratios("chats of new agents"), unit: "times" },
      ...(await schedulerAlone()),
    ];
  } finally {
    server.stop();
  }
}

function scene(baseURL) {
  const client = new OpenAI({ baseURL, apiKey: "bench" });
  const llmConfig = {
    config_list: [{ model: "bench", base_url: baseURL, api_key: "bench", price: /** @type {const} */ ([0, 0]) }],
    cache_seed: null,
  };
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  const newBots = () =>
    Array.from({ length: CHATS }, (_, index) => new AssistantAgent({ name: `bot${index}`, systemMessage: SYSTEM, llmConfig }));
  const stream = memoryStream();
  const hold = async (/** @type {AssistantAgent[]} */ bots) => {
    const queue = bots.map((recipient, chatId) => ({ chatId, sender: user, recipient, message: "hello", maxTurns: 1 }));
    const results = await initiateChats(queue, { maxConcurrent: CONCURRENCY, silent: true, stream });
    if (results.size !== CHATS) throw new Error(`${results.size} of ${CHATS} chats were held.`);
  };
  const bots = newBots();
  return {
    chats: async () => await hold(bots),
    "chats of new agents": async () => await hold(newBots()),
    openai: async () => {
      let next = 0;
      const work = async () => {
        for (; next < CHATS;) {
          next += 1;
          await client.chat.completions.create({
            model: "bench",
            messages: [
              { role: "system", content: SYSTEM },
              { role: "user", content: "hello", name: "user" },
            ],
            stream: false,
          });
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
    },
  };
}

/** Chats without requests: what is left is agents, runs and the scheduler. Ten times as many may cost ten times as much. */
async function schedulerAlone() {
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  const stream = memoryStream();
  const perChat = async (count, isGraph) => {
    const bots = Array.from({ length: count }, (_, index) => new AssistantAgent({ name: `bot${index}` }));
    const queue = bots.map((recipient, index) => ({
      sender: user,
      recipient,
      message: "hello",
      maxTurns: 1,
      ...(isGraph ? { chatId: index, prerequisites: index === 0 ? [] : [index - 1] } : {}),
    }));
    const start = process.cpuUsage();
    await initiateChats(queue, { silent: true, stream, carryoverMode: "none" });
    const { user: busy, system } = process.cpuUsage(start);
    return (busy + system) / count;
  };
  await perChat(1_000, true);
  const rows = [];
  for (const [kind, isGraph] of /** @type {const} */ ([
    ["in a row", false],
    ["with prerequisites", true],
  ])) {
    const [few, many] = [await perChat(1_000, isGraph), await perChat(10_000, isGraph)];
    rows.push({ label: `CPU per chat ${kind}, of 10000`, value: many, unit: "µs" });
    rows.push({ label: `against one of 1000`, value: many / few, unit: "times" });
  }
  return rows;
}
