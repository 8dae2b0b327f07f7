/** Counting tokens of texts and messages. Specification chapter 27, section 3. */
import { AutogenError, type Run } from "../../run/index.js";
import { encodingOf, type EncodingName } from "./encoding.js";
import { messageRule, messageTokens } from "./messages.js";
import { ESTIMATE, packagedTokenizer, type Tokenizer, type TokenizerSource } from "./tokenizer.js";
import { DEFAULT_MODEL, getMaxTokenLimit, type WindowOptions } from "./windows.js";

/** How to count. */
export interface TokenOptions {
  /** Another tokenizer. @default that of `gpt-tokenizer`, where this package is installed */
  readonly tokenizer?: TokenizerSource;
  /** Told once, in a warning event, when counts are estimated. */
  readonly run?: Pick<Run, "warn">;
}

/** A number of tokens, and how good it is. */
export interface TokenCount {
  readonly tokens: number;
  /** True without a tokenizer, for models whose own is not known, for images, and where the way messages are framed is not. */
  readonly estimated: boolean;
}

/** A text, a message in wire form, or a list of them. */
export type TokenInput = string | object | readonly object[];

export async function countToken(input: TokenInput, model: string = DEFAULT_MODEL, options: TokenOptions = {}): Promise<number> {
  return (await measureTokens(input, model, options)).tokens;
}

export async function measureTokens(
  input: TokenInput,
  model: string = DEFAULT_MODEL,
  options: TokenOptions = {},
): Promise<TokenCount> {
  if (typeof input === "string") {
    const { tokenizer, estimated } = await tokenizerFor(model, options);
    return { tokens: tokenizer.countTokens(input), estimated };
  }
  const given: unknown = input;
  if (typeof given !== "object" || given === null)
    throw new AutogenError(
      "invalid-option",
      `Tokens of ${typeof given} cannot be counted. Pass a text, a message or a list of messages.`,
    );
  const messages: readonly unknown[] = Array.isArray(given) ? given : [given];
  const rule = messageRule(model);
  const { tokenizer, estimated } = await tokenizerFor(model, options, rule.encoding);
  const counted = messageTokens(messages, { rule, tokenizer, ...(options.run === undefined ? {} : { run: options.run }) });
  return { tokens: counted.tokens, estimated: estimated || counted.estimated || !rule.exact };
}

export async function tokenLeft(
  input: TokenInput,
  model: string = DEFAULT_MODEL,
  options: TokenOptions & WindowOptions = {},
): Promise<number> {
  const limit = await getMaxTokenLimit(model, options);
  return limit - (await countToken(input, model, options));
}

export async function percentileUsed(
  input: TokenInput,
  model: string = DEFAULT_MODEL,
  options: TokenOptions & WindowOptions = {},
): Promise<number> {
  const limit = await getMaxTokenLimit(model, options);
  return (await countToken(input, model, options)) / limit;
}

/** The tokenizer for a model; warns once about estimates. */
export async function tokenizerFor(
  model: string,
  { tokenizer: source = packagedTokenizer, run }: TokenOptions,
  encoding?: EncodingName,
): Promise<{ readonly tokenizer: Tokenizer; readonly estimated: boolean }> {
  const own = encodingOf(model);
  const tokenizer = await source(encoding ?? own.encoding, model);
  if (tokenizer === null) {
    run?.warn(
      "tokens-estimated",
      "Tokens are estimated by length, four characters a token. Install the package `gpt-tokenizer` to have them counted.",
    );
    return { tokenizer: ESTIMATE, estimated: true };
  }
  if (!own.known)
    run?.warn(
      "unknown-tokenizer",
      `The tokenizer of model \`${model}\` is not known: its tokens are counted as those of another.`,
    );
  return { tokenizer, estimated: !own.known };
}
