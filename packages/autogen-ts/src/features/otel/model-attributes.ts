/** A request to a model and its answer as attributes. */
import type { Attributes } from "@opentelemetry/api";
import type { Json, ModelRequest, ModelResponse } from "../../core.js";
import { NAMES } from "./names.js";
import { serverOf } from "./provider-name.js";

/** Numbers of requests, by the name on the wire; the last of two that are there wins. */
const NUMBERS = {
  temperature: "gen_ai.request.temperature",
  top_p: "gen_ai.request.top_p",
  top_k: "gen_ai.request.top_k",
  max_tokens: "gen_ai.request.max_tokens",
  max_completion_tokens: "gen_ai.request.max_tokens",
  frequency_penalty: "gen_ai.request.frequency_penalty",
  presence_penalty: "gen_ai.request.presence_penalty",
  seed: "gen_ai.request.seed",
} as const;

/** What metrics are grouped by: few values each. */
export function groupOf(request: ModelRequest): Attributes {
  const { provider, address, port } = serverOf(request);
  const { model } = request.body;
  return {
    [NAMES.operation]: request.api === "completion" ? "text_completion" : "chat",
    [NAMES.provider]: provider,
    ...(typeof model === "string" ? { [NAMES.requestModel]: model } : {}),
    ...(address === null ? {} : { [NAMES.serverAddress]: address }),
    ...(port === null ? {} : { [NAMES.serverPort]: port }),
  };
}

/** What is known before the request goes out. */
export function requestAttributes({ body, config }: ModelRequest, agent: string): Attributes {
  const attributes: Attributes = { [NAMES.agent]: agent, [NAMES.configIndex]: config };
  for (const [key, name] of Object.entries(NUMBERS)) {
    const value = body[key];
    if (typeof value === "number") attributes[name] = value;
  }
  const { n, stream, stop, response_format: format } = body;
  if (typeof n === "number" && n !== 1) attributes["gen_ai.request.choice.count"] = n;
  if (stream === true) attributes["gen_ai.request.stream"] = true;
  if (stop !== undefined && stop !== null) attributes["gen_ai.request.stop_sequences"] = textsIn(stop);
  if (format !== undefined && format !== null) attributes[NAMES.outputType] = isText(format) ? "text" : "json";
  return attributes;
}

const isText = (format: Json): boolean =>
  typeof format === "object" && format !== null && !Array.isArray(format) && (format as { readonly type?: Json }).type === "text";

const textsIn = (stop: Json): string[] =>
  (Array.isArray(stop) ? (stop as readonly Json[]) : [stop]).filter((one) => typeof one === "string");

/** An answer, as effects give it. */
export type Answer = ModelResponse & { readonly cached?: boolean };

/** What is known of the answer. */
export function responseAttributes(answer: Answer): Attributes {
  const { id, model, choices, cost, cached } = answer;
  const usage = tokensOf(answer);
  return {
    [NAMES.responseModel]: model,
    ...(id === undefined ? {} : { [NAMES.responseId]: id }),
    [NAMES.finishReasons]: choices.map(({ finish_reason: reason }) => reason ?? ""),
    ...(usage === null ? {} : { [NAMES.inputTokens]: usage.input, [NAMES.outputTokens]: usage.output }),
    ...(usage?.cacheRead === null || usage === null ? {} : { [NAMES.cacheReadTokens]: usage.cacheRead }),
    ...(usage?.reasoning === null || usage === null ? {} : { [NAMES.reasoningTokens]: usage.reasoning }),
    ...(typeof cost === "number" ? { [NAMES.cost]: cost } : {}),
    ...(cached === true ? { [NAMES.cached]: true } : {}),
  };
}

/** Tokens as the endpoint reports them. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number | null;
  readonly reasoning: number | null;
}

/** null when the endpoint reports none. */
export function tokensOf({ usage }: ModelResponse): Tokens | null {
  if (usage === undefined || usage === null) return null;
  const { prompt_tokens: input, completion_tokens: output } = usage;
  if (typeof input !== "number" && typeof output !== "number") return null;
  return {
    input: input ?? 0,
    output: output ?? 0,
    cacheRead: detail(usage["prompt_tokens_details"], "cached_tokens"),
    reasoning: detail(usage["completion_tokens_details"], "reasoning_tokens"),
  };
}

function detail(details: Json | undefined, name: string): number | null {
  if (typeof details !== "object" || details === null || Array.isArray(details)) return null;
  const value = (details as { readonly [key: string]: Json })[name];
  return typeof value === "number" ? value : null;
}
