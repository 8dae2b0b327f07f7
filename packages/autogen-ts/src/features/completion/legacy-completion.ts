/**
 * The programming interface of the 0.1 series over `OpenAIWrapper`: specification chapter 20, section 15. New programs use
 * the wrapper; this is for those that are carried over.
 */
import { setTimeout as wait } from "node:timers/promises";
import {
  AutogenError,
  Cache,
  IOStream,
  isAutogenError,
  OpenAIWrapper,
  type ConfigEntry,
  type ContentFunction,
  type Json,
  type ResponseFilter,
  type Run,
  type TemplateValues,
  type WrapperResponse,
} from "../../index.js";
import { HistoryKeeper, historySummary, type CallHistory, type HistoryOptions } from "./call-history.js";
import { clearCache } from "./clear-cache.js";
import { isChatModel } from "./chat-models.js";
import { currentNames } from "./current-names.js";
import { retrying, type Clock, type RetryTimes } from "./retrying.js";

/** A text, a text with fields, or a function of the context. */
export type Prompt = string | ContentFunction;

/** What `create` gives: the response, with the cost of refused ones in its `cost`. */
export type CompletionResponse = WrapperResponse;

/** Parameters of the request beside these options; those of an entry win. Names may be those of the 0.1 series. */
export interface CompletionOptions {
  readonly model?: string;
  readonly prompt?: Prompt;
  readonly messages?: readonly object[];
  /** Values for templates and for the filter. */
  readonly context?: TemplateValues | null;
  /** Fill in `{name}` in texts. @default false */
  readonly allowFormatStrTemplate?: boolean;
  /** Answer from the cache of `setCache`. @default true */
  readonly useCache?: boolean;
  /** Entries to try in order. @default one, made of the other options */
  readonly configList?: readonly ConfigEntry[] | null;
  /** An answer it refuses sends the call to the next entry. */
  readonly filterFunc?: ResponseFilter | null;
  /** false: null is given in place of an error when a limit of requests, or of time, is passed in the end. @default true */
  readonly raiseOnRatelimitOrTimeout?: boolean;
  /** Seconds of one request; not doubled after a time-out then. */
  readonly requestTimeout?: number;
  /** Seconds in which a request is repeated. */
  readonly maxRetryPeriod?: number;
  /** Seconds between two tries. */
  readonly retryWaitTime?: number;
  /** The run that this call is part of. */
  readonly run?: Run;
  readonly signal?: AbortSignal;
  readonly [parameter: string]: unknown;
}

const SEED = 41;
const ROOT = ".cache";

/** One of `Completion` and `ChatCompletion`; make one of your own to have settings of your own. */
export class LegacyCompletion {
  /** Seconds between two tries. */
  retryWaitTime = 10;
  /** Seconds in which a request to one entry is repeated. */
  maxRetryPeriod = 120;
  /** Seconds of the first try; doubled after each time-out. */
  requestTimeout = 60;
  readonly #kind: "chat" | "completion";
  #keeper: HistoryKeeper | null = null;
  #cacheOptions: { readonly cache_seed: string | number } | { readonly cache: Cache } = { cache_seed: SEED };

  constructor(kind: "chat" | "completion") {
    this.#kind = kind;
  }

  /**
   * Asks the entries in order, each several times where that may help, until one gives an answer that the filter lets pass.
   *
   * @returns the answer, the last one with `pass_filter: false` when all were refused; null, with
   *   `raiseOnRatelimitOrTimeout: false`, when the last entry was too busy or too slow
   * @throws AutogenError `model-failed` or `model-timeout` of the last entry, or of one whose content filter stopped it;
   *   `invalid-option`, `invalid-config`, `aborted`
   */
  async create(options: CompletionOptions = {}): Promise<CompletionResponse | null> {
    const { config_list: list, filter_func: filter, run, signal, ...shared } = currentNames(options);
    if (list !== undefined && list !== null && (!Array.isArray(list) || list.length === 0))
      throw new AutogenError("invalid-config", "`configList` has no entries. Pass at least one object, or leave it out.");
    // Options come from outside; the interface is the documented one.
    const entries = (list ?? [{}]) as readonly ConfigEntry[];
    const accepts = (filter ?? null) as ResponseFilter | null;
    const context = (shared["context"] ?? null) as TemplateValues | null;
    let refused: number | null = 0;
    for (const [index, entry] of entries.entries()) {
      const last = index === entries.length - 1;
      const merged = { ...shared, ...currentNames(entry) };
      const patience = last || accepts !== null || "max_retry_period" in merged ? {} : { max_retry_period: 0 };
      try {
        const call = { run: run as Run | undefined, signal: signal as AbortSignal | undefined, last };
        const response = await this.#ask({ ...patience, ...merged }, call);
        if (response === null) return null;
        const passed = accepts === null || (await accepts({ context, response }));
        const cost: number | null = response.cost === null || refused === null ? null : refused + response.cost;
        if (passed || last) return { ...response, cost, config_id: index, pass_filter: passed };
        refused = cost;
      } catch (error) {
        if (last || !fallsBack(error)) throw placed(error, index, entries.length);
      }
    }
    throw new TypeError("no entry");
  }

  /** The texts of an answer, one for each choice; `""` where there is none. */
  extractText({ choices }: Pick<CompletionResponse, "choices">): string[] {
    return choices.map(({ text, message }) => {
      if (typeof text === "string") return text;
      return typeof message?.content === "string" ? message.content : "";
    });
  }

  /**
   * Keeps what all wrappers of the program are asked and answered from now on, answers of caches included, in `loggedHistory`.
   * Nothing is written anywhere. For logs in files there is `autogen-ts/logging`.
   */
  startLogging(options: HistoryOptions = {}): void {
    const { resetCounter = true } = options;
    const count = resetCounter ? 0 : (this.#keeper?.count ?? 0);
    this.#keeper?.stop();
    this.#keeper = new HistoryKeeper(options, count);
  }

  /** Ends the history, and forgets it and its numbers; an object that was passed in keeps what it has. */
  stopLogging(): void {
    this.#keeper?.stop();
    this.#keeper = null;
  }

  /** The history that is kept now; null when none is. */
  get loggedHistory(): CallHistory | null {
    return this.#keeper?.history ?? null;
  }

  /** Prints cost and tokens of the history on the current stream. */
  printUsageSummary(): void {
    const history = this.loggedHistory;
    IOStream.getDefault().print(history === null ? "No usage summary available." : historySummary(history));
  }

  /** Where answers are kept from now on: in the folder `cachePathRoot/seed`. */
  setCache(seed: string | number = SEED, cachePathRoot: string = ROOT): void {
    this.#cacheOptions =
      cachePathRoot === ROOT ? { cache_seed: seed } : { cache: Cache.disk({ cacheSeed: seed, cachePathRoot }) };
  }

  /** Removes the answers of one seed, or of all; files that no cache of this library has written are left alone. */
  async clearCache(seed: string | number | null = null, cachePathRoot: string = ROOT): Promise<void> {
    await clearCache(seed, cachePathRoot);
  }

  async #ask(
    {
      use_cache,
      raise_on_ratelimit_or_timeout,
      request_timeout,
      max_retry_period,
      retry_wait_time,
      ...params
    }: Readonly<Record<string, unknown>>,
    { run, signal, last }: { readonly run: Run | undefined; readonly signal: AbortSignal | undefined; readonly last: boolean },
  ): Promise<CompletionResponse | null> {
    const times: RetryTimes = {
      wait: seconds("retryWaitTime", retry_wait_time ?? this.retryWaitTime),
      period: seconds("maxRetryPeriod", max_retry_period ?? this.maxRetryPeriod),
      timeout: seconds("requestTimeout", request_timeout ?? this.requestTimeout),
      doubles: request_timeout === undefined,
    };
    const uncached = use_cache === false ? { cache: null, cache_seed: null } : {};
    const { messages, prompt, context, ...entry } = this.#withMessages(params);
    const llm = new OpenAIWrapper({ ...this.#cacheOptions, ...entry, ...uncached, max_retries: 0, max_rate_limit_wait: 0 });
    const clock: Clock = run?.host ?? REAL_TIME;
    const ask = (timeout: number): Promise<CompletionResponse> =>
      llm.create({
        ...(messages === undefined ? { prompt: prompt as Prompt } : { messages: messages as readonly object[] }),
        context: (context ?? null) as TemplateValues | null,
        timeout,
        ...(run === undefined ? {} : { run }),
        ...(signal === undefined ? {} : { signal }),
      });
    return await retrying(ask, { times, clock, signal, raises: last ? raise_on_ratelimit_or_timeout !== false : true });
  }

  /** A chat model is asked by messages, whatever the call is named. */
  #withMessages(params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const { prompt, model, ...rest } = params;
    const chats = this.#kind === "chat" || (typeof model === "string" && isChatModel(model));
    if (!chats || prompt === undefined || params["messages"] !== undefined) return params;
    return { ...rest, ...(model === undefined ? {} : { model }), messages: [{ role: "user", content: prompt }] };
  }
}

const REAL_TIME: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => await wait(ms, undefined, signal === undefined ? {} : { signal }),
};

function seconds(option: string, value: unknown): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new AutogenError("invalid-option", `\`${option}\` is ${String(value)}. Pass seconds, 0 or more.`);
}

function fallsBack(error: unknown): boolean {
  if (!isAutogenError(error, "model-failed") && !isAutogenError(error, "model-timeout")) return false;
  return (error.details as { readonly kind?: unknown } | null)?.kind !== "content_filter";
}

const ALONE = "Entry 0 ";

/** Each entry is asked by a client of its own, for which it is the first. */
function placed(error: unknown, index: number, count: number): unknown {
  if (!isAutogenError(error) || count === 1 || !error.message.startsWith(ALONE)) return error;
  const message = `Entry ${String(index)} ${error.message.slice(ALONE.length)}`;
  // Written by the client: an object.
  const details = { ...(error.details as Readonly<Record<string, Json>>), index };
  return new AutogenError(error.code, message, { cause: error.cause, details });
}
