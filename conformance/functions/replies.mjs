/** Reply functions, and what stands in for nested chats' answers. */
import { textOf } from "../map/message-tests.mjs";

/** @typedef {import("../map/stage.mjs").Stage} Stage */

const last = (messages) => textOf(messages.at(-1));

/** @type {Record<string, (args: any, stage: Stage) => any>} */
export const replies = {
  "reply.const":
    ({ text, final = true, tag }, { events }) =>
    () => {
      if (tag !== undefined) events.push(`reply:${tag}`);
      return [final, text];
    },
  "reply.async_const":
    ({ text, final = true, tag }, { events }) =>
    async () => {
      await Promise.resolve();
      if (tag !== undefined) events.push(`reply:${tag}`);
      return [final, text];
    },
  "reply.pass":
    ({ tag }, { events }) =>
    (recipient, messages, sender) => {
      events.push(`reply:${tag}:${recipient.name}:${sender?.name ?? "None"}:${messages.length}`);
      return [false, null];
    },
  "reply.stop": () => () => [true, null],
  "reply.echo":
    ({ prefix }) =>
    (_recipient, messages) => [true, prefix + last(messages)],
  "reply.count":
    ({ text, limit }) =>
    (_recipient, _messages, _sender, config) => {
      config.n += 1;
      return config.n > limit ? [true, null] : [true, text.replaceAll("{n}", String(config.n))];
    },
  "reply.sequence": ({ items }) => {
    const left = [...items];
    return () => [true, left.shift() ?? null];
  },
  "reply.throw":
    ({ error }) =>
    () => {
      throw new Error(error);
    },
  "reply.real_speaker":
    (_args, { events }) =>
    (recipient, messages, sender) => {
      events.push(`speaker:${recipient.name}:${sender.lastSpeaker?.name}:${last(messages)}`);
      return [false, null];
    },
  "nested.count":
    ({ final = true }) =>
    (queue, recipient, messages, sender) => {
      const recipients = queue.map((entry) => entry.recipient.name).join(",");
      return [final, `${queue.length} chats (${recipients}) for ${sender.name} by ${recipient.name}: ${last(messages)}`];
    },
  "trigger.name_starts_with":
    ({ prefix }) =>
    (sender) =>
      sender !== null && sender.name.startsWith(prefix),
};
