export { Cache } from "./cache.js";
export type { CosmosClientLike, CosmosContainerLike, CosmosDatabaseLike, CosmosItem } from "./cosmos-store.js";
export type { DiskLimitOptions } from "./disk-limits.js";
export { DefaultCaches } from "./default-caches.js";
export type { KeyvLike } from "./keyv-store.js";
export type {
  CacheConfig,
  CacheOptions,
  CosmosCacheOptions,
  CosmosPlace,
  DiskCacheOptions,
  KeyvCacheOptions,
  RedisCacheOptions,
  SeedOption,
} from "./options.js";
export { CacheProblem } from "./store.js";
export type { CacheStats, CacheStore, CacheWarning } from "./store.js";
