import assert from "node:assert/strict";
import { test } from "vitest";
import { HI, scene, thrownBy } from "../../test/model-scene.js";
import { contextLengthOf, kindOf, type ContextCounts } from "./index.js";

const all = (limit: number, requested: number, promptTokens: number, completionTokens: number): ContextCounts => ({
  limit,
  requested,
  promptTokens,
  completionTokens,
});
const prompt = (limit: number, promptTokens: number): ContextCounts => ({ limit, requested: promptTokens, promptTokens });

const OPENAI =
  "This model's maximum context length is 4097 tokens. However, you requested 4302 tokens (3790 in the messages, 512 in the completion). Please reduce the length of the messages or completion.";

const TEXTS: readonly (readonly [who: string, text: string, counts: ContextCounts | null])[] = [
  ["OpenAI", OPENAI, all(4097, 4302, 3790, 512)],
  [
    "OpenAI with functions",
    "This model's maximum context length is 4097 tokens. However, you requested 5360 tokens (3790 in the messages, 58 in the functions, and 1512 in the completion).",
    all(4097, 5360, 3848, 1512),
  ],
  [
    "OpenAI without a limit of the answer",
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
    prompt(8192, 9001),
  ],
  [
    "the older completion call",
    "This model's maximum context length is 4097 tokens, however you requested 5000 tokens (4000 in your prompt; 1000 for the completion).",
    all(4097, 5000, 4000, 1000),
  ],
  [
    "OpenAI's newer models",
    "Input tokens exceed the configured limit of 272,000 tokens. Your messages resulted in 300,100 tokens.",
    prompt(272_000, 300_100),
  ],
  ["OpenAI without numbers", "Your input exceeds the context window of this model. Please adjust your input.", {}],
  [
    "OpenRouter",
    "This endpoint's maximum context length is 131072 tokens. However, you requested about 150000 tokens (140000 of text input, 10000 in the output).",
    all(131_072, 150_000, 140_000, 10_000),
  ],
  [
    "vLLM",
    "'max_tokens' or 'max_completion_tokens' is too large: 5000. This model's maximum context length is 4096 tokens and your request has 200 input tokens (5000 > 4096 - 200).",
    all(4096, 5200, 200, 5000),
  ],
  [
    "vLLM, of the prompt",
    "The decoder prompt (length 9000) is longer than the maximum model length of 8192. Make sure that it is shorter.",
    prompt(8192, 9000),
  ],
  ["Ollama", "the input length exceeds the context length", {}],
  [
    "llama.cpp",
    "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it",
    { limit: 4096, requested: 5000 },
  ],
  [
    "LM Studio",
    "Trying to keep the first 5124 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.",
    prompt(4096, 5124),
  ],
  ["LM Studio, older", "The number of tokens to keep from the initial prompt is greater than the context length.", {}],
  ["Anthropic", "prompt is too long: 208310 tokens > 200000 maximum", prompt(200_000, 208_310)],
  [
    "Anthropic, with the answer",
    "input length and `max_tokens` exceed context limit: 198000 + 8192 > 200000, decrease input length or `max_tokens` and try again",
    all(200_000, 206_192, 198_000, 8192),
  ],
  [
    "Google",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    prompt(1_048_576, 1_200_000),
  ],
  [
    "Mistral",
    "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
    prompt(32_768, 40_000),
  ],
  [
    "Together",
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 8000 `inputs` tokens and 500 `max_new_tokens`",
    all(8193, 8500, 8000, 500),
  ],
  ["Cohere", "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.", prompt(4081, 4292)],
  ["Bedrock", "Input is too long for requested model.", {}],
  ["a limit alone", "max_tokens is too large: 100000. This model supports at most 16384 completion tokens.", null],
  ["another 400", "Invalid value for `n`", null],
];

for (const [who, text, counts] of TEXTS) {
  test(`INF-41 too long a request, or not, in the words of ${who}`, () => {
    assert.deepEqual(contextLengthOf(null, text), counts);
    assert.equal(kindOf(400, null, text), counts === null ? "bad_request" : "context_length");
  });
}

test("INF-41 the code alone is enough; a quota of tokens per minute is a rate limit whatever its words", () => {
  assert.deepEqual(contextLengthOf("context_length_exceeded", ""), {});
  assert.equal(contextLengthOf("rate_limit_exceeded", "Request too large on tokens per min (TPM): Limit 10, Requested 12"), null);
  assert.equal(kindOf(429, null, "the input exceeds the context window quota"), "rate_limit");
});

test("INF-41 a request that is too long fails with its counts, after the other entries were tried", async () => {
  const refusal = { status: 400, error: { code: "context_length_exceeded", message: OPENAI } };
  await scene({ x: [refusal], y: [refusal] }, async ({ server, run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]);
    const { code, details } = await thrownBy(llm.create({ messages: HI, run }));
    assert.equal(server.requests.length, 2);
    const { kind, limit, requested, promptTokens, completionTokens } = details ?? {};
    assert.deepEqual(
      [code, kind, limit, requested, promptTokens, completionTokens],
      ["model-failed", "context_length", 4097, 4302, 3790, 512],
    );
  });
});
