/** The contract of compressors of texts, in the manner of LLMLingua. Specification chapter 14, section 4. */
import type { TransformContext } from "./transform.js";

/** How much is to be left; compressors may understand more. */
export interface CompressionParams {
  /** Part of the tokens that is to be left, above 0 and at most 1. */
  readonly rate?: number;
  /** Tokens that are to be left; over `rate`. */
  readonly targetToken?: number;
  /** Texts that have to stay. */
  readonly forceTokens?: readonly string[];
  readonly [param: string]: unknown;
}

/** A shorter text, and tokens before and after where they are known. */
export interface CompressedText {
  readonly compressedPrompt: string;
  readonly originTokens?: number;
  readonly compressedTokens?: number;
}

/** Makes texts shorter without losing what they say. */
export interface TextCompressor {
  compressText(text: string, params: CompressionParams, context?: TransformContext): CompressedText | Promise<CompressedText>;
}
