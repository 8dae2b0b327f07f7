export type { AnswerSchema } from "./answer-format.js";
export { InMemoryCache } from "./cache-memory.js";
export type { InMemoryCacheOptions } from "./cache-memory.js";
export { Budget } from "./budget.js";
export type { BudgetLimits, BudgetUse } from "./budget.js";
export { cacheKey, DEFAULT_CACHE_SEED, isCacheable } from "./cache.js";
export type { ResponseCache } from "./cache.js";
export type { CallPiece, FunctionPiece } from "./call-assembler.js";
export type { CreateOptions, FilterInput, ResponseFilter, WrapperResponse } from "./call.js";
export { PROVIDERS } from "./client.js";
export type {
  ConfigEntry,
  CreateContext,
  ModelClient,
  ModelClientClass,
  ModelClientFactory,
  ModelParams,
  Provider,
  UsageRecord,
} from "./client.js";
export { contextLengthOf } from "./context-length.js";
export type { ContextCounts } from "./context-length.js";
export type { GuardScope, RequestGuard, RequestRefusal } from "./request-guard.js";
export { failureKind, isModelError, kindOf, maskSecrets, modelError } from "./errors.js";
export type { FailurePlace, ModelFailure, ModelFailureKind } from "./errors.js";
export type { WrapperConfig } from "./merge.js";
export { OpenAIClient } from "./openai-client.js";
export type { OpenAIClientOptions } from "./openai-client.js";
export { CLIENT_KEYS, EXTRA_KEYS, LIMITER_KEY, normaliseKeys } from "./option-keys.js";
export { checkPrice, computeCost, priceOf } from "./prices.js";
export type { ListedPrice, Price } from "./price-table.js";
export type { PriceOptions } from "./prices.js";
export { RateLimit } from "./rate-limit.js";
export type { RateLimitOptions, RateTicket } from "./rate-limit.js";
export { TimeRateLimiter } from "./rate-limiter.js";
export { retryAfterOf } from "./retry-after.js";
export type { HeadersLike } from "./retry-after.js";
export { PLAIN_QUESTION } from "./plain-question.js";
export { textOrCompletionObjects } from "./retrieval.js";
export { StreamAssembler } from "./stream-assembler.js";
export type { StreamChoice, StreamChunk, StreamDelta } from "./stream-assembler.js";
export { instantiate } from "./template.js";
export type { Template } from "./template.js";
export {
  countToken,
  getMaxTokenLimit,
  measureTokens,
  numTokensFromFunctions,
  percentileUsed,
  tokenCounter,
  tokenLeft,
} from "./tokens/index.js";
export type {
  DescribedFunction,
  EncodingName,
  TokenCount,
  TokenCounter,
  TokenInput,
  Tokenizer,
  TokenizerSource,
  TokenOptions,
  WindowOptions,
} from "./tokens/index.js";
export { formatUsageSummary, gatherUsageSummary } from "./usage.js";
export type { UsageHolder, UsageMode } from "./usage.js";
export { OpenAIWrapper } from "./wrapper.js";
export type { WrapperOptions } from "./wrapper.js";
export {
  checkConfigList,
  checkLlmConfig,
  filterConfig,
  getConfigList,
  hideSecrets,
  parseConfigList,
  parseLenientJson,
  redact,
  resolveEnvironmentKeys,
  withModels,
} from "./config/index.js";
export type { ConfigFilter, GetConfigListOptions } from "./config/index.js";
export { createRedactor } from "./redaction/index.js";
export type { RedactedCopyOptions, Redactor, RedactorOptions } from "./redaction/index.js";
