/**
 * The client for OpenAI, Azure and every endpoint that speaks their protocol. What sends requests is loaded with the
 * first of them. Behaviour: specification chapter 20, sections 3, 7, 8 and 12.
 */
import type { ModelResponse, ResponseMessage } from "../run/index.js";
import type { ConfigEntry, CreateContext, ModelClient, ModelParams, UsageRecord } from "./client.js";
import type { OpenAIClientHost } from "./openai-load.js";
import type { OpenAIRequests } from "./openai-requests.js";
import { textOrCompletionObjects } from "./retrieval.js";

/** What a client for OpenAI-compatible endpoints is made of. */
export interface OpenAIClientOptions {
  /** Index in the config list, for messages. @default 0 */
  readonly index?: number;
  readonly host?: OpenAIClientHost;
}

/** Talks to one OpenAI-compatible endpoint. Nothing is loaded, checked or connected before the first `create`. */
export class OpenAIClient implements ModelClient {
  readonly #entry: ConfigEntry;
  readonly #options: Required<OpenAIClientOptions>;
  #requests: OpenAIRequests | undefined;

  constructor(entry: ConfigEntry, { index = 0, host = {} }: OpenAIClientOptions = {}) {
    this.#entry = entry;
    this.#options = { index, host };
  }

  /**
   * Sends one request; with `stream` the pieces are given to `onToken` and put together.
   *
   * @throws AutogenError `model-failed` or `model-timeout` with `details.kind`; `aborted` when the signal fires
   */
  async create(params: ModelParams, context: CreateContext = {}): Promise<ModelResponse> {
    const requests = this.#requests ?? (await this.#load());
    return await requests.create(params, context);
  }

  /** @see textOrCompletionObjects */
  messageRetrieval(response: ModelResponse): readonly (string | null | ResponseMessage)[] {
    return textOrCompletionObjects(response);
  }

  async cost(response: ModelResponse): Promise<number | null> {
    const requests = this.#requests ?? (await this.#load());
    return await requests.cost(response);
  }

  /** Missing counts are 0, as in the reference. */
  getUsage({ usage, cost = 0, model }: ModelResponse): UsageRecord {
    const prompt = usage?.prompt_tokens ?? 0;
    const completion = usage?.completion_tokens ?? 0;
    const total = usage?.total_tokens ?? prompt + completion;
    return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total, cost, model };
  }

  async #load(): Promise<OpenAIRequests> {
    const { OpenAIRequests } = await import("./openai-requests.js");
    return (this.#requests ??= new OpenAIRequests(this.#entry, this.#options));
  }
}
