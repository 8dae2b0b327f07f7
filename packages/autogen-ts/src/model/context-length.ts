/** Requests that are too long for a model, told by what endpoints say about them. Chapter 20, section 6. */

/** Tokens of a refused request, as far as the endpoint names them. */
export interface ContextCounts {
  /** What the model can hold. */
  readonly limit?: number;
  /** What was asked of it: messages and answer. */
  readonly requested?: number;
  /** The messages alone. */
  readonly promptTokens?: number;
  /** The answer that was asked for, such as `max_tokens`. */
  readonly completionTokens?: number;
}

/** Codes and types of errors that mean this and nothing else. */
const CODES: ReadonlySet<string> = new Set(["context_length_exceeded", "exceed_context_size_error"]);

/** In order of trial: those with more numbers first. Groups are named after `ContextCounts`. */
const TEXTS: readonly RegExp[] = [
  // OpenAI, Azure, vLLM, OpenRouter; messages and functions may be counted apart.
  /maximum context length (?:is|of) (?<limit>N) tokens\W+(?:however\W+)?you requested (?:about )?(?<requested>N) tokens(?: \((?<prompt>N) (?:in|of) (?:the messages|your prompt|text input)\b(?:\W+(?<functions>N) in the functions)?(?:\W+(?:and )?(?<completion>N) (?:in|for) the (?:completion|output))?)?/,
  /maximum context length (?:is|of) (?<limit>N) tokens\W+(?:however\W+)?(?:your )?(?:messages|prompt|input)\b.{0,40}?(?<prompt>N) (?:input )?tokens/,
  // vLLM
  /max_(?:completion_)?tokens\W+is too large: (?<completion>N)\b.*?maximum context length is (?<limit>N) tokens and your request has (?<prompt>N) input tokens/,
  /prompt \(length (?<prompt>N)\) is longer than the maximum model length of (?<limit>N)/,
  // OpenAI's newer models
  /input tokens exceed the configured limit of (?<limit>N) tokens\W+(?:your messages resulted in (?<prompt>N) tokens)?/,
  // Anthropic
  /prompt is too long: (?<prompt>N) tokens > (?<limit>N) maximum/,
  /exceed context limit: (?<prompt>N) \+ (?<completion>N) > (?<limit>N)/,
  // llama.cpp and what is built on it
  /request \((?<requested>N) tokens\) exceeds the available context size \((?<limit>N)/,
  // LM Studio
  /keep the first (?<prompt>N) tokens\b.*?context length of only (?<limit>N) tokens/,
  // Google, Mistral, text-generation-inference, Cohere
  /input token count \(?(?<prompt>N)\)? exceeds the maximum number of tokens allowed \(?(?<limit>N)/,
  /prompt contains (?<prompt>N) tokens\b.*?too large for model with (?<limit>N) maximum context length/,
  /tokens\W+\+ \W*max_new_tokens\W+must be <= (?<limit>N)\W+given: (?<prompt>N)\D+?(?<completion>N) \W*max_new_tokens/,
  /tokens in the prompt cannot exceed (?<limit>N)\b(?:\W+received (?<prompt>N))?/,
  // Without all of the numbers
  /maximum context length (?:is|of) (?<limit>N) tokens/,
  /maximum context length/,
  /context (?:length|window|limit)\b.*?\bexceed/,
  /exceeds?\b.*?\b(?:context (?:length|window|size|limit))/,
  /prompt is too long\b/,
  /input is too long for requested model/,
  /(?:greater|longer|larger) than the context length/,
];

/** `N` in a text stands for a number. Made when an endpoint refuses something, which most programs never see. */
const patternOf = (text: RegExp): RegExp => new RegExp(text.source.replaceAll("N)", "\\d[\\d,]*)"), "isu");

/**
 * What an error of an endpoint says about the length of a request.
 *
 * @param code the endpoint's own code or type of error
 * @returns null when the error is about something else; no counts when it names none
 */
export function contextLengthOf(code: string | null, text: string): ContextCounts | null {
  for (const one of TEXTS) {
    const match = patternOf(one).exec(text);
    if (match !== null) return countsOf(match.groups ?? {});
  }
  return code !== null && CODES.has(code) ? {} : null;
}

function countsOf(groups: Readonly<Record<string, string | undefined>>): ContextCounts {
  const limit = numberOf(groups["limit"]);
  const completion = numberOf(groups["completion"]);
  const messages = numberOf(groups["prompt"]);
  const prompt = messages === undefined ? undefined : messages + (numberOf(groups["functions"]) ?? 0);
  const sum = prompt === undefined ? undefined : prompt + (completion ?? 0);
  const requested = numberOf(groups["requested"]) ?? sum;
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(requested === undefined ? {} : { requested }),
    ...(prompt === undefined ? {} : { promptTokens: prompt }),
    ...(completion === undefined ? {} : { completionTokens: completion }),
  };
}

const numberOf = (digits: string | undefined): number | undefined =>
  digits === undefined ? undefined : Number(digits.replaceAll(",", ""));
