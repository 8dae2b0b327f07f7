export { configListFromDotenv } from "./config-list-from-dotenv.js";
export type { ConfigListFromDotenvOptions, ModelKeySource } from "./config-list-from-dotenv.js";
export { configListFromJson, configListFromJsonSync } from "./config-list-from-json.js";
export type { ConfigListFromJsonOptions } from "./config-list-from-json.js";
export { configListFromModels, configListGpt4Gpt35, configListOpenaiAoai } from "./config-list-openai-aoai.js";
export type { ConfigListFromModelsOptions, KeyFileOptions } from "./config-list-openai-aoai.js";
