export { exitCleanup, IOStream, registerPrices } from "./host.js";
export { childEnvironment, killGroup } from "./executors/index.js";
export { discoverModel, MODEL_HELP } from "./discover-model.js";
export type { DiscoveredModel } from "./discover-model.js";
export { within } from "./program/within.js";
export { EXIT_INTERRUPTED, EXIT_USAGE, runProgram } from "./program/run-program.js";
export {
  configListFromDotenv,
  configListFromJson,
  configListFromJsonSync,
  configListFromModels,
  configListGpt4Gpt35,
  configListOpenaiAoai,
} from "./config/index.js";
export {
  BubblewrapCodeExecutor,
  CodeExecutorFactory,
  EmbeddedCodeExecutor,
  LocalCommandLineCodeExecutor,
} from "./executors/index.js";
export type {
  BubblewrapExecutorOptions,
  CodeExecutorConfig,
  EmbeddedExecutorOptions,
  LocalExecutorOptions,
} from "./executors/index.js";
export { drawGraph } from "./graph/draw-graph.js";
export type { DrawOptions } from "./graph/draw-graph.js";
export { pngOf } from "./graph/png.js";
export { consoleStream } from "./io/console-stream.js";
export type { ConsoleStreamOptions } from "./io/console-stream.js";
export { StreamContext } from "./io/stream-context.js";
export { IOWebsockets } from "./io/websockets.js";
export type { WebsocketServer } from "./io/websockets.js";
export type { WebsocketClient, WebsocketOptions } from "./io/websocket-options.js";
export type { WebsocketStream } from "./io/websocket-stream.js";
export { refusalOf } from "./io/network-access.js";
export type { AccessRules, ConnectionRequest, Refusal } from "./io/network-access.js";
export { Cache, CacheProblem } from "./cache/index.js";
export type {
  CacheConfig,
  CacheOptions,
  CacheStats,
  CacheStore,
  CacheWarning,
  CosmosCacheOptions,
  CosmosClientLike,
  CosmosContainerLike,
  CosmosDatabaseLike,
  CosmosItem,
  CosmosPlace,
  DiskCacheOptions,
  DiskLimitOptions,
  KeyvCacheOptions,
  KeyvLike,
  RedisCacheOptions,
  SeedOption,
} from "./cache/index.js";
export { openSqlite, sqliteErrorName } from "./sqlite/index.js";
export type { SqliteDatabase, SqliteDriver, SqliteRow, SqliteStatement, SqliteValue } from "./sqlite/index.js";
