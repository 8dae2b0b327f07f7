/** One attempt of a call: one effect at one entry. Chapter 20, section 4. */
import type { TemplateValues } from "../message/index.js";
import {
  isAutogenError,
  observers,
  type AutogenError,
  type ModelCall,
  type ModelRequest,
  type ModelResponse,
  type Run,
} from "../run/index.js";
import { answerSchemaOf, misfitOf, wireFormat, type AnswerSchema } from "./answer-format.js";
import { cacheKey, type ResponseCache } from "./cache.js";
import { cacheFor, type CallsUnderWay, type EffectResponse } from "./cached-call.js";
import { callerName, type Call, type ResponseFilter, type WrapperResponse } from "./call.js";
import type { CreateContext, ModelParams, UsageRecord } from "./client.js";
import type { ClientSlot } from "./client-slot.js";
import { modelError, type FailurePlace } from "./errors.js";
import { expectedTokens } from "./expected-tokens.js";
import { askObserved } from "./observed.js";
import { withBoth } from "./with-both.js";
import { mergeCall } from "./merge.js";
import { OLD_KEYS, type Options } from "./option-keys.js";
import { buildParams } from "./params.js";
import { completeUsage } from "./usage.js";
import { Patience, waitLimitMs } from "./waiting.js";
import { modelOf } from "./wire-body.js";

/** What an attempt starts from: parameters with everything filled in. */
export interface Attempt {
  readonly slot: ClientSlot;
  /** Whose entry it is. */
  readonly wrapper: object;
  readonly call: Call;
  readonly run: Run;
  readonly agent: string;
  readonly params: ModelParams;
  readonly extra: Options;
  /** What the answer has to fit; null when anything will do. */
  readonly schema: AnswerSchema | null;
  /** Whether there is no other entry to fall back to. */
  readonly last: boolean;
}

/** What it gave. */
export interface Answer {
  readonly response: WrapperResponse;
  /** Null when the client does not account for its responses. */
  readonly usage: UsageRecord | null;
}

/** Merges options and fills in templates. @throws AutogenError `invalid-option` for a call that no endpoint could answer */
export function prepare(
  slot: ClientSlot,
  call: Call,
  { wrapper, run, last }: Pick<Attempt, "wrapper" | "run" | "last">,
): Attempt {
  const { request, extra } = mergeCall(slot.entry, call.options, call.overrides);
  for (const key of Object.keys(request)) {
    const now = OLD_KEYS.get(key);
    if (now !== undefined)
      run.warn("old-option", `\`${key}\` is an option of old releases, and is sent to the endpoint as it is. Write \`${now}\`.`);
  }
  const schema = answerSchemaOf(request["response_format"]);
  const sent = schema === null ? request : { ...request, response_format: wireFormat(schema) };
  const params = buildParams({ request: sent, extra });
  return { slot, wrapper, call, run, agent: callerName(extra), params, extra, schema, last };
}

/** The filter of this attempt and what it looks at beside the response. */
export function filterOf({ extra }: Attempt): {
  readonly filter: ResponseFilter | null;
  readonly context: TemplateValues | null;
} {
  const { filter_func: filter, context } = extra;
  // Options come from outside; the interface is the documented one.
  return {
    filter: typeof filter === "function" ? (filter as ResponseFilter) : null,
    context: (context ?? null) as TemplateValues | null,
  };
}

/** The failure that an answer is when it does not fit `response_format`; null when it fits. */
export async function misfit(attempt: Attempt, response: ModelResponse): Promise<AutogenError | null> {
  const why = attempt.schema === null ? null : await misfitOf(attempt.schema, response);
  if (why === null) return null;
  const reason = `gave an answer that does not fit \`response_format\`: ${why}`;
  return modelError({ kind: "invalid_answer", reason }, placeOf(attempt));
}

export const placeOf = ({ slot, params, run }: Pick<Attempt, "slot" | "params" | "run">): FailurePlace => ({
  index: slot.entry.index,
  model: modelOf(params),
  secrets: slot.secrets(run.host),
});

/**
 * Asks the cache or the endpoint, as one effect of the run.
 *
 * @throws AutogenError `model-failed`, `model-timeout`, `aborted`
 */
export function ask(attempt: Attempt, underWay: CallsUnderWay): Promise<Answer> {
  if (observers().length === 0) return askAsEffect(attempt, underWay);
  const asked = askedOf(attempt);
  return askObserved(
    asked,
    () => attempt.slot.current ?? null,
    () => askAsEffect(attempt, underWay),
  );
}

const askedOf = ({ slot, wrapper, call, run, agent, params, extra }: Attempt): ModelCall => ({
  ...{ call, wrapper, asker: extra["agent"] ?? null, agent, params, path: run.path },
  ...{ config: slot.entry.index, entry: slot.entry.original },
});

async function askAsEffect(attempt: Attempt, underWay: CallsUnderWay): Promise<Answer> {
  const { slot, run, agent, params } = attempt;
  const request = slot.request(params, run.host);
  run.emit({ type: "llm.start", agent, model: modelOf(params), config: slot.entry.index });
  const answer: EffectResponse = await run.perform("model", agent, request, ({ signal }) => {
    const own = attempt.call.signal;
    if (own === undefined || own === signal) return answerOf(attempt, request, signal, underWay);
    if (signal === undefined) return withBoth(own, own, (both) => answerOf(attempt, request, both, underWay));
    return withBoth(signal, own, (both) => answerOf(attempt, request, both, underWay));
  });
  const client = slot.current ?? (await slot.client(run.host));
  const cost = answer.cost === undefined ? await client.cost(answer) : answer.cost;
  const response = { ...answer, cost, config_id: slot.entry.index, pass_filter: true, cached: answer.cached === true };
  warnAboutPrice(attempt, request, response);
  return { response, usage: completeUsage(client.getUsage(response)) };
}

async function answerOf(
  attempt: Attempt,
  request: ModelRequest,
  signal: AbortSignal | undefined,
  underWay: CallsUnderWay,
): Promise<EffectResponse> {
  const { run, extra } = attempt;
  const cache = cacheFor(extra, run.host);
  if (cache === null) return await askEndpoint(attempt, signal);
  return await answerCached(attempt, request, signal, { underWay, cache: await cache });
}

interface Caching {
  readonly underWay: CallsUnderWay;
  readonly cache: ResponseCache | null;
}

async function answerCached(
  attempt: Attempt,
  request: ModelRequest,
  signal: AbortSignal | undefined,
  { underWay, cache }: Caching,
): Promise<EffectResponse> {
  const { slot, run } = attempt;
  if (cache === null) return await askEndpoint(attempt, signal);
  const key = cacheKey(request.body, request.endpoint);
  if (key === null) {
    run.warn("not-cacheable", "A request is no plain data, so its answer is not cached.");
    return await askEndpoint(attempt, signal);
  }
  const asking = underWay.answer({
    cache,
    key,
    ...(signal === undefined ? {} : { signal }),
    ask: async () => {
      const fresh = await askEndpoint(attempt, signal);
      if ((await misfit(attempt, fresh)) !== null) throw new NotStored(fresh);
      return fresh;
    },
    complete: async (stored) =>
      stored.cost === undefined || stored.cost === null
        ? { ...stored, cost: await (await slot.client(run.host)).cost(stored) }
        : stored,
    warn: (code, text) => run.warn(code, text),
  });
  const response: EffectResponse = await asking.catch((error: unknown) => {
    if (error instanceof NotStored) return error.response;
    throw error;
  });
  if (response.cached !== true) return response;
  // The check of a schema may have changed without its JSON Schema.
  if ((await misfit(attempt, response)) !== null) return await askEndpoint(attempt, signal);
  if (request.body["stream"] === true) tellText(attempt, response);
  return response;
}

/** Takes an answer past the cache: it is paid for and counts, but nobody wants to have it again. */
class NotStored extends Error {
  readonly response: ModelResponse;

  constructor(response: ModelResponse) {
    super("not stored");
    this.response = response;
  }
}

/** Waits for the last entry when it is busy; others are waited for by nobody, since there is a next one. */
async function askEndpoint(attempt: Attempt, signal: AbortSignal | undefined): Promise<ModelResponse> {
  const { slot, run, params, extra, last } = attempt;
  const patience = new Patience(last ? waitLimitMs(extra["max_rate_limit_wait"]) : 0);
  for (;;) {
    try {
      return await askOnce(attempt, signal);
    } catch (error) {
      const wait = patience.after(error);
      if (wait === null) throw error;
      run.warn(
        "rate-limited",
        `Entry ${String(slot.entry.index)} (model \`${modelOf(params)}\`) is busy and is asked again in ${seconds(wait)} s.`,
      );
      slot.pace.forHost(run.host).rateLimit?.close(wait, run.host);
      await run.host.sleep(wait, signal);
    }
  }
}

const seconds = (ms: number): string => String(Number((ms / 1000).toFixed(1)));

/** In turn with all that share the entry's limit. */
async function askOnce(attempt: Attempt, signal: AbortSignal | undefined): Promise<ModelResponse> {
  const { rateLimit } = attempt.slot.pace.forHost(attempt.run.host);
  if (rateLimit === null) return await askClient(attempt, signal);
  const tokens = rateLimit.countsTokens ? expectedTokens(attempt.params) : 0;
  const ticket = await rateLimit.wait(tokens, attempt.run.host, signal);
  let used = 0;
  try {
    const response = await askClient(attempt, signal);
    used = response.usage?.total_tokens ?? tokens;
    return response;
  } finally {
    ticket.used(used);
  }
}

async function askClient(attempt: Attempt, signal: AbortSignal | undefined): Promise<ModelResponse> {
  const { slot, run, params, call } = attempt;
  const { limiter, rateLimit } = slot.pace.forHost(run.host);
  if (limiter !== null) await limiter.wait(run.host, signal);
  const client = slot.current ?? (await slot.client(run.host));
  const context: CreateContext = {
    warn: (code, text) => run.warn(code, text),
    ...(signal === undefined ? {} : { signal }),
    ...(call.timeout === undefined ? {} : { timeout: call.timeout }),
    ...(rateLimit === null ? {} : { onPause: (ms: number) => rateLimit.close(ms, run.host) }),
  };
  try {
    const onToken = (text: string): void => tell(attempt, text);
    const response = await client.create(params, params["stream"] === true ? { ...context, onToken } : context);
    return { ...response, cost: await client.cost(response) };
  } catch (error) {
    if (!slot.custom || isAutogenError(error) || signal?.aborted === true) throw error;
    throw ownClientError(attempt, error);
  }
}

/** Errors of the users' clients take part in the fallback like all others. */
function ownClientError(attempt: Attempt, cause: unknown): Error {
  const reason = `failed in its own client: ${cause instanceof Error ? cause.message : String(cause)}`;
  return modelError({ kind: "unknown", reason, cause }, placeOf(attempt));
}

function tell({ run, agent, call }: Attempt, text: string): void {
  run.emit({ type: "llm.delta", agent, text });
  call.onToken?.(text);
}

/** A cached answer comes in one piece. */
function tellText(attempt: Attempt, { choices }: ModelResponse): void {
  for (const { message } of choices) {
    if (typeof message?.content === "string" && message.content !== "") tell(attempt, message.content);
  }
}

function warnAboutPrice({ slot, run }: Attempt, request: ModelRequest, { cost, model }: WrapperResponse): void {
  if (typeof slot.entry.client.price === "number") {
    run.warn(
      "single-price",
      "`price` is one number, used for prompt and completion tokens alike. Write `[prompt, completion]` if they differ.",
    );
  }
  if (cost !== null || !slot.expectsPrice(request)) return;
  run.warn(
    "unknown-price",
    `Model \`${model}\` has no known price, so its cost is unknown. Add \`price: [prompt, completion]\` in US dollars per 1 000 tokens to its entry.`,
  );
}
