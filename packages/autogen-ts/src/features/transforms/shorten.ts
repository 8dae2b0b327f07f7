/** Texts without their middle: what matters of long results stands at both ends. */
import type { Message, TokenCounter } from "../../core.js";
import { textsOfMessage, withTexts } from "./message-texts.js";

/** Tokens that are kept free for the words in the gap. */
const GAP = 12;
/** The part that the beginning gets. */
const BEGINNING = 0.6;

/** The text, or its beginning and end with a remark between them, in at most `tokens` tokens. */
export function withoutMiddle(text: string, tokens: number, counter: TokenCounter): string {
  const all = counter.text(text);
  if (all <= tokens) return text;
  const room = tokens - GAP;
  if (room < GAP) return counter.start(text, tokens);
  const start = counter.start(text, Math.ceil(room * BEGINNING));
  const end = counter.end(text, Math.floor(room * (1 - BEGINNING)));
  return `${start}\n[… ${String(all - room)} tokens left out …]\n${end}`;
}

/** A message whose texts have so many tokens less, taken from the longest ones; a text keeps at least `least`. */
export function shortened(message: Message, excess: number, counter: TokenCounter, least: number = GAP): Message {
  const texts = [...new Set(textsOfMessage(message, { toolResponses: true }))];
  const sizes = texts.map((text) => counter.text(text));
  const level = levelFor(sizes, excess, least);
  return withTexts(
    message,
    (text) => withoutMiddle(text, level, counter),
    (text) => withoutMiddle(text, level, counter),
  );
}

/** The height at which all that is higher is cut to lose `excess` in total; never below `least`. */
function levelFor(sizes: readonly number[], excess: number, least: number): number {
  const descending = sizes.toSorted((a, b) => b - a);
  let sum = 0;
  for (const [index, size] of descending.entries()) {
    sum += size;
    const next = descending[index + 1] ?? 0;
    const level = Math.floor((sum - excess) / (index + 1));
    if (level >= next) return Math.max(least, level);
  }
  return least;
}
