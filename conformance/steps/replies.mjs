/** Asking for a reply, and changing how replies are made. */
import { exported, has, library, call } from "../map/not-available.mjs";
import { camelCase } from "../map/names.mjs";
import { placeOf, registered } from "../map/reply-places.mjs";
import { cleaned } from "../map/results.mjs";
import { transformMessages } from "../map/transforms.mjs";
import { valueOf } from "../map/values.mjs";
import { chatEntry } from "./chats.mjs";

/** The built-in reply functions, by their names in the reference. */
const BUILT_IN = {
  check_termination_and_human_reply: "checkTermination",
  generate_function_call_reply: "callFunction",
  generate_tool_calls_reply: "callTools",
  generate_code_execution_reply: "executeCode",
  generate_code_execution_reply_using_executor: "executeCode",
  generate_oai_reply: "askModel",
};

/** A trigger, alone or in a list. @param {any} trigger @param {import("../map/stage.mjs").Stage} stage @returns {any} */
function triggerOf(trigger, stage) {
  if (Array.isArray(trigger)) return trigger.map((one) => triggerOf(one, stage));
  if (typeof trigger !== "object" || trigger === null) return trigger;
  if ("name" in trigger) return trigger.name;
  if ("agent" in trigger) return stage.agent(trigger.agent);
  if ("class" in trigger) return agentClass(trigger.class);
  return valueOf(trigger, stage);
}

/** `Agent` is no class in the library: every sender is one. */
const agentClass = (name) =>
  name === "Agent" && !has("Agent") ? (sender) => sender !== null : exported(name, `the class ${name}`);

/** @type {Record<string, import("./index.mjs").Step>} */
export const replies = {
  async generate_reply({ agent, messages, sender, exclude }, stage) {
    const names = (exclude ?? []).map((name) => BUILT_IN[name]);
    const reply = await stage.agent(agent).generateReply({
      ...(messages == null ? {} : { messages: valueOf(messages, stage) }),
      ...(sender == null ? {} : { sender: stage.agent(sender) }),
      ...(exclude === undefined ? {} : { exclude: names.map((name) => library[name]) }),
    });
    return cleaned(reply);
  },

  register_reply(
    { agent: name, trigger, reply, position = 0, config, remove_other_reply_funcs: alone, ignore_async_in_sync_chat },
    stage,
  ) {
    const agent = stage.agent(name);
    agent.registerReply(triggerOf(trigger, stage), valueOf(reply, stage), {
      position: placeOf(agent, position),
      ...(config === undefined ? {} : { config: valueOf(config, stage) }),
      ...(alone === undefined ? {} : { removeOtherReplyFuncs: alone }),
      ...(ignore_async_in_sync_chat === undefined ? {} : { ignoreAsyncInSyncChat: ignore_async_in_sync_chat }),
    });
    registered(agent, position, alone);
  },

  register_hook({ agent, method, hook }, stage) {
    // The asynchronous twins of the hook points are the same points here.
    stage.agent(agent).registerHook(camelCase(method.replace(/^a_/, "")), valueOf(hook, stage));
  },

  register_nested_chats({ agent, trigger, chats, position, use_async, reply_from_nested }, stage) {
    const queue = chats.map((spec) => chatEntry(spec, stage));
    call(stage.agent(agent), "registerNestedChats", "nested chats", queue, {
      trigger: triggerOf(trigger, stage),
      ...(position === undefined ? {} : { position: placeOf(stage.agent(agent), position) }),
      ...(use_async === undefined ? {} : { useAsync: use_async }),
      ...(reply_from_nested === undefined ? {} : { replyFuncFromNestedChats: valueOf(reply_from_nested, stage) }),
    });
  },

  add_transform({ agent, transforms, verbose }, stage) {
    const capability = transformMessages({ transforms, verbose }, stage);
    capability.addToAgent(stage.agent(agent));
  },
};
