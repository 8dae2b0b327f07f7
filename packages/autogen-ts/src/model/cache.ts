/** The seam for response caches, and what makes two requests the same. Specification chapter 23, section 3. */
import type { Json } from "../message/index.js";
import { canonical, type ModelResponse } from "../run/index.js";
import type { ModelParams } from "./client.js";

/** Keeps responses. What it gives back must be equal to what was stored; it may forget at any time. */
export interface ResponseCache {
  get(key: string): ModelResponse | null | undefined | Promise<ModelResponse | null | undefined>;
  set(key: string, value: ModelResponse): void | Promise<void>;
}

declare module "../run/host.js" {
  interface Host {
    /** The lasting cache of this platform for one seed, always the same object for the same seed; null when caching is off. */
    responseCache?(seed: string): ResponseCache | null | Promise<ResponseCache | null>;
  }
}

/** Seed of the cache that is used when none is given, as in the reference. */
export const DEFAULT_CACHE_SEED = 41;

/** Parameters that say where and with which rights to ask, not what. */
const NOT_IN_KEY: ReadonlySet<string> = new Set([
  "api_key",
  "base_url",
  "api_type",
  "api_version",
  "azure_ad_token",
  "azure_ad_token_provider",
  "credentials",
  "tool_config",
]);

/**
 * The key of a request: equal for equal parameters, whatever the order of their keys. The endpoint counts
 * (local servers reuse model names); key, price, tags, context and filter do not.
 *
 * @param endpoint `""` leaves it out
 * @returns null when the parameters are no plain data, so that the call cannot be cached
 */
export function cacheKey(params: ModelParams, endpoint = ""): string | null {
  const counted = Object.fromEntries(Object.entries(params).filter(([key]) => !NOT_IN_KEY.has(key)));
  const whole = endpoint === "" ? counted : { ...counted, "": endpoint };
  try {
    // Whether it is plain data shows here: cycles and big integers throw.
    return canonical(whole as Json);
  } catch {
    return null;
  }
}

/** Whether an answer may be asked for again from a cache: filtered and empty ones are worth another try. */
export function isCacheable({ choices }: ModelResponse): boolean {
  return choices.length > 0 && !choices.some((choice) => choice.finish_reason === "content_filter");
}
