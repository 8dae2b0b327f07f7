/**
 * Does pieces of work and counts what they take: promises made, and bytes allocated. Neither depends on how fast the
 * machine is. `check-budget.mjs` runs this with an interpreter that compiles nothing and a nursery that is never emptied.
 */
import { createHook } from "node:async_hooks";
import { AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, memoryStream, UserProxyAgent } from "autogen-ts";

const stream = memoryStream();
const quiet = /** @type {const} */ ({ silent: true, loopDetection: false });

/** @typedef {{ readonly few: number, readonly prepare: (times: number) => () => Promise<unknown> }} Work done `few` and ten times as many times */

/** @type {Record<string, Work>} */
const WORKS = {
  turn: {
    few: 100,
    prepare: (turns) => {
      const [one, other] = [scripted("one"), scripted("other")];
      return async () => expectMessages(await one.initiateChat(other, { ...quiet, message: "text", maxTurns: turns }), 2 * turns);
    },
  },
  "turn with an event reader": {
    few: 100,
    prepare: (turns) => {
      const [one, other] = [scripted("one"), scripted("other")];
      let events = 0;
      const onEvent = () => void (events += 1);
      return async () => {
        await one.initiateChat(other, { ...quiet, message: "text", maxTurns: turns, onEvent });
        if (events < 2 * turns) throw new Error(`Only ${events} events came.`);
      };
    },
  },
  "round of a group": {
    few: 100,
    prepare: (rounds) => {
      const agents = ["one", "two", "three", "four", "five"].map(scripted);
      const groupChat = new GroupChat({ agents, maxRound: rounds, speakerSelectionMethod: "round_robin" });
      const manager = new GroupChatManager({ groupChat, silent: true });
      return async () => {
        await agents[0].initiateChat(manager, { ...quiet, message: "text" });
        if (groupChat.messages.length !== rounds) throw new Error(`${groupChat.messages.length} of ${rounds} rounds were held.`);
      };
    },
  },
  "short chat": {
    few: 20,
    prepare: (chats) => {
      const pairs = Array.from({ length: chats }, () => [scripted("one"), scripted("other")]);
      return async () => {
        for (const [one, other] of pairs) await one.initiateChat(other, { ...quiet, message: "text", maxTurns: 1 });
      };
    },
  },
  "chat of a queue": {
    few: 20,
    prepare: (chats) => {
      const one = scripted("one");
      const queue = Array.from({ length: chats }, (_, index) => ({
        ...{ recipient: scripted(`other${index}`), message: "text", maxTurns: 1, silent: true },
      }));
      return async () => {
        const results = await one.initiateChats(queue, { carryoverMode: "none", silent: true, stream });
        if (results.length !== chats) throw new Error(`${results.length} of ${chats} chats were held.`);
      };
    },
  },
  "agent made": {
    few: 100,
    prepare: (agents) => async () => {
      const kept = Array.from({ length: agents }, (_, index) => new ConversableAgent({ name: `agent${index}` }));
      return kept.length;
    },
  },
  "agent with a model made": {
    few: 100,
    prepare: (agents) => async () => {
      const llmConfig = { config_list: [{ model: "none", api_key: "none" }] };
      const kept = Array.from({ length: agents }, (_, index) => new AssistantAgent({ name: `agent${index}`, llmConfig }));
      return kept.length;
    },
  },
  "request to a model": {
    few: 20,
    prepare: (chats) => {
      const client = {
        create: () => ({ model: "scripted", choices: [{ message: { role: "assistant", content: "text" } }] }),
        ...{ messageRetrieval: () => ["text"], cost: () => 0, getUsage: () => ({}) },
      };
      const llmConfig = { config_list: [{ model: "scripted", model_client_cls: () => client }], cache_seed: null };
      const bot = new AssistantAgent({ name: "bot", llmConfig });
      const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
      return async () => {
        for (let chat = 0; chat < chats; chat += 1)
          await user.initiateChat(bot, { ...quiet, message: "text", maxTurns: 1, stream });
      };
    },
  },
};

/** @param {string} name */
function scripted(name) {
  const agent = new ConversableAgent({ name, humanInputMode: "NEVER", maxConsecutiveAutoReply: 1e9 });
  agent.registerReply([() => true], () => [true, "text"]);
  return agent;
}

/** @param {{ chatHistory: readonly unknown[] }} result @param {number} count */
function expectMessages({ chatHistory }, count) {
  if (chatHistory.length !== count) throw new Error(`${chatHistory.length} of ${count} messages were exchanged.`);
}

/** @param {() => Promise<unknown>} work */
async function promisesOf(work) {
  let promises = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === "PROMISE") promises += 1;
    },
  }).enable();
  await work();
  hook.disable();
  return promises;
}

/** @param {() => Promise<unknown>} work */
async function bytesOf(work) {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await work();
  return process.memoryUsage().heapUsed - before;
}

const results = {};
for (const [name, { few, prepare }] of Object.entries(WORKS)) {
  await prepare(few)(); // what is loaded once is loaded
  const count = async (times) => ({
    promises: (await promisesOf(prepare(times))) / times,
    bytes: (await bytesOf(prepare(times))) / times,
  });
  results[name] = { few: await count(few), many: await count(few * 10) };
}
process.stdout.write(JSON.stringify(results));
