/**
 * Names of the OpenTelemetry conventions for generative AI, as of version 1.41. Own constants, for the package of all conventions
 * has ten megabytes. What the conventions have no name for begins with `autogen.`.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/
 */
export const NAMES = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  /** The name before version 1.37, which many viewers still look for. */
  system: "gen_ai.system",
  conversation: "gen_ai.conversation.id",
  agent: "gen_ai.agent.name",
  workflow: "gen_ai.workflow.name",
  requestModel: "gen_ai.request.model",
  responseModel: "gen_ai.response.model",
  responseId: "gen_ai.response.id",
  finishReasons: "gen_ai.response.finish_reasons",
  firstChunk: "gen_ai.response.time_to_first_chunk",
  outputType: "gen_ai.output.type",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cacheReadTokens: "gen_ai.usage.cache_read.input_tokens",
  reasoningTokens: "gen_ai.usage.reasoning.output_tokens",
  tokenType: "gen_ai.token.type",
  tool: "gen_ai.tool.name",
  toolType: "gen_ai.tool.type",
  callId: "gen_ai.tool.call.id",
  callArguments: "gen_ai.tool.call.arguments",
  callResult: "gen_ai.tool.call.result",
  toolDefinitions: "gen_ai.tool.definitions",
  instructions: "gen_ai.system_instructions",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
  serverAddress: "server.address",
  serverPort: "server.port",
  errorType: "error.type",
  /** US dollars. */
  cost: "autogen.usage.cost",
  /** Answered from a cache of this library. */
  cached: "autogen.response.cached",
  /** Which entry of the config list was asked. */
  configIndex: "autogen.config.index",
  effectKey: "autogen.effect.key",
  stopReason: "autogen.stop_reason",
  languages: "autogen.code.languages",
  executor: "autogen.code.executor",
  exitCode: "autogen.code.exit_code",
} as const;
