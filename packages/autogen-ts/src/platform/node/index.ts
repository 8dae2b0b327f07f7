export { IOStream } from "./host.js";
export { discoverModel, MODEL_HELP } from "./discover-model.js";
export type { DiscoveredModel } from "./discover-model.js";
export { EXIT_INTERRUPTED, EXIT_USAGE, runProgram } from "./program/run-program.js";
export {
  configListFromDotenv,
  configListFromJson,
  configListFromJsonSync,
  configListFromModels,
  configListGpt4Gpt35,
  configListOpenaiAoai,
} from "./config/index.js";
export { BubblewrapCodeExecutor, EmbeddedCodeExecutor, LocalCommandLineCodeExecutor } from "./executors/index.js";
export type {
  BubblewrapExecutorOptions,
  EmbeddedExecutorOptions,
  LocalExecutorOptions,
  SandboxLimits,
} from "./executors/index.js";
