/** Tokenizers: one of the optional package `gpt-tokenizer`, one of the user's, or an estimate by length. */
import type { EncodingName } from "./encoding.js";
import { boundedPieces } from "./pieces.js";

/** Counts tokens of plain text. What looks like a control token, such as `<|endoftext|>`, is text like any other. */
export interface Tokenizer {
  countTokens(text: string): number;
  /**
   * How many UTF-16 units each token of a text stands for; a character of several tokens belongs to the last of them. With it,
   * texts are cut where a token ends.
   */
  tokenLengths?(text: string): readonly number[];
}

/** Finds the tokenizer for a vocabulary, or for a model; null when there is none, and counts are then estimated. */
export type TokenizerSource = (encoding: EncodingName, model: string) => Tokenizer | null | Promise<Tokenizer | null>;

/** A usual figure for English text and code. */
const CHARACTERS_PER_TOKEN = 4;

/** Four characters a token. */
export const ESTIMATE: Tokenizer = {
  countTokens: (text) => Math.ceil(text.length / CHARACTERS_PER_TOKEN),
  tokenLengths: (text) => {
    const whole = Array.from({ length: Math.floor(text.length / CHARACTERS_PER_TOKEN) }, () => CHARACTERS_PER_TOKEN);
    const rest = text.length % CHARACTERS_PER_TOKEN;
    return rest === 0 ? whole : [...whole, rest];
  },
};

/** The part of `gpt-tokenizer` that is used. */
interface Vocabulary {
  countTokens(text: string, options: { readonly disallowedSpecial: Set<string> }): number;
  encode(text: string, options: { readonly disallowedSpecial: Set<string> }): number[];
  decode(tokens: Iterable<number>): string;
}

const loaded = new Map<EncodingName, Promise<Tokenizer | null>>();

/** The tokenizer of the package `gpt-tokenizer`, loaded on first use; null when it is not installed. */
export function packagedTokenizer(encoding: EncodingName): Promise<Tokenizer | null> {
  let tokenizer = loaded.get(encoding);
  if (tokenizer === undefined) loaded.set(encoding, (tokenizer = load(encoding)));
  return tokenizer;
}

async function load(encoding: EncodingName): Promise<Tokenizer | null> {
  const vocabulary = await importVocabulary(encoding);
  if (vocabulary === null) return null;
  // By default the package refuses texts with control tokens in them; anybody can write those.
  const options = { disallowedSpecial: new Set<string>() };
  return {
    countTokens: (text) => boundedPieces(text).reduce((sum, piece) => sum + vocabulary.countTokens(piece, options), 0),
    tokenLengths: (text) => lengthsOf(text, vocabulary, options),
  };
}

/**
 * The package keeps the beginning of a character from one `decode` to the next, whoever asks. So all tokens are decoded to
 * the end of the text; when somebody else has left half a character behind, what comes out is another text, but once.
 */
function lengthsOf(
  text: string,
  vocabulary: Vocabulary,
  options: { readonly disallowedSpecial: Set<string> },
): readonly number[] {
  const tokens = boundedPieces(text).flatMap((piece) => vocabulary.encode(piece, options));
  const decoded = (): readonly string[] => tokens.map((token) => vocabulary.decode([token]));
  const first = decoded();
  const parts = first.join("").length === text.length ? first : decoded();
  return parts.map((part) => part.length);
}

/** Names written out, and inside of `try`, so that bundlers see what may be wanted and may be missing. */
async function importVocabulary(encoding: EncodingName): Promise<Vocabulary | null> {
  try {
    if (encoding === "o200k_base") return await import("gpt-tokenizer/encoding/o200k_base");
    if (encoding === "p50k_base") return await import("gpt-tokenizer/encoding/p50k_base");
    if (encoding === "r50k_base") return await import("gpt-tokenizer/encoding/r50k_base");
    return await import("gpt-tokenizer/encoding/cl100k_base");
  } catch {
    // Every platform and bundler has an error of its own for a package that is not there.
    return null;
  }
}
