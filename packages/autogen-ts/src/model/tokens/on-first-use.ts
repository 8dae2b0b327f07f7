/** Counting tokens, as users see it. Most programs never do: what counts is loaded with the first call of any of these. */
import type { TokenCount, TokenInput, TokenOptions } from "./count.js";
import type { TokenCounter } from "./counter.js";
import type { DescribedFunction } from "./functions.js";
import type { WindowOptions } from "./windows.js";

/**
 * Tokens of a text, a message, or a list of messages with the three tokens that start the answer.
 *
 * @param model `gpt-3.5-turbo-0613` when absent
 * @returns a whole number; `measureTokens` says whether it is exact
 * @throws AutogenError `invalid-option` for an input that is neither
 */
export async function countToken(input: TokenInput, model?: string, options?: TokenOptions): Promise<number> {
  return await (await import("./counting.js")).countToken(input, model, options);
}

/** As `countToken`, and says whether the number is an estimate. */
export async function measureTokens(input: TokenInput, model?: string, options?: TokenOptions): Promise<TokenCount> {
  return await (await import("./counting.js")).measureTokens(input, model, options);
}

/**
 * Tokens that a request with this input still has room for; below 0 when it is too long.
 *
 * @throws AutogenError `invalid-option` for a model whose window is not known, without `fallback`
 */
export async function tokenLeft(input: TokenInput, model?: string, options?: TokenOptions & WindowOptions): Promise<number> {
  return await (await import("./counting.js")).tokenLeft(input, model, options);
}

/**
 * The part of the model's window that this input takes: 1 is all of it.
 *
 * @throws AutogenError `invalid-option` for a model whose window is not known, without `fallback`
 */
export async function percentileUsed(input: TokenInput, model?: string, options?: TokenOptions & WindowOptions): Promise<number> {
  return await (await import("./counting.js")).percentileUsed(input, model, options);
}

/**
 * A counter with the vocabulary of the model. Unlike `countToken` it takes the model's own for messages too, where the
 * reference counts all of them as for gpt-4.
 *
 * @param model `gpt-3.5-turbo-0613` when absent
 */
export async function tokenCounter(model?: string, options?: TokenOptions): Promise<TokenCounter> {
  return await (await import("./counting.js")).tokenCounter(model, options);
}

/**
 * Tokens that functions add to a request, as the reference reckons. Of each property its name, `type`, `description` and
 * `enum` are counted; other fields are left out, with a warning.
 *
 * @param model `gpt-3.5-turbo-0613` when absent
 */
export async function numTokensFromFunctions(
  functions: readonly DescribedFunction[],
  model?: string,
  options?: TokenOptions,
): Promise<number> {
  return await (await import("./counting.js")).numTokensFromFunctions(functions, model, options);
}

/**
 * The window of a model in tokens, prompt and answer together. `gpt-35…`, `gpt35…` and `gpt4…` are understood as OpenAI's
 * names.
 *
 * @param model `gpt-3.5-turbo-0613` when absent
 * @throws AutogenError `invalid-option` for a model that is not known, without `fallback`
 */
export async function getMaxTokenLimit(model?: string, options?: WindowOptions): Promise<number> {
  return await (await import("./counting.js")).getMaxTokenLimit(model, options);
}
