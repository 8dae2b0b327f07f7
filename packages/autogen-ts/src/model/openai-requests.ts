/**
 * Requests of a client for OpenAI-compatible endpoints. The client loads this with its first request, and this the
 * `openai` package. Behaviour: specification chapter 20, sections 3, 7, 8 and 12.
 */
import type { APIPromise, OpenAI } from "openai";
import { AbortRelay, abortError, type AutogenError, type ModelResponse } from "../run/index.js";
import { ControllerPool } from "./controller-pool.js";
import type { ConfigEntry, CreateContext, ModelParams } from "./client.js";
import { endpointOf } from "./entry-endpoint.js";
import { EntryPrices } from "./entry-prices.js";
import { AnswerFailure, modelError, type ModelFailure } from "./errors.js";
import { readAnswer, readStream, type HttpAnswer } from "./openai-answers.js";
import { failureOf } from "./openai-errors.js";
import { loadSdk, type LoadedSdk, type OpenAIClientHost } from "./openai-load.js";
import { timeoutMs } from "./openai-options.js";
import { pauseOf } from "./retry-after.js";
import { secretsOf } from "./secrets.js";
import { StallWatch } from "./stall-watch.js";
import { apiOf, modelOf, wireBody } from "./wire-body.js";

const MOST_TOKENS = 8;

/** Sends the requests of one client, and knows what its answers cost. */
export class OpenAIRequests {
  readonly #entry: ConfigEntry;
  readonly #index: number;
  readonly #host: OpenAIClientHost;
  readonly #prices: EntryPrices;
  #loaded: Promise<LoadedSdk> | undefined;
  readonly #aborts = new AbortRelay();
  readonly #controllers = new ControllerPool();
  /** By limit in milliseconds. */
  readonly #watches = new Map<number, StallWatch>();
  /** Tokens of Azure's directory that were sent, the latest ones. */
  #tokens: readonly string[] = [];
  /** Set when the endpoint has refused to be asked for usage. */
  #plainStreams = false;

  constructor(entry: ConfigEntry, { index, host }: { readonly index: number; readonly host: OpenAIClientHost }) {
    this.#entry = entry;
    this.#index = index;
    this.#host = host;
    this.#prices = new EntryPrices(entry, endpointOf(entry, host.environment), host);
  }

  /** @see OpenAIClient.create */
  async create(params: ModelParams, context: CreateContext): Promise<ModelResponse> {
    const body = this.#body(params);
    try {
      const { sdk, classes } = await this.#load();
      try {
        return await this.#send(sdk, body, context);
      } catch (error) {
        if (context.signal?.aborted === true) throw abortError(context.signal);
        const failure = failureOf(error, classes, this.#host.now?.() ?? null);
        throw failure === null ? error : new AnswerFailure(failure);
      }
    } catch (error) {
      if (!(error instanceof AnswerFailure)) throw error;
      if (params["stream_options"] !== undefined || !refusesStreamOptions(body, error.failure))
        throw this.#error(error.failure, body);
    }
    this.#plainStreams = true;
    return await this.create(params, context);
  }

  cost(response: ModelResponse): Promise<number | null> {
    return this.#prices.costOf(response);
  }

  /** A failed attempt is not kept: a key may have been set since. */
  async #load(): Promise<LoadedSdk> {
    this.#loaded ??= loadSdk(this.#entry, this.#host, (token) => this.#remember(token));
    try {
      return await this.#loaded;
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }

  /** A token that has just been replaced may still be quoted by a slow answer. */
  #remember(token: string): void {
    if (!this.#tokens.includes(token)) this.#tokens = [token, ...this.#tokens].slice(0, MOST_TOKENS);
  }

  async #send(
    sdk: OpenAI,
    body: ModelParams,
    { signal, onToken, onPause, warn, timeout = this.#entry.timeout }: CreateContext,
  ): Promise<ModelResponse> {
    const limit = timeoutMs(timeout);
    // The package never takes its listeners off a signal: it gets one that lives for a few requests only.
    const lease = this.#controllers.take();
    const request = lease.controller;
    const stop = (): void => request.abort();
    const release = signal === undefined ? undefined : this.#aborts.follow(signal, stop);
    let stalled = false;
    let watched: ReturnType<StallWatch["start"]> | undefined;
    const watch = (): void => {
      watched = this.#stallWatch(limit)?.start(() => {
        stalled = true;
        request.abort();
      });
    };
    try {
      const options = { signal: request.signal, ...(limit === undefined ? {} : { timeout: limit }) };
      // The body is the user's; the endpoint checks it.
      const sent: APIPromise<unknown> =
        apiOf(body) === "chat"
          ? sdk.chat.completions.create(body as never, options)
          : sdk.completions.create(body as never, options);
      if (body["stream"] !== true) {
        const response = await sent.asResponse();
        watch();
        tellPause(response, onPause);
        return await readAnswer(response, modelOf(body));
      }
      const { data, response } = await sent.withResponse();
      watch();
      tellPause(response, onPause);
      const alive = (): void => watched?.alive();
      const tokenizer = this.#host.tokenizer?.bind(this.#host);
      return await readStream(data, response, { body, alive, tokenizer, warn, ...(onToken === undefined ? {} : { onToken }) });
    } catch (error) {
      if (!stalled) throw error;
      throw new AnswerFailure({ kind: "timeout", reason: "stopped in the middle of its answer", cause: error });
    } finally {
      watched?.stop();
      release?.();
      this.#controllers.giveBack(lease);
    }
  }

  #stallWatch(limitMs: number | undefined): StallWatch | undefined {
    const { timer } = this.#host;
    if (limitMs === undefined || timer === undefined) return undefined;
    let watch = this.#watches.get(limitMs);
    if (watch === undefined) this.#watches.set(limitMs, (watch = new StallWatch(limitMs, timer.bind(this.#host))));
    return watch;
  }

  #body(params: ModelParams): ModelParams {
    const body = wireBody(params, this.#entry);
    if (!this.#plainStreams || params["stream_options"] !== undefined) return body;
    const { stream_options: _refused, ...plain } = body;
    return plain;
  }

  #error(failure: ModelFailure, body: ModelParams): AutogenError {
    const secrets = [...secretsOf(this.#entry, this.#host.environment?.bind(this.#host)), ...this.#tokens];
    return modelError(failure, { index: this.#index, model: modelOf(body), secrets });
  }
}

function tellPause({ headers }: HttpAnswer, onPause: CreateContext["onPause"]): void {
  const pause = onPause === undefined ? null : pauseOf(headers);
  if (pause !== null) onPause?.(pause);
}

/** Whether the endpoint stumbled over being asked for usage. */
function refusesStreamOptions(body: ModelParams, { status, reason }: ModelFailure): boolean {
  if (body["stream_options"] === undefined || status === undefined || status === null) return false;
  return status >= 400 && status < 500 && /stream_options|include_usage/u.test(reason);
}
