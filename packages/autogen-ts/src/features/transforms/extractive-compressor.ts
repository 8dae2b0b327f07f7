/**
 * A compressor without a model: sentences that say little go first, then words that a sentence is understood without.
 * Sentences are weighed by how rare their words are within the text, a plain form of extractive summarising by
 * self-information (specification chapter 14, section 4 b).
 */
import { AutogenError } from "../../core.js";
import { Counters, DEFAULT_MODEL, type CountingOptions } from "./counting.js";
import { STOP_WORDS } from "./stop-words.js";
import type { CompressedText, CompressionParams, TextCompressor } from "./text-compressor.js";
import type { TransformContext } from "./transform.js";

/** Part of the tokens that is left when nothing else is said. */
const RATE = 0.5;

interface Piece {
  readonly text: string;
  /** Stands as it is: code, quotes of data, what was asked for. */
  readonly fixed: boolean;
}

/** Drops sentences and words; what it keeps stays in order and is never changed. Code blocks stay whole. */
export class ExtractiveCompressor implements TextCompressor {
  readonly #counters: Counters;
  readonly #model: string;

  constructor({ model = DEFAULT_MODEL, tokenizer }: CountingOptions = {}) {
    this.#counters = new Counters(tokenizer);
    this.#model = model;
  }

  /** @throws AutogenError `invalid-option` for a `rate` that is not above 0 and at most 1, or a `targetToken` below 1 */
  async compressText(text: string, params: CompressionParams = {}, { run }: TransformContext = {}): Promise<CompressedText> {
    const { rate = RATE, targetToken, forceTokens = [] } = params;
    if (!(rate > 0 && rate <= 1)) throw wrong("rate", rate, "a number above 0, and at most 1");
    if (targetToken !== undefined && !(targetToken >= 1)) throw wrong("targetToken", targetToken, "a number from 1");
    const counter = await this.#counters.for(this.#model, run);
    const count = (part: string): number => counter.text(part);
    const originTokens = count(text);
    const target = targetToken ?? Math.ceil(originTokens * rate);
    if (originTokens <= target) return { compressedPrompt: text, originTokens, compressedTokens: originTokens };
    const kept = mostTelling(piecesOf(text, forceTokens), target, count);
    const sentences = joined(kept);
    const compressedPrompt = count(sentences) <= target ? sentences : joined(withoutStopWords(kept));
    return { compressedPrompt, originTokens, compressedTokens: count(compressedPrompt) };
  }
}

const wrong = (param: string, value: unknown, wanted: string): AutogenError =>
  new AutogenError("invalid-option", `\`${param}\` of a compression is ${String(value)}. Pass ${wanted}.`);

/** Fenced code, and the sentences and lines around it. */
function piecesOf(text: string, forced: readonly string[]): readonly Piece[] {
  return text.split(/(```[\s\S]*?(?:```|$))/u).flatMap((part, index): readonly Piece[] => {
    if (index % 2 === 1) return [{ text: part, fixed: true }];
    return sentencesOf(part).map((sentence) => ({
      text: sentence,
      fixed: forced.some((word) => word !== "" && sentence.includes(word)),
    }));
  });
}

/** Put together they are the text. Blanks belong to the sentence before them. A loop, since texts may be one long run of dots. */
function sentencesOf(text: string): readonly string[] {
  const found: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const isEnd = text[at] === "\n" || (ENDS.has(text[at] ?? "") && !isInside(text[at + 1]));
    if (!isEnd) continue;
    while (at + 1 < text.length && BLANK_OR_QUOTE.test(text[at + 1] ?? "")) at += 1;
    found.push(text.slice(start, at + 1));
    start = at + 1;
  }
  return start < text.length ? [...found, text.slice(start)] : found;
}

const ENDS: ReadonlySet<string> = new Set(".!?。！？");
const BLANK_OR_QUOTE = /[\s"')\]]/u;
/** A dot within a number or a name ends nothing. */
const isInside = (next: string | undefined): boolean => next !== undefined && !BLANK_OR_QUOTE.test(next);

/** Sentences in order, the least telling left out until the rest is short enough; at least one stays. */
function mostTelling(pieces: readonly Piece[], target: number, count: (text: string) => number): readonly Piece[] {
  const sizes = pieces.map(({ text }) => count(text));
  let sum = sizes.reduce((all, size) => all + size, 0);
  const weights = weightsOf(pieces);
  const removable = pieces
    .map((_, index) => index)
    .filter((index) => pieces[index]?.fixed === false)
    .toSorted((a, b) => (weights[a] ?? 0) - (weights[b] ?? 0) || b - a);
  const removed = new Set<number>();
  // Words are dropped after this: a sentence loses about a third of its tokens then.
  const enough = target * 1.4;
  for (const index of removable) {
    if (sum <= enough || removed.size === pieces.length - 1) break;
    removed.add(index);
    sum -= sizes[index] ?? 0;
  }
  return pieces.filter((_, index) => !removed.has(index));
}

/** How much is lost without a sentence: the information of its words on average, more for beginning, end, numbers and names. */
function weightsOf(pieces: readonly Piece[]): readonly number[] {
  const words = pieces.map(({ text }) => wordsOf(text));
  const frequency = new Map<string, number>();
  for (const word of words.flat()) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const total = words.reduce((sum, list) => sum + list.length, 0);
  return pieces.map(({ text }, index) => {
    const telling = (words[index] ?? []).filter((word) => !STOP_WORDS.has(word));
    const information = telling.reduce((sum, word) => sum - Math.log2((frequency.get(word) ?? 1) / Math.max(total, 1)), 0);
    const average = telling.length === 0 ? 0 : information / Math.sqrt((words[index]?.length ?? 1) + 1);
    const isEdge = index === 0 || index === pieces.length - 1;
    const hasFacts = /\d/u.test(text) || /\s\p{Lu}/u.test(text) || text.includes("?");
    return average * (isEdge ? 2 : 1) * (hasFacts ? 1.3 : 1);
  });
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}_']+/gu) ?? [];

function withoutStopWords(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map((piece) => {
    if (piece.fixed) return piece;
    const left = piece.text.split(/(?<=\s)/u).filter((word) => !STOP_WORDS.has(word.trim().toLowerCase()));
    return { ...piece, text: left.join("") };
  });
}

const joined = (pieces: readonly Piece[]): string =>
  pieces
    .map(({ text }) => text)
    .join("")
    .trim();
