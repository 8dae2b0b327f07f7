/** Beginnings and ends of texts by their number of tokens, in time that grows with what is kept, not with the text. */
import type { Tokenizer } from "./tokenizer.js";

/** More than most texts have; otherwise there is another try with twice as much. */
const CHARACTERS_PER_TOKEN = 6;
/** What stays together in a tokenizer may be this long: nearer to a cut, tokens may not be those of the whole text. */
const UNSURE = 800;

/** The longest beginning with at most `tokens` tokens; where the tokenizer tells their lengths, it ends with one. */
export function cutStart(text: string, tokens: number, tokenizer: Tokenizer): string {
  if (tokens <= 0) return "";
  const seen = enough(text, tokens, tokenizer, (length) => text.slice(0, length));
  if (seen === null) return text;
  const lengths = tokenizer.tokenLengths?.(seen);
  let length =
    lengths === undefined
      ? longest(seen.length, (one) => tokenizer.countTokens(seen.slice(0, one)) <= tokens)
      : sum(lengths.slice(0, tokens));
  if (isHighHalf(text.charCodeAt(length - 1))) length -= 1;
  return text.slice(0, length);
}

/** The longest end with at most `tokens` tokens. */
export function cutEnd(text: string, tokens: number, tokenizer: Tokenizer): string {
  if (tokens <= 0) return "";
  const seen = enough(text, tokens, tokenizer, (length) => text.slice(-length));
  if (seen === null) return text;
  const lengths = tokenizer.tokenLengths?.(seen);
  const length =
    lengths === undefined
      ? longest(seen.length, (one) => tokenizer.countTokens(seen.slice(-one)) <= tokens)
      : sum(lengths.slice(-tokens));
  let start = text.length - length;
  // Where an end begins within a character, or within a word, it may have more tokens than it had in the text.
  while (isLowHalf(text.charCodeAt(start)) || tokenizer.countTokens(text.slice(start)) > tokens) start += 1;
  return text.slice(start);
}

const sum = (lengths: readonly number[]): number => lengths.reduce((all, length) => all + length, 0);

/** A part with more tokens than are wanted; null when the whole text has no more. */
function enough(text: string, tokens: number, tokenizer: Tokenizer, part: (length: number) => string): string | null {
  for (let length = tokens * CHARACTERS_PER_TOKEN + UNSURE; ; length *= 2) {
    if (length >= text.length) return tokenizer.countTokens(text) <= tokens ? null : text;
    if (tokenizer.countTokens(part(length - UNSURE)) > tokens) return part(length);
  }
}

/** The greatest length that fits, by halving: counts grow with length, but for a token here or there. */
function longest(most: number, fits: (length: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

const isHighHalf = (code: number): boolean => code >= 0xd8_00 && code <= 0xdb_ff;
const isLowHalf = (code: number): boolean => code >= 0xdc_00 && code <= 0xdf_ff;
