/** What is loaded with the first count. */
export { countToken, measureTokens, percentileUsed, tokenLeft } from "./count.js";
export { tokenCounter } from "./counter.js";
export { numTokensFromFunctions } from "./functions.js";
export { getMaxTokenLimit } from "./windows.js";
