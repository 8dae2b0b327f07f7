/** First messages, contents and summaries that are functions. */
import { textOf } from "../map/message-tests.mjs";

/** @typedef {import("../map/stage.mjs").Stage} Stage */

const shown = (value) => (Array.isArray(value) ? value.join("|") : String(value));

/** @type {Record<string, (args: any, stage: Stage) => any>} */
export const messages = {
  "message.template":
    ({ text, as_dict = false, extra = {} }) =>
    (sender, recipient, context) => {
      let content = text.replaceAll("{sender}", sender.name).replaceAll("{recipient}", recipient.name);
      for (const [key, value] of Object.entries(context)) content = content.replaceAll(`{${key}}`, shown(value));
      return as_dict ? { content, ...extra } : content;
    },
  "message.nested":
    ({ text }) =>
    (recipient, history, sender) =>
      text
        .replaceAll("{last}", textOf(history.at(-1)))
        .replaceAll("{sender}", sender.name)
        .replaceAll("{recipient}", recipient.name),
  "message.none": () => () => null,
  "content.from_context":
    ({ key, prefix = "" }) =>
    (context) =>
      prefix + context[key],
  "summary.join":
    ({ sep = " / " }) =>
    (sender, recipient) =>
      recipient.chatMessages.get(sender).map(textOf).join(sep),
  "summary.arg":
    ({ key }) =>
    (sender, recipient, args) =>
      `${sender.name}>${recipient.name}:${args[key]}`,
};
