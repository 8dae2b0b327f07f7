/** Azure Cosmos DB as the backend of a cache: database `autogen_cache`, partitioned by seed. Chapter 23, section 2. */
import { createHash } from "node:crypto";
import { AutogenError } from "../../../run/index.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { CacheProblem, reasonOf, type CacheStats, type CacheStore } from "./store.js";

/** What is used of a `CosmosClient` of `@azure/cosmos`. */
export interface CosmosClientLike {
  readonly databases: {
    createIfNotExists(database: { readonly id: string }): Promise<{ readonly database: CosmosDatabaseLike }>;
  };
}

/** What is used of its `Database`. */
export interface CosmosDatabaseLike {
  readonly containers: {
    createIfNotExists(container: {
      readonly id: string;
      readonly partitionKey: { readonly paths: string[] };
    }): Promise<{ readonly container: CosmosContainerLike }>;
  };
}

/** What is used of its `Container`. */
export interface CosmosContainerLike {
  readonly items: { upsert(item: CosmosItem): Promise<unknown> };
  item(
    id: string,
    partitionKey: string,
  ): { read(): Promise<{ readonly resource?: unknown }>; delete(): Promise<{ readonly statusCode?: number }> };
}

/** An entry as it lies in the container. */
export interface CosmosItem {
  /** SHA-256 of the key: ids may not hold `/ \ ? #`, and are limited in length. */
  readonly id: string;
  readonly partitionKey: string;
  readonly data: string;
}

const DATABASE = "autogen_cache";
const NOT_FOUND = 404;
const LIMIT_MS = 10_000;

export interface CosmosStoreOptions {
  readonly client: CosmosClientLike;
  readonly databaseId?: string;
  readonly containerId: string;
  readonly seed: string;
  readonly now: () => number;
}

/** The client stays the user's: it is not closed here. */
export class CosmosStore implements CacheStore {
  readonly exactKeys = false;
  readonly #options: CosmosStoreOptions;
  #container: Promise<CosmosContainerLike> | null = null;

  readonly #breaker: CircuitBreaker;

  constructor(options: CosmosStoreOptions) {
    this.#options = options;
    // The first call may make database and container.
    this.#breaker = new CircuitBreaker({ limitMs: LIMIT_MS, now: options.now, problem });
  }

  async get(key: string): Promise<string | undefined> {
    return await this.#perform(async (container) => {
      const { resource } = await container.item(idOf(key), this.#options.seed).read();
      const { data } = (resource ?? {}) as { readonly data?: unknown };
      return typeof data === "string" ? data : undefined;
    });
  }

  async set(key: string, text: string): Promise<void> {
    const item = { id: idOf(key), partitionKey: this.#options.seed, data: text };
    await this.#perform((container) => container.items.upsert(item));
  }

  async delete(key: string): Promise<boolean> {
    return (
      (await this.#perform(async (container) => {
        await container.item(idOf(key), this.#options.seed).delete();
        return true;
      })) ?? false
    );
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

  /** @returns undefined when the service has no such item */
  async #perform<T>(work: (container: CosmosContainerLike) => Promise<T>): Promise<T | undefined> {
    return await this.#breaker.run(async () => {
      try {
        return await work(await (this.#container ??= this.#open()));
      } catch (error) {
        if ((error as { readonly code?: unknown }).code === NOT_FOUND) return undefined;
        throw error;
      }
    });
  }

  async #open(): Promise<CosmosContainerLike> {
    const { client, databaseId = DATABASE, containerId } = this.#options;
    try {
      const { database } = await client.databases.createIfNotExists({ id: databaseId });
      const { container } = await database.containers.createIfNotExists({
        id: containerId,
        partitionKey: { paths: ["/partitionKey"] },
      });
      return container;
    } catch (error) {
      this.#container = null; // the next call tries again
      throw error;
    }
  }
}

function problem(cause: unknown): CacheProblem {
  const message = `The response cache in Cosmos DB failed (${reasonOf(cause)}); calls go on without it.`;
  return new CacheProblem("cache-unreachable", message, { cause });
}

const idOf = (key: string): string => createHash("sha256").update(key).digest("hex");

function unsupported(what: string): AutogenError {
  const message = `A cache in Cosmos DB cannot be ${what} from here. Use the service's own tools on the partition of the seed.`;
  return new AutogenError("unsupported", message);
}
