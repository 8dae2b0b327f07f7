/** Caches of model answers that outlive a program. Specification chapter 23. */
import type { ResponseCache } from "../../../model/index.js";
import { readEntry, writeEntry } from "./entry.js";
import { KeyvStore, type KeyvLike } from "./keyv-store.js";
import type { DiskLimitOptions } from "./disk-limits.js";
import {
  seedOf,
  storeOf,
  type CacheConfig,
  type CacheOptions,
  type CosmosCacheOptions,
  type DiskCacheOptions,
  type KeyvCacheOptions,
  type RedisCacheOptions,
} from "./options.js";
import { CacheProblem, type CacheStats, type CacheStore, type CacheWarning } from "./store.js";

/**
 * Keeps plain data under keys, in a folder, in Redis, in a Keyv or in Cosmos DB. Pass one as `cache` of a chat or a
 * call. What goes wrong with reading or writing is a miss and a warning, never an error of the chat.
 *
 * Nothing is opened or made before the first use.
 */
export class Cache implements ResponseCache, AsyncDisposable {
  readonly #store: CacheStore;
  readonly #ttlMs: number | undefined;
  readonly #now: () => number;
  readonly #warn: CacheWarning;

  /**
   * Redis if `redisUrl` is given, else Cosmos if `cosmosDbConfig` is, else a folder; or a store of your own.
   *
   * @throws AutogenError `invalid-option` with `Invalid config key: …`, or when a place is none; `missing-package` when
   *   the named backend cannot be loaded: it is never replaced by another
   */
  constructor(config: CacheConfig = {}, options: CacheOptions & DiskLimitOptions & { readonly store?: CacheStore } = {}) {
    const { ttlSeconds, now = Date.now, warn = warnOnce(), store, maxEntries, maxBytes } = options;
    this.#store = store ?? storeOf(config, { now, maxEntries, maxBytes });
    this.#ttlMs = ttlSeconds === undefined ? undefined : ttlSeconds * 1000;
    this.#now = now;
    this.#warn = warn;
  }

  /** A file for each entry, in the folder `cachePathRoot/cacheSeed`. Safe for any number of processes at once. */
  static disk({ cacheSeed, cachePathRoot, ...options }: DiskCacheOptions = {}): Cache {
    return new Cache({ cacheSeed, cachePathRoot }, options);
  }

  /**
   * One Redis for several machines. Close it: an open connection keeps a program from ending.
   *
   * @throws AutogenError `missing-package` without `@keyv/redis`, `invalid-option` for an address that is none
   */
  static redis({ cacheSeed, redisUrl = "redis://localhost:6379/0", ...options }: RedisCacheOptions = {}): Cache {
    return new Cache({ cacheSeed, redisUrl }, options);
  }

  /** Any Keyv, or an adapter for one. It stays yours: closing the cache does not close it. */
  static keyv(keyv: KeyvLike, { cacheSeed, ...options }: KeyvCacheOptions = {}): Cache {
    const store = new KeyvStore(keyv, { seed: seedOf({ cacheSeed }), now: options.now ?? Date.now });
    return new Cache({}, { ...options, store });
  }

  /** Azure Cosmos DB through a client of yours. @throws AutogenError `invalid-option` without client or container */
  static cosmosDb({ cacheSeed, ttlSeconds, warn, now, ...cosmosDbConfig }: CosmosCacheOptions): Cache {
    return new Cache({ cacheSeed, cosmosDbConfig }, { ttlSeconds, warn, now });
  }

  /** Does `work` with a cache on disk that is closed afterwards. */
  static async withDisk<T>(options: DiskCacheOptions, work: (cache: Cache) => T | Promise<T>): Promise<T> {
    const cache = Cache.disk(options);
    try {
      return await work(cache);
    } finally {
      await cache.close();
    }
  }

  /** What was stored, or `defaultValue`. The caller knows the type of what it stored. */
  async get<T>(key: string, defaultValue?: T): Promise<T | undefined> {
    return await this.#read(key, defaultValue, this.#warn);
  }

  /** Stores plain data; what is not JSON in it is lost. @throws AutogenError `invalid-option` for what JSON does not know */
  async set(key: string, value: unknown): Promise<void> {
    await this.#write(key, value, this.#warn);
  }

  /** @returns whether there was something */
  async delete(key: string): Promise<boolean> {
    return await this.#store.delete(key);
  }

  /** Removes the entries of this seed. @throws AutogenError `unsupported` in a Keyv or Cosmos */
  async clear(): Promise<void> {
    await this.#store.clear();
  }

  /** Takes time in proportion to what is held. @throws AutogenError `unsupported` in a Keyv or Cosmos */
  async stats(): Promise<CacheStats> {
    return await this.#store.stats();
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  reportTo(warn: CacheWarning): Pick<ResponseCache, "get" | "set"> {
    return {
      get: async (key) => await this.#read(key, undefined, warn),
      set: async (key, value) => await this.#write(key, value, warn),
    };
  }

  async #read<T>(key: string, defaultValue: T | undefined, warn: CacheWarning): Promise<T | undefined> {
    const text = await tolerant(() => this.#store.get(key), warn);
    if (text === undefined) return defaultValue;
    const entry = readEntry(text, key);
    if (typeof entry === "string") {
      warn(
        "cache-corrupt",
        `An entry of the response cache cannot be used: ${entry}. It counts as missing, and will be replaced.`,
      );
      return defaultValue;
    }
    if (this.#ttlMs !== undefined && this.#now() - entry.at >= this.#ttlMs) return defaultValue;
    return entry.response as T; // as the caller says
  }

  async #write(key: string, value: unknown, warn: CacheWarning): Promise<void> {
    const at = this.#now();
    const text = writeEntry(this.#store.exactKeys ? { at, response: value } : { at, response: value, key });
    await tolerant(() => this.#store.set(key, text, this.#ttlMs), warn);
  }
}

/** What the store cannot do is warned of; mistakes of the program go on as errors. */
async function tolerant<T>(work: () => Promise<T>, warn: CacheWarning): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CacheProblem)) throw error;
    warn(error.code, error.message);
    return undefined;
  }
}

/** To the process, as all of Node's own warnings, and once per text. */
function warnOnce(): CacheWarning {
  const said = new Set<string>();
  return (code, text) => {
    if (said.has(text)) return;
    said.add(text);
    process.emitWarning(text, { type: "CacheWarning", code });
  };
}
