export {
  countToken,
  getMaxTokenLimit,
  measureTokens,
  numTokensFromFunctions,
  percentileUsed,
  tokenCounter,
  tokenLeft,
} from "./on-first-use.js";
export type { TokenCount, TokenInput, TokenOptions } from "./count.js";
export type { TokenCounter } from "./counter.js";
export type { EncodingName } from "./encoding.js";
export type { DescribedFunction } from "./functions.js";
export type { Tokenizer, TokenizerSource } from "./tokenizer.js";
export type { WindowOptions } from "./windows.js";
