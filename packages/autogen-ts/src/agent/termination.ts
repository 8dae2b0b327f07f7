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
  // Expressions with classes of Unicode take long to make: here only programs with such a message pay.
  return !/[\p{L}\p{N}]/u.test(before) && isTrailing(text.slice(at + WORD.length));
}

/** White space, punctuation, quotes, brackets, emphasis marks. */
const isTrailing = (text: string): boolean => /^[\s\p{P}*_~`]*$/u.test(text);

/** Whether the word stands somewhere, so that people may have expected an end. */
export function mentionsTermination(message: Message): boolean {
  return typeof message.content !== "function" && contentText(message.content).includes(WORD);
}
