/** Hooks. Asynchronous twins of the reference do the same here: there is one path. */

/** @typedef {import("../map/stage.mjs").Stage} Stage */

/** Adds to the content of a message, which may be a text or an object. */
function withSuffix(message, text) {
  if (typeof message === "string") return message + text;
  return { ...message, content: (message.content ?? "") + text };
}

const shown = (content) => (typeof content === "string" ? content : JSON.stringify(content));
const replaced = (content, from, to) => (typeof content === "string" ? content.replaceAll(from, to) : content);
const capitals = (message) =>
  typeof message.content === "string" ? { ...message, content: message.content.toUpperCase() } : message;

/** @type {Record<string, (args: any, stage: Stage) => any>} */
export const hooks = {
  "hook.suffix_message":
    ({ text }, { events }) =>
    ({ sender, message, recipient, silent }) => {
      events.push(`hook:before_send:${sender.name}:${recipient.name}:${silent ? "True" : "False"}`);
      return withSuffix(message, text);
    },
  "hook.async_suffix_message":
    ({ text }, { events }) =>
    async ({ sender, message, recipient }) => {
      events.push(`hook:a_before_send:${sender.name}:${recipient.name}`);
      return await Promise.resolve(withSuffix(message, text));
    },
  "hook.replace":
    ({ from, to }, { events }) =>
    (content) => {
      events.push(`hook:last_received:${shown(content)}`);
      return replaced(content, from, to);
    },
  "hook.async_replace":
    ({ from, to }, { events }) =>
    async (content) => {
      events.push(`hook:a_last_received:${shown(content)}`);
      return await Promise.resolve(replaced(content, from, to));
    },
  "hook.keep_last":
    ({ n }, { events }) =>
    (messages) => {
      events.push(`hook:all_messages:${messages.length}`);
      return n === 0 ? [] : messages.slice(-n);
    },
  "hook.uppercase_all":
    (_args, { events }) =>
    (messages) => {
      events.push(`hook:upper:${messages.length}`);
      return messages.map(capitals);
    },
};
