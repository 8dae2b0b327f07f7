export { checkConfigList, parseConfigList } from "./check-config-list.js";
export { resolveEnvironmentKeys } from "./environment-keys.js";
export { filterConfig } from "./filter-config.js";
export type { ConfigFilter } from "./filter-config.js";
export { getConfigList, withModels } from "./get-config-list.js";
export type { GetConfigListOptions } from "./get-config-list.js";
export { checkLlmConfig } from "./llm-config.js";
export { parseLenientJson } from "./parse-json.js";
export { hideSecrets, redact } from "./redact.js";
