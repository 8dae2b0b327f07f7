/** Model settings of a scenario as the library's. */
import { has, NotAvailable } from "./not-available.mjs";
import { valueOf } from "./values.mjs";

/** Keys that belong to the settings as a whole; with any other key the settings may be one entry written directly. */
const ENTRY_KEYS = ["model", "endpoint", "base_url", "api_type", "api_key", "model_client_cls"];

/**
 * @param {any} settings `llm` of an agent, or the settings of a client
 * @param {import("./stage.mjs").Stage} stage
 */
export function modelSettings(settings, stage) {
  if (typeof settings !== "object" || settings === null) return settings;
  const values = valueOf(settings, stage);
  needCache(values);
  if (values.config_list !== undefined && values.config_list !== null) {
    return { ...values, config_list: values.config_list.map((entry) => entryOf(entry, stage)) };
  }
  return ENTRY_KEYS.some((key) => key in values) ? entryOf(values, stage) : values;
}

function entryOf(entry, stage) {
  if (typeof entry !== "object" || entry === null || entry.model_client_cls === "CannedClient") return entry;
  const { endpoint = "default", ...rest } = entry;
  const version = rest.api_type === "azure" ? "" : "/v1";
  return { base_url: `${stage.server}/${endpoint}${version}`, api_key: "test-key", max_retries: 0, ...rest };
}

/** Answers are kept unless the settings say otherwise. */
function needCache({ cache_seed, config_list, model }) {
  const asks = config_list?.length > 0 || model !== undefined;
  if (asks && cache_seed !== null && !has("Cache")) throw new NotAvailable("response caches");
}
