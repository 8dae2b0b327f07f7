/** Asking a cache before asking an endpoint; equal calls at the same time ask once. Chapter 23; chapter 20, section 14. */
import type { Host, ModelResponse } from "../run/index.js";
import { DEFAULT_CACHE_SEED, isCacheable, type ResponseCache } from "./cache.js";
import type { Options } from "./option-keys.js";

/** The cache for a call: the given one, else the host's for the seed; null for none, known at once for most calls. */
export function cacheFor(
  { cache, cache_seed: seed = DEFAULT_CACHE_SEED }: Options,
  host: Host,
): ResponseCache | null | Promise<ResponseCache | null> {
  // Options come from outside; the interface is the documented one.
  if (cache !== undefined && cache !== null) return cache as ResponseCache;
  if (seed === null || host.responseCache === undefined) return null;
  return host.responseCache(typeof seed === "number" || typeof seed === "string" ? String(seed) : JSON.stringify(seed));
}

export interface CachedCall {
  readonly cache: ResponseCache;
  readonly key: string;
  /** Asks the endpoint. */
  readonly ask: () => Promise<ModelResponse>;
  /** Adds what a stored response may lack; a changed response is stored again. */
  readonly complete: (stored: ModelResponse) => Promise<ModelResponse>;
  readonly warn: (code: string, text: string) => void;
}

/** A response as an effect gives it: `cached` when no request was made for it. */
export interface EffectResponse extends ModelResponse {
  readonly cached?: boolean;
}

/** The calls of one wrapper that are under way. */
export class CallsUnderWay {
  readonly #calls = new WeakMap<ResponseCache, Map<string, Promise<EffectResponse>>>();

  /** Answers from the cache or from an equal call under way, marked `cached`; else asks and stores. A cache that fails counts as empty. */
  async answer(call: CachedCall): Promise<EffectResponse> {
    const calls = this.#callsOf(call.cache);
    const other = calls.get(call.key);
    if (other !== undefined) {
      const response = await other.catch(() => null);
      if (response !== null) return { ...response, cached: true };
    }
    const own = lookUpOrAsk(call);
    calls.set(call.key, own);
    try {
      return await own;
    } finally {
      if (calls.get(call.key) === own) calls.delete(call.key);
    }
  }

  #callsOf(cache: ResponseCache): Map<string, Promise<EffectResponse>> {
    let calls = this.#calls.get(cache);
    if (calls === undefined) this.#calls.set(cache, (calls = new Map<string, Promise<EffectResponse>>()));
    return calls;
  }
}

async function lookUpOrAsk(call: CachedCall): Promise<EffectResponse> {
  const { cache, key } = call;
  const stored = await tolerant(call, "read", async () => await cache.get(key));
  if (stored !== undefined && stored !== null) {
    const complete = await call.complete(stored);
    if (complete !== stored) await tolerant(call, "written", async () => await cache.set(key, complete));
    return { ...complete, cached: true };
  }
  const response = await call.ask();
  if (isCacheable(response)) await tolerant(call, "written", async () => await cache.set(key, response));
  return response;
}

async function tolerant<T>({ warn }: CachedCall, what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warn("cache-failed", `The response cache could not be ${what}: ${reason}. The call goes on without it.`);
    return undefined;
  }
}
