/** The contract of model clients. Specification chapter 20, section 9. */
import type { ModelResponse, ResponseMessage } from "../run/index.js";

/** Merged request parameters in wire form, as the endpoint is to get them. */
export type ModelParams = Readonly<Record<string, unknown>>;

export interface CreateContext {
  readonly signal?: AbortSignal;
  /** Called with each piece of text while a streamed answer arrives. */
  readonly onToken?: (text: string) => void;
}

/** What one response used. A missing key switches accounting off for that response. */
export interface UsageRecord {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  /** US dollars; null when the model has no known price. */
  readonly cost: number | null;
  readonly model: string;
}

/** Talks to one endpoint. Users may bring their own; providers are written against this. */
export interface ModelClient {
  create(params: ModelParams, context?: CreateContext): ModelResponse | Promise<ModelResponse>;
  /** One element per choice: a text, or the whole message when it has calls. */
  messageRetrieval(response: ModelResponse): readonly (string | null | ResponseMessage)[];
  /** US dollars; null when the model has no known price. */
  cost(response: ModelResponse): number | null | Promise<number | null>;
  getUsage(response: ModelResponse): Partial<UsageRecord>;
}

/** One entry of a config list, in the reference's keys; unknown keys go to the endpoint. */
export interface ConfigEntry {
  readonly model?: string;
  readonly api_key?: string;
  readonly base_url?: string;
  readonly api_type?: string;
  readonly api_version?: string;
  readonly tags?: readonly string[];
  /** US dollars per 1 000 tokens, `[prompt, completion]`, or one number for both. */
  readonly price?: readonly [prompt: number, completion: number] | number;
  /** Seconds. */
  readonly timeout?: number;
  readonly max_retries?: number;
  readonly [key: string]: unknown;
}

