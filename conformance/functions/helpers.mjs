/** Small functions on texts. */
import { textOf } from "../map/message-tests.mjs";

/** @typedef {import("../map/stage.mjs").Stage} Stage */

/** @type {Record<string, (args: any, stage: Stage) => any>} */
export const helpers = {
  "text.remove":
    ({ what }) =>
    (text) =>
      text.replaceAll(what, ""),
  "prepare.join":
    ({ sep }) =>
    (_agent, messages) =>
      messages.map((message) => `${message.name}=${textOf(message)}`).join(sep),
  "split.char":
    ({ sep }) =>
    (text) =>
      text.split(sep),
  "compress.vowels": () => ({
    compressText(text) {
      const compressed = text.replaceAll(/[aeiou]/gi, "");
      return { compressedPrompt: compressed, originTokens: text.length, compressedTokens: compressed.length };
    },
  }),
};
