/** Options of caches, checked once. Specification chapter 23, section 2. */
import { AutogenError } from "../../../run/index.js";
import { CosmosStore, type CosmosClientLike } from "./cosmos-store.js";
import type { DiskLimitOptions } from "./disk-limits.js";
import { DiskStore } from "./disk-store.js";
import { RedisStore } from "./redis-store.js";
import type { CacheStore, CacheWarning } from "./store.js";

/** Which partition of a cache: another seed never sees the entries of this one. */
export interface SeedOption {
  /** @default 42 */
  readonly cacheSeed?: string | number | undefined;
}

/** What all caches have. */
export interface CacheOptions {
  /** Entries are forgotten after so many seconds. @default never */
  readonly ttlSeconds?: number | undefined;
  /** Told what goes wrong, once per cause; in calls of agents it is the run that is told. @default `process.emitWarning` */
  readonly warn?: CacheWarning | undefined;
  /** Milliseconds since 1970. @default `Date.now` */
  readonly now?: (() => number) | undefined;
}

/** A cache in a folder. */
export interface DiskCacheOptions extends SeedOption, CacheOptions, DiskLimitOptions {
  /** The entries lie in a folder below it, named after the seed. @default ".cache" */
  readonly cachePathRoot?: string;
}

/** A cache in Redis, through the optional package `@keyv/redis`. */
export interface RedisCacheOptions extends SeedOption, CacheOptions {
  /** @default "redis://localhost:6379/0" */
  readonly redisUrl?: string;
}

/** A cache in a Keyv of your own. */
export interface KeyvCacheOptions extends SeedOption, CacheOptions {}

/** Where a cache lies in Azure Cosmos DB. */
export interface CosmosPlace {
  /** A `CosmosClient` of `@azure/cosmos`, made by you: `new CosmosClient(connectionString)`. */
  readonly client?: CosmosClientLike;
  /** Accepted for the message that says to make the client. */
  readonly connectionString?: string;
  /** @default "autogen_cache" */
  readonly databaseId?: string;
  /** Made when it is missing. */
  readonly containerId: string;
}

/** A cache in Azure Cosmos DB. */
export interface CosmosCacheOptions extends SeedOption, CacheOptions, CosmosPlace {}

/** Where a cache keeps its entries, by one object: Redis if an address is given, else Cosmos if configured, else a folder. */
export interface CacheConfig extends SeedOption {
  readonly redisUrl?: string | null | undefined;
  readonly cachePathRoot?: string | undefined;
  readonly cosmosDbConfig?: CosmosPlace | null | undefined;
}

/** Their names in the reference. */
const CONFIG_KEYS: Readonly<Record<string, keyof CacheConfig>> = {
  cache_seed: "cacheSeed",
  redis_url: "redisUrl",
  cache_path_root: "cachePathRoot",
  cosmos_db_config: "cosmosDbConfig",
};

const DEFAULT_SEED = 42;
const DEFAULT_ROOT = ".cache";

/**
 * The backend that a config names. Nothing is opened yet.
 *
 * @throws AutogenError `invalid-option` for unknown keys and places that are none, `missing-package`
 */
export function storeOf(config: CacheConfig, { now, ...limits }: DiskLimitOptions & { readonly now: () => number }): CacheStore {
  const known = knownKeys(config);
  const { redisUrl, cachePathRoot: root = DEFAULT_ROOT, cosmosDbConfig } = known;
  const seed = seedOf(known);
  if (redisUrl !== undefined && redisUrl !== null) return new RedisStore({ url: redisUrl, seed, now });
  if (cosmosDbConfig !== undefined && cosmosDbConfig !== null) return cosmosStore(cosmosDbConfig, { seed, now });
  return new DiskStore({ root, seed, now, ...limits });
}

/** Seeds are texts: 42 and "42" are the same one. */
export const seedOf = ({ cacheSeed = DEFAULT_SEED }: SeedOption): string => String(cacheSeed);

function knownKeys(config: CacheConfig): CacheConfig {
  const found: Partial<Record<keyof CacheConfig, unknown>> = {};
  for (const [given, value] of Object.entries(config)) {
    const key = CONFIG_KEYS[given] ?? Object.values(CONFIG_KEYS).find((name) => name === given);
    if (key === undefined) throw new AutogenError("invalid-option", `Invalid config key: ${given}`);
    found[key] = value;
  }
  return found as CacheConfig; // the keys are known now, the values are the documented ones
}

/** Names of the reference are accepted here as well. */
function cosmosStore(
  place: CosmosPlace & { readonly container_id?: string; readonly database_id?: string },
  { seed, now }: { readonly seed: string; readonly now: () => number },
): CosmosStore {
  const { client } = place;
  const containerId: string | undefined = place.containerId ?? place.container_id;
  const databaseId = place.databaseId ?? place.database_id;
  if (client === undefined) {
    const message =
      "A cache in Cosmos DB needs a client. Install `@azure/cosmos` and pass `client: new CosmosClient(connectionString)`.";
    throw new AutogenError("invalid-option", message);
  }
  if (containerId === undefined)
    throw new AutogenError("invalid-option", "A cache in Cosmos DB needs the name of a container. Pass `containerId`.");
  return new CosmosStore({ client, containerId, seed, now, ...(databaseId === undefined ? {} : { databaseId }) });
}
