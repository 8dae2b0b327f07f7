/** When a message ends a chat, unless the agent says otherwise (D10-16, stronger). */
import { contentText, type Message } from "../message/index.js";

const WORD = "TERMINATE";

/** Whether the text of the message ends with the word TERMINATE; marks after it do not count. */
export function isTermination(message: Message): boolean {
  if (typeof message.content === "function") return false;
  const text = contentText(message.content);
  const at = text.lastIndexOf(WORD);
  if (at === -1) return false;
  const before = text.charAt(at - 1);
  // Made here, as patterns of all scripts take a while. White space, punctuation, quotes, brackets and emphasis marks may follow.
  return !/[\p{L}\p{N}]/u.test(before) && /^[\s\p{P}*_~`]*$/u.test(text.slice(at + WORD.length));
}

/** Whether the word stands somewhere, so that people may have expected an end. */
export function mentionsTermination(message: Message): boolean {
  return typeof message.content !== "function" && contentText(message.content).includes(WORD);
}
