/** Tokenizers: one of the optional package `gpt-tokenizer`, one of the user's, or an estimate by length. */
import type { EncodingName } from "./encoding.js";
import { boundedPieces } from "./pieces.js";

/** Counts tokens of plain text. What looks like a control token, such as `<|endoftext|>`, is text like any other. */
export interface Tokenizer {
  countTokens(text: string): number;
}

/** Finds the tokenizer for a vocabulary, or for a model; null when there is none, and counts are then estimated. */
export type TokenizerSource = (encoding: EncodingName, model: string) => Tokenizer | null | Promise<Tokenizer | null>;

/** A usual figure for English text and code. */
const CHARACTERS_PER_TOKEN = 4;

/** Four characters a token. */
export const ESTIMATE: Tokenizer = {
  countTokens: (text) => Math.ceil(text.length / CHARACTERS_PER_TOKEN),
};

/** The part of `gpt-tokenizer` that is used. */
interface Vocabulary {
  countTokens(text: string, options: { readonly disallowedSpecial: Set<string> }): number;
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
  };
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
