/** Config lists made of keys. Chapter 22, sections 2 and 4. */
import { AutogenError } from "../../run/index.js";
import type { ConfigEntry } from "../client.js";
import { hideSecrets } from "./redact.js";

/** What goes into every entry besides its key. */
export interface GetConfigListOptions {
  /** One for each key, in order. */
  readonly baseUrls?: readonly string[] | null;
  readonly apiType?: string | null;
  readonly apiVersion?: string | null;
}

/**
 * One entry for each key that is not blank; the address of a blank key is left out with it.
 *
 * @throws AutogenError `invalid-config` when there is not one address for each key
 */
export function getConfigList(
  apiKeys: readonly string[],
  { baseUrls, apiType, apiVersion }: GetConfigListOptions = {},
): ConfigEntry[] {
  if (baseUrls !== undefined && baseUrls !== null && baseUrls.length !== apiKeys.length) {
    throw new AutogenError("invalid-config", "The length of api_keys must match the length of base_urls");
  }
  return apiKeys.flatMap((key, index) => {
    if (key.trim() === "") return [];
    const url = baseUrls?.[index];
    return [
      hideSecrets({
        api_key: key,
        ...(url ? { base_url: url } : {}),
        ...(apiType ? { api_type: apiType } : {}),
        ...(apiVersion ? { api_version: apiVersion } : {}),
      }),
    ];
  });
}

/** All entries for the first model, then all for the second; without models the list as it is. */
export function withModels(configList: readonly ConfigEntry[], models: readonly string[] | null | undefined): ConfigEntry[] {
  if (models === undefined || models === null || models.length === 0) return configList.map((entry) => hideSecrets({ ...entry }));
  return models.flatMap((model) => configList.map((entry) => hideSecrets({ ...entry, model })));
}
