/** Token counts for streams of endpoints that report none. Chapter 20, section 12. */
import type { ResponseMessage, ResponseUsage, Run } from "../run/index.js";
import type { Tokenizer, TokenizerSource, TokenOptions } from "./tokens/index.js";
import { measureTokens, tokenizerFor } from "./tokens/count.js";
import { ESTIMATE } from "./tokens/tokenizer.js";

export interface CountedRequest {
  readonly model: string;
  readonly messages: unknown;
}

export interface UsageOptions {
  /** @default that of `gpt-tokenizer`, where this package is installed */
  readonly tokenizer?: TokenizerSource | undefined;
  readonly warn?: Run["warn"] | undefined;
}

/**
 * Usage as far as it can be known here: messages and answers are counted, tools of the request are not. `estimated` says
 * that the endpoint has not counted. An answer that was paid for is never lost to a tokenizer that fails.
 */
export async function countUsage(
  request: CountedRequest,
  answers: readonly ResponseMessage[],
  { tokenizer, warn }: UsageOptions = {},
): Promise<ResponseUsage> {
  const options: TokenOptions = {
    ...(tokenizer === undefined ? {} : { tokenizer }),
    ...(warn === undefined ? {} : { run: { warn } }),
  };
  try {
    return await usageOf(request, answers, options);
  } catch (error) {
    warn?.(
      "tokenizer-failed",
      `The tokenizer failed, so tokens are estimated: ${error instanceof Error ? error.message : String(error)}`,
    );
    return await usageOf(request, answers, { tokenizer: () => ESTIMATE });
  }
}

async function usageOf(
  { model, messages }: CountedRequest,
  answers: readonly ResponseMessage[],
  options: TokenOptions,
): Promise<ResponseUsage> {
  const prompt = Array.isArray(messages) ? (await measureTokens(messages, model, options)).tokens : 0;
  const { tokenizer } = await tokenizerFor(model, options);
  const completion = answers.reduce((sum, answer) => sum + answerTokens(answer, tokenizer), 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, estimated: true };
}

/** What the model wrote: text, and names and arguments of calls. */
function answerTokens({ content, tool_calls, function_call }: ResponseMessage, tokenizer: Tokenizer): number {
  const called = [...(tool_calls ?? []).map((call) => call.function), ...(function_call ? [function_call] : [])];
  const texts = [content, ...called.flatMap((call) => [call.name, call.arguments])];
  return texts.reduce<number>((sum, text) => sum + (typeof text === "string" ? tokenizer.countTokens(text) : 0), 0);
}
