/** Redis as the backend of a cache, through the optional package `@keyv/redis`. Keys are `autogen:SEED:KEY`. */
import type KeyvRedis from "@keyv/redis";
import { AutogenError } from "../../../run/index.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { keyPrefix } from "./keyv-store.js";
import { requirePackage } from "./require-package.js";
import { CacheProblem, reasonOf, type CacheStats, type CacheStore } from "./store.js";

export interface RedisStoreOptions {
  readonly url: string;
  readonly seed: string;
  readonly now: () => number;
}

const CONNECT_MS = 2_000;

type Adapter = KeyvRedis<string>;

export class RedisStore implements CacheStore {
  readonly exactKeys = true;
  readonly #url: URL;
  readonly #prefix: string;
  readonly #breaker: CircuitBreaker;
  #adapter: Promise<Adapter> | null = null;

  /** @throws AutogenError `missing-package`, or `invalid-option` for an address that is none */
  constructor({ url, seed, now }: RedisStoreOptions) {
    this.#url = redisUrl(url);
    requirePackage("@keyv/redis", "A cache in Redis");
    this.#prefix = keyPrefix(seed);
    const message = (cause: unknown): string =>
      `The response cache in Redis at \`${this.#url.host}\` does not answer (${reasonOf(deepest(cause))}); calls go on without it.`;
    this.#breaker = new CircuitBreaker({
      now,
      problem: (cause) => new CacheProblem("cache-unreachable", message(cause), { cause }),
    });
  }

  async get(key: string): Promise<string | undefined> {
    return await this.#perform(async (redis) => (await redis.get<string>(key)) ?? undefined);
  }

  async set(key: string, text: string, ttlMs?: number): Promise<void> {
    await this.#perform((redis) => redis.set(key, text, ttlMs));
  }

  async delete(key: string): Promise<boolean> {
    return await this.#perform((redis) => redis.delete(key));
  }

  /** Entry by entry: Redis itself has nothing to remove by a prefix. */
  async clear(): Promise<void> {
    for await (const [key] of this.#entries()) await this.#perform((redis) => redis.delete(key));
  }

  async stats(): Promise<CacheStats> {
    let [entries, bytes] = [0, 0];
    for await (const [, text] of this.#entries()) {
      entries += 1;
      bytes += Buffer.byteLength(text);
    }
    return { entries, bytes };
  }

  /** Leaves the server. A program does not end before; a later call connects again. */
  async close(): Promise<void> {
    await this.#leave((redis) => redis.disconnect());
  }

  async *#entries(): AsyncGenerator<readonly [key: string, text: string]> {
    const redis = await this.#perform((adapter) => Promise.resolve(adapter));
    for await (const [key, text] of redis.iterator<string>(redis.namespace)) if (text !== undefined) yield [key, text];
  }

  async #perform<T>(work: (redis: Adapter) => Promise<T>): Promise<T> {
    try {
      return await this.#breaker.run(async () => await work(await (this.#adapter ??= this.#connect())));
    } catch (error) {
      // A connection that does not answer in time is as good as none.
      await this.#leave((redis) => redis.disconnect(true));
      throw error;
    }
  }

  /** Forgets the connection first: whoever comes meanwhile makes a new one. */
  async #leave(end: (redis: Adapter) => Promise<void>): Promise<void> {
    const adapter = this.#adapter;
    this.#adapter = null;
    try {
      if (adapter !== null) await end(await adapter);
    } catch {
      // Not connected, or no more: that is what was wanted.
    }
  }

  async #connect(): Promise<Adapter> {
    const { default: Redis } = await import("@keyv/redis");
    const client = {
      url: this.#url.href,
      // A lost connection is made anew by the next call; commands do not pile up meanwhile.
      socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false },
      disableOfflineQueue: true,
    } as const;
    const options = {
      namespace: this.#prefix.slice(0, -1),
      keyPrefixSeparator: ":",
      throwOnConnectError: true,
      throwOnErrors: true,
    };
    const adapter: Adapter = new Redis<string>(client, options);
    let reason: unknown;
    adapter.on("error", (error: unknown) => {
      reason ??= error;
      void this.#drop(adapter); // the server went away between two calls
    });
    try {
      await adapter.getClient();
    } catch (error) {
      throw reason ?? error; // the adapter's own error does not say why
    }
    return adapter;
  }

  async #drop(adapter: Adapter): Promise<void> {
    const current = this.#adapter;
    if (current !== null && (await current.catch(() => null)) === adapter && this.#adapter === current) this.#adapter = null;
  }
}

function redisUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === "redis:" || url.protocol === "rediss:")) return url;
  const message = "`redisUrl` is no address of a Redis server. Write, for example, `redis://localhost:6379/0`.";
  throw new AutogenError("invalid-option", message);
}

/** Errors for several addresses of one name hold the errors of each. */
function deepest(cause: unknown): unknown {
  const { errors } = cause as { readonly errors?: unknown };
  return Array.isArray(errors) && errors.length > 0 ? errors[0] : cause;
}
