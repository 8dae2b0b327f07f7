/** Asking a cache before asking an endpoint; equal calls at the same time ask once. Chapter 23; chapter 20, section 14. */
import { AutogenError, type Host, type ModelResponse } from "../run/index.js";
import { DEFAULT_CACHE_SEED, isCacheable, isResponse, type ResponseCache } from "./cache.js";
import type { Options } from "./option-keys.js";

/**
 * The cache for a call: the given one, else the host's for the seed; null for none, known at once for most calls.
 *
 * @throws AutogenError `invalid-option` for a seed that is none
 */
export function cacheFor(
  { cache, cache_seed: seed = DEFAULT_CACHE_SEED }: Options,
  host: Host,
): ResponseCache | null | Promise<ResponseCache | null> {
  // Options come from outside; the interface is the documented one.
  if (cache !== undefined && cache !== null) return cache as ResponseCache;
  if (seed === null || seed === false) return null;
  if (typeof seed !== "number" && typeof seed !== "string")
    throw new AutogenError("invalid-option", "`cacheSeed` is no seed. Pass a text or a number, or null for no cache.");
  return host.responseCache?.(String(seed)) ?? null;
}

export interface CachedCall {
  readonly cache: ResponseCache;
  readonly key: string;
  /** Asks the endpoint. */
  readonly ask: () => Promise<ModelResponse>;
  /** Adds what a stored response may lack; a changed response is stored again. */
  readonly complete: (stored: ModelResponse) => Promise<ModelResponse>;
  readonly warn: (code: string, text: string) => void;
  /** What comes after it has fired is not stored: a client may answer an abort with what it has so far. */
  readonly signal?: AbortSignal;
}

/** A response as an effect gives it: `cached` when no request was made for it. */
export interface EffectResponse extends ModelResponse {
  readonly cached?: boolean;
}

/** The calls under way, by cache: agents that share a cache share its calls, whichever wrapper makes them. */
const underWay = new WeakMap<ResponseCache, Map<string, Promise<EffectResponse>>>();

export class CallsUnderWay {
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
    let calls = underWay.get(cache);
    if (calls === undefined) underWay.set(cache, (calls = new Map<string, Promise<EffectResponse>>()));
    return calls;
  }
}

type OpenCache = Pick<ResponseCache, "get" | "set">;

async function lookUpOrAsk(call: CachedCall): Promise<EffectResponse> {
  const cache = call.cache.reportTo?.(call.warn) ?? call.cache;
  const { works, response: stored } = await lookUp(cache, call);
  if (stored !== null) {
    const complete = await call.complete(stored);
    if (complete !== stored) await store(cache, call, complete);
    return { ...complete, cached: true };
  }
  const response = await call.ask();
  if (works && isCacheable(response) && call.signal?.aborted !== true) await store(cache, call, response);
  return response;
}

/** `works` is false when the cache threw: then it is left alone for the rest of the call. */
async function lookUp(
  cache: OpenCache,
  { key, warn }: CachedCall,
): Promise<{ readonly works: boolean; readonly response: ModelResponse | null }> {
  try {
    const found: unknown = await cache.get(key);
    if (found === undefined || found === null) return { works: true, response: null };
    if (isResponse(found)) return { works: true, response: found };
    warn("cache-failed", "The response cache holds something else than a response for a request, which is therefore made.");
    return { works: true, response: null };
  } catch (error) {
    warnOf(error, warn);
    return { works: false, response: null };
  }
}

async function store(cache: OpenCache, { key, warn }: CachedCall, response: ModelResponse): Promise<void> {
  try {
    await cache.set(key, response);
  } catch (error) {
    warnOf(error, warn);
  }
}

function warnOf(error: unknown, warn: CachedCall["warn"]): void {
  const reason = error instanceof Error ? error.message : String(error);
  warn("cache-failed", `The response cache failed: ${reason}. Calls go on without it.`);
}
