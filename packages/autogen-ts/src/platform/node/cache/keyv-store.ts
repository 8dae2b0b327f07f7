/** Any Keyv, or any adapter for one, as the backend of a cache. */
import { AutogenError } from "../../../run/index.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { CacheProblem, reasonOf, type CacheStats, type CacheStore } from "./store.js";

/** What is used of a Keyv or an adapter; a `Map` will do as well. */
export interface KeyvLike {
  get(key: string): unknown;
  set(key: string, value: string, ttlMs?: number): unknown;
  delete(key: string): unknown;
}

/** Keys are `autogen:SEED:KEY`. The Keyv stays the user's: it is not closed here. */
export class KeyvStore implements CacheStore {
  readonly exactKeys = true;
  readonly #keyv: KeyvLike;
  readonly #prefix: string;

  readonly #breaker: CircuitBreaker;

  constructor(keyv: KeyvLike, { seed, now }: { readonly seed: string; readonly now: () => number }) {
    this.#keyv = keyv;
    this.#breaker = new CircuitBreaker({ now, problem });
    this.#prefix = keyPrefix(seed);
  }

  async get(key: string): Promise<string | undefined> {
    const found = await this.#breaker.run(async () => await this.#keyv.get(this.#prefix + key));
    return typeof found === "string" ? found : undefined;
  }

  async set(key: string, text: string, ttlMs?: number): Promise<void> {
    await this.#breaker.run(async () => {
      const done = await this.#keyv.set(this.#prefix + key, text, ttlMs);
      if (done === false) throw new Error("it stored nothing"); // the word of a Keyv that is not told to throw
    });
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#keyv.delete(this.#prefix + key)) === true;
  }

  clear(): Promise<void> {
    return Promise.reject(unsupported("cleared"));
  }

  stats(): Promise<CacheStats> {
    return Promise.reject(unsupported("counted"));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Shared by all stores of texts that hold several seeds. */
export const keyPrefix = (seed: string): string => `autogen:${seed}:`;

function problem(cause: unknown): CacheProblem {
  const message = `The Keyv of the response cache failed (${reasonOf(cause)}); calls go on without it.`;
  return new CacheProblem("cache-unreachable", message, { cause });
}

function unsupported(what: string): AutogenError {
  const message = `A cache in a Keyv cannot be ${what} seed by seed. Use the Keyv's own methods.`;
  return new AutogenError("unsupported", message);
}
