/** Chats and single messages. */
import { cacheOf } from "../map/caches.mjs";
import { camelKeys } from "../map/names.mjs";
import { call, exported } from "../map/not-available.mjs";
import { recordedChat } from "../map/results.mjs";
import { valueOf } from "../map/values.mjs";

/** @typedef {import("../map/stage.mjs").Stage} Stage */

const NOT_OPTIONS = ["do", "sender", "recipient", "cache", "context_args", "async", "may_fail"];

/** Options of one chat. @param {any} spec @param {Stage} stage */
export function chatOptions(spec, stage) {
  return {
    ...camelKeys(valueOf(spec, stage), NOT_OPTIONS),
    ...(spec.cache === undefined ? {} : { cache: cacheOf(spec.cache, stage) }),
    ...valueOf(spec.context_args ?? {}, stage),
  };
}

/** An entry of several chats. @param {any} spec @param {Stage} stage */
export function chatEntry(spec, stage) {
  return {
    ...chatOptions(spec, stage),
    ...(spec.sender === undefined ? {} : { sender: stage.agent(spec.sender) }),
    ...(spec.recipient === undefined ? {} : { recipient: stage.agent(spec.recipient) }),
  };
}

/** @type {Record<string, import("./index.mjs").Step>} */
export const chats = {
  async initiate_chat(step, stage) {
    const sender = typeof step.sender === "string" ? stage.agent(step.sender) : valueOf(step.sender, stage);
    const result = await sender.initiateChat(stage.agent(step.recipient), chatOptions(step, stage));
    return recordedChat(result);
  },

  async initiate_chats({ chats: specs, agent, async: graph }, stage) {
    const queue = specs.map((spec) => chatEntry(spec, stage));
    const results = await startAll(queue, { agent: agent === undefined ? null : stage.agent(agent), graph });
    if (!(results instanceof Map)) return results.map(recordedChat);
    return Object.fromEntries([...results].map(([id, result]) => [String(id), recordedChat(result)]));
  },

  async rag_chat({ agent, recipient, args, max_turns }, stage) {
    const sender = stage.agent(agent);
    const message = (...context) => call(sender, "messageGenerator", "retrieval agents", ...context);
    const result = await sender.initiateChat(stage.agent(recipient), { ...valueOf(args, stage), message, maxTurns: max_turns });
    return recordedChat(result);
  },

  async send({ from, to, message, request_reply = null, silent = false }, stage) {
    await stage.agent(from).send(valueOf(message, stage), stage.agent(to), request_reply, silent);
  },

  async receive({ agent, sender, message, request_reply = null, silent = false }, stage) {
    await stage.agent(agent).receive(valueOf(message, stage), stage.agent(sender), request_reply, silent);
  },
};

async function startAll(queue, { agent, graph = false }) {
  const feature = graph ? "chats with prerequisites" : "sequential chats";
  const method = graph ? "initiateChatsAsync" : "initiateChats";
  if (agent !== null) return await call(agent, method, feature, queue);
  return await exported(method, feature)(queue);
}
