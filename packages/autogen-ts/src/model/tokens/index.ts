export { countToken, measureTokens, percentileUsed, tokenizerFor, tokenLeft } from "./count.js";
export type { TokenCount, TokenInput, TokenOptions } from "./count.js";
export type { EncodingName } from "./encoding.js";
export { numTokensFromFunctions } from "./functions.js";
export type { DescribedFunction } from "./functions.js";
export { ESTIMATE } from "./tokenizer.js";
export type { Tokenizer, TokenizerSource } from "./tokenizer.js";
export { getMaxTokenLimit } from "./windows.js";
export type { WindowOptions } from "./windows.js";
