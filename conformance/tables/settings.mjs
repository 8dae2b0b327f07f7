/** Config lists. */
import { camelCase, camelKeys } from "../map/names.mjs";
import { exported } from "../map/not-available.mjs";

const FEATURE = "config lists";

/** Runs `body` with only these variables, and `PATH`, in the environment. */
async function withEnvironment(variables, body) {
  const before = { ...process.env };
  const replace = (next) => {
    for (const name of Object.keys(process.env)) if (!(name in next)) delete process.env[name];
    Object.assign(process.env, next);
  };
  replace({ PATH: before.PATH ?? "", ...variables });
  try {
    return await body();
  } finally {
    replace(before);
  }
}

/**
 * One entry out of a key and the rest, which may name variables. The library makes such entries for models; one
 * without a key is no entry.
 *
 * @param {Record<string, any>} options
 */
async function entryFrom({ api_key, ...rest }) {
  if (api_key != null) process.env.CASE_KEY = api_key;
  const [entry] = await exported(
    "configListFromDotenv",
    FEATURE,
  )({
    dotenvFilePath: "none.env",
    modelApiKeyMap: { case: { api_key_env_var: "CASE_KEY", ...rest } },
    filterDict: { model: "case" },
  });
  if (entry === undefined) return null;
  const { model: _model, ...found } = entry;
  return found;
}

/** Entries hide their keys from JSON; ordinary copies are written as they are. */
const copies = (value) => (Array.isArray(value) ? value.map((entry) => ({ ...entry })) : value);

/** @type {Record<string, import("./index.mjs").TableFunction>} */
export const settings = {
  filter_config: ([list, filter], { exclude }) =>
    copies(exported("filterConfig", FEATURE)(list, filter, exclude === undefined ? {} : { exclude })),
  get_config_list: ([keys, baseUrls, apiType, apiVersion]) =>
    copies(exported("getConfigList", FEATURE)(keys, { baseUrls, apiType, apiVersion })),
  config_list_from_json: async ([name, location, filter], { file_location = location, filter_dict = filter }) =>
    copies(await exported("configListFromJson", FEATURE)(name, { fileLocation: file_location, filterDict: filter_dict })),
  config_with_env: ([variables, name], kwargs) =>
    withEnvironment(variables, async () => {
      if (name === "get_config") return await entryFrom(kwargs);
      return copies(await exported(camelCase(name), FEATURE)(camelKeys(kwargs)));
    }),
  get_key: ([config]) => exported("cacheKey", "cache keys")(config),
};
