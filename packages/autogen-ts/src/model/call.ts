/** Options of one `create`, read once. Chapter 20, section 4. */
import type { Content, TemplateValues } from "../message/index.js";
import type { ModelResponse, Run } from "../run/index.js";
import type { ResponseCache } from "./cache.js";
import { normaliseKeys, splitOptions, type Options } from "./option-keys.js";
import type { EffectiveOptions } from "./merge.js";

/** What a response filter looks at. `context` is null when the call has none. */
export interface FilterInput {
  readonly context: TemplateValues | null;
  readonly response: WrapperResponse;
}

/** Says whether an answer will do. */
export type ResponseFilter = (input: FilterInput) => boolean | Promise<boolean>;

/** Parameters of the request beside these options; wire names as they are, unknown ones are sent too. */
export interface CreateOptions {
  /** Messages in wire form; passed on uncopied where nothing is to be filled in. */
  readonly messages?: readonly object[];
  /** For the older completion call. */
  readonly prompt?: Content | null;
  /** Values for templates and for the filter; never sent. */
  readonly context?: TemplateValues | null;
  /** Fill in `{name}` in texts. @default false */
  readonly allowFormatStrTemplate?: boolean;
  /** An answer it refuses sends the call to the next entry; the last entry's is given back all the same. */
  readonly filterFunc?: ResponseFilter | null;
  /** Who asks: names the effect and its events. */
  readonly agent?: string | { readonly name: string } | null;
  /** Wins over `cacheSeed`. */
  readonly cache?: ResponseCache | null;
  /** Which lasting cache of the host to use; null for none. @default 41 */
  readonly cacheSeed?: string | number | null;
  /** The run that this call is part of; without one it gets a run of its own. */
  readonly run?: Run;
  readonly signal?: AbortSignal;
  /** Called with each piece of text of a streamed answer, beside the events. */
  readonly onToken?: (text: string) => void;
  /** Options that win over those of the entries. */
  readonly overrides?: Options;
  /** Seconds for this call. */
  readonly timeout?: number;
  readonly [parameter: string]: unknown;
}

/** A response with what the wrapper knows about it; plain data. */
export interface WrapperResponse extends ModelResponse {
  /** US dollars; null when the model has no known price. */
  readonly cost: number | null;
  /** Index of the entry that gave it. */
  readonly config_id: number;
  /** False when every entry's answer was refused and this is the last one. */
  readonly pass_filter: boolean;
  /** Whether it came from a cache. */
  readonly cached: boolean;
}

/** One call, with its options by class. */
export interface Call {
  readonly run: Run | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onToken: ((text: string) => void) | undefined;
  readonly timeout: number | undefined;
  readonly options: EffectiveOptions;
  readonly overrides: EffectiveOptions | undefined;
}

export function readCall({ run, signal, onToken, overrides, ...rest }: CreateOptions): Call {
  const { client, ...options } = splitOptions(normaliseKeys(rest));
  const { timeout } = client;
  return {
    run,
    signal,
    onToken,
    timeout: typeof timeout === "number" ? timeout : undefined,
    options,
    overrides: overrides === undefined ? undefined : splitOptions(normaliseKeys(overrides)),
  };
}

/** The name that effects and events of a call carry. */
export function callerName({ agent }: Options): string {
  if (typeof agent === "string") return agent;
  const { name } = (agent ?? {}) as { readonly name?: unknown };
  return typeof name === "string" ? name : "client";
}
