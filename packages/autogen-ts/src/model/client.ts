/** The contract of model clients. Specification chapter 20, section 9. */
import type { Host as RunHost, ModelResponse, ResponseMessage } from "../run/index.js";
import type { ListedPrice } from "./price-table.js";
import type { EncodingName, Tokenizer } from "./tokens/index.js";

/** Merged request parameters in wire form, as the endpoint is to get them. */
export type ModelParams = Readonly<Record<string, unknown>>;

/** What a client is told besides the request. */
export interface CreateContext {
  readonly signal?: AbortSignal;
  /** Called with each piece of text while a streamed answer arrives. */
  readonly onToken?: (text: string) => void;
  /** Time limit of this request in seconds; over the client's own. */
  readonly timeout?: number;
  /** Called when an answer says that the next request has to wait, in milliseconds. */
  readonly onPause?: (ms: number) => void;
  /** Called with what the user should know though nothing failed; each `code` is shown once. */
  readonly warn?: (code: string, text: string) => void;
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

/** A class of clients as users register it: made from the entry as it was written, and further arguments. */
export type ModelClientClass<Args extends readonly unknown[] = readonly []> = new (
  entry: ConfigEntry,
  ...args: Args
) => ModelClient;

/** Makes a client for one entry. */
export type ModelClientFactory = (entry: ConfigEntry) => ModelClient;

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

/** The prefixes of `api_type` that name a provider with a client of its own, in order of trial. Chapter 20, section 3. */
export const PROVIDERS = [
  "cerebras",
  "google",
  "anthropic",
  "mistral",
  "together",
  "groq",
  "cohere",
  "ollama",
  "bedrock",
] as const;

/** Name of a provider with a client of its own. */
export type Provider = (typeof PROVIDERS)[number];

declare module "../run/host.js" {
  interface Host {
    /** The value of an environment variable; absent where there is no environment. */
    environment?(name: string): string | undefined;
    /** Sends the requests to models, as far as the entries have no `fetch` or `fetch_options`. @default that of the platform */
    readonly fetch?: typeof globalThis.fetch;
    /**
     * Calls `fire` once after `ms` milliseconds of real time; must not keep the process alive. For connections only:
     * `sleep` may take no time at all in tests and deterministic engines. Without it, answers that stall are waited for.
     */
    timer?(ms: number, fire: () => void): void;
    /** Tokens of Azure's directory by the credential of the surroundings; absent where there is none. */
    azureTokenProvider?(scope: string): Promise<() => Promise<string>>;
    /** Client of a provider that is not OpenAI-compatible; null when this platform has none. */
    modelClient?(provider: Provider): Promise<ModelClientFactory | null>;
    /**
     * The user's own price of a model, over the list prices; undefined when there is none.
     *
     * @throws AutogenError `invalid-config` when the user's prices cannot be read
     */
    listedPrice?(model: string): ListedPrice | undefined;
    /** Counts tokens of streams whose endpoint does not; that of `gpt-tokenizer`, where it is installed, when absent. */
    tokenizer?(encoding: EncodingName, model: string): Tokenizer | null | Promise<Tokenizer | null>;
  }
}

export type ModelHost = Pick<
  RunHost,
  "now" | "sleep" | "timer" | "fetch" | "environment" | "azureTokenProvider" | "modelClient" | "listedPrice" | "tokenizer"
>;
