/** Choosing speakers, and judging answers. */
import { spacedJson } from "../map/json.mjs";
import { textOf } from "../map/message-tests.mjs";

/** @typedef {import("../map/stage.mjs").Stage} Stage */

/** `@word` is a method's name; an object is an agent outside of the group, or a value as it is. */
function choice(item, groupChat, stage) {
  if (item === undefined || item === null) return null;
  if (typeof item === "object") return "outside" in item ? stage.agent(item.outside) : item.value;
  if (item.startsWith("@")) return item.slice(1);
  return groupChat.agents.find((agent) => agent.name === item);
}

/** The texts of all choices; null when one of them is a call. */
function textsOf({ choices }) {
  const texts = choices.map(
    ({ message, text }) => text ?? (message.tool_calls || message.function_call ? undefined : message.content),
  );
  return texts.includes(undefined) ? null : texts;
}

/** @type {Record<string, (args: any, stage: Stage) => any>} */
export const selection = {
  "select.sequence": ({ items }, stage) => {
    const left = [...items];
    return (lastSpeaker, groupChat) => {
      stage.events.push(`select:${lastSpeaker.name}:${groupChat.messages.length}`);
      return choice(left.shift(), groupChat, stage);
    };
  },
  "select.by_text":
    ({ map, default: otherwise }, stage) =>
    (_lastSpeaker, groupChat) => {
      const text = textOf(groupChat.messages.at(-1));
      const key = Object.keys(map).find((word) => text.includes(word));
      return choice(key === undefined ? otherwise : map[key], groupChat, stage);
    },
  "filter.text_contains":
    ({ any }, { events }) =>
    ({ response }) => {
      const texts = textsOf(response);
      const passes = texts !== null && texts.some((text) => text !== null && any.some((word) => text.includes(word)));
      events.push(`filter:${passes ? "True" : "False"}:${texts === null ? "object" : spacedJson(texts)}`);
      return passes;
    },
  "filter.context_word":
    ({ key }) =>
    ({ context, response }) => {
      if (context === null || context === undefined) return true;
      return (textsOf(response) ?? []).some((text) => text?.includes(context[key]) === true);
    },
};
