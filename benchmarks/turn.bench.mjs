/**
 * What a turn through an agent costs beside the bare client of the endpoint, in processor time of this process. All
 * rivals take turns in each round, so that whatever else the machine does meets all of them.
 */
import { AssistantAgent, UserProxyAgent, memoryStream } from "autogen-ts";
import OpenAI from "openai";
import { startModelServer } from "./model-server.mjs";
import { median } from "./rounds.mjs";

const ROUNDS = 9;
const TURNS = 300;
const LONG_HISTORY = 400;
const DELTAS = 10_000;

export async function run() {
  const server = await startModelServer();
  try {
    return [
      ...(await compare("one turn", oneTurn(server.url), { bar: 1.1, against: "openai" })),
      ...(await compare(`turn with ${LONG_HISTORY} messages`, longTurn(server.url), { bar: 1.15, against: "fetch" })),
      ...(await compare(`stream of ${DELTAS} deltas`, streamed(server.url), { bar: 1.3, against: "openai" })),
    ];
  } finally {
    server.stop();
  }
}

/** Each rival does the same requests; the ratio is the median over the rounds. */
async function compare(title, rivals, { bar, against }) {
  const names = Object.keys(rivals);
  for (const name of names) await rivals[name](); // compiled and connected
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    // Another one begins each round.
    for (let index = 0; index < names.length; index += 1) {
      const name = names[(index + round) % names.length];
      times[name].push(await cpuMicroseconds(rivals[name]));
    }
  }
  const ratios = times.agent.map((time, round) => time / times[against][round]);
  return [
    ...names.map((name) => ({ label: `${title}: ${name}`, value: median(times[name]), unit: "µs" })),
    { label: `${title}: agent against ${against}`, value: median(ratios), unit: "times", atMost: bar },
  ];
}

/** @returns processor time of one repetition */
async function cpuMicroseconds(work) {
  globalThis.gc?.();
  const before = process.cpuUsage();
  const repetitions = await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / repetitions;
}

/** @typedef {import("openai").OpenAI.ChatCompletionMessageParam} WireMessage */

/** @type {WireMessage & { content: string }} */
const system = { role: "system", content: "You are an assistant." };

/** @type {WireMessage} */
const hello = { role: "user", content: "hello", name: "user" };

function oneTurn(url) {
  const { user, bot, client } = scene(`${url}/v1`);
  const stream = memoryStream();
  return {
    agent: async () => {
      for (let turn = 0; turn < TURNS; turn += 1)
        await user.initiateChat(bot, { message: "hello", maxTurns: 1, silent: true, stream });
      return TURNS;
    },
    openai: async () => {
      const messages = [system, hello];
      for (let turn = 0; turn < TURNS; turn += 1)
        await client.chat.completions.create({ model: "bench", messages, stream: false });
      return TURNS;
    },
  };
}

function longTurn(url) {
  const { user, bot, client } = scene(`${url}/v1`);
  const text = "A sentence of a length that is usual in conversations of agents about their work.";
  const history = Array.from({ length: LONG_HISTORY }, (_, index) =>
    index % 2 === 0
      ? /** @type {const} */ ({ role: "user", content: text, name: "user" })
      : /** @type {const} */ ({ role: "assistant", content: text, name: "bot" }),
  );
  const repetitions = TURNS / 3;
  /** @type {WireMessage[]} */
  const messages = [system, ...history, hello];
  const stored = history.map((message) => Object.freeze(message));
  const stream = memoryStream();
  return {
    agent: async () => {
      for (let turn = 0; turn < repetitions; turn += 1) {
        bot.chatMessages.set(user, [...stored]);
        user.chatMessages.delete(bot);
        await user.initiateChat(bot, { message: "hello", maxTurns: 1, clearHistory: false, silent: true, stream });
      }
      return repetitions;
    },
    openai: async () => {
      for (let turn = 0; turn < repetitions; turn += 1)
        await client.chat.completions.create({ model: "bench", messages, stream: false });
      return repetitions;
    },
    fetch: async () => {
      for (let turn = 0; turn < repetitions; turn += 1) {
        const response = await fetch(`${url}/v1/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: "Bearer bench" },
          body: JSON.stringify({ model: "bench", messages, stream: false }),
        });
        await response.json();
      }
      return repetitions;
    },
  };
}

function streamed(url) {
  const { user, bot, client } = scene(`${url}/deltas/${DELTAS}/v1`, { stream: true });
  const stream = memoryStream();
  return {
    agent: async () => {
      await user.initiateChat(bot, { message: "hello", maxTurns: 1, silent: true, stream });
      return 1;
    },
    openai: async () => {
      const messages = [system, hello];
      const pieces = await client.chat.completions.create({
        model: "bench",
        messages,
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = "";
      for await (const piece of pieces) text += piece.choices[0]?.delta.content ?? "";
      if (text.length !== DELTAS * 5) throw new Error("The stream was cut.");
      return 1;
    },
  };
}

/** The same endpoint for an agent and for the bare client. */
function scene(baseURL, options = {}) {
  /** @type {import("autogen-ts").ConfigEntry} */
  const entry = { model: "bench", base_url: baseURL, api_key: "bench", price: [0, 0] };
  const llmConfig = { config_list: [entry], cache_seed: null, ...options };
  return {
    bot: new AssistantAgent({ name: "bot", systemMessage: system.content, llmConfig }),
    user: new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false }),
    client: new OpenAI({ baseURL, apiKey: "bench" }),
  };
}
