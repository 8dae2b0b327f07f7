/**
 * The classes of option keys, and one spelling for each. Behaviour: specification chapter 20, section 2.
 */
import { AutogenError } from "../run/index.js";

/** Options of the endpoint's client: never part of a request. */
export const CLIENT_KEYS: ReadonlySet<string> = new Set([
  "api_key",
  "organization",
  "project",
  "base_url",
  "websocket_base_url",
  "timeout",
  "max_retries",
  "default_headers",
  "default_query",
  "http_client",
  "fetch",
  "fetch_options",
  "dangerously_allow_browser",
  "api_version",
  "azure_endpoint",
  "azure_deployment",
  "azure_ad_token",
  "azure_ad_token_provider",
  "azure_ad_token_provider_scope",
  "azure_strip_dots",
  "aws_access_key",
  "aws_secret_key",
  "aws_region",
  "aws_session_token",
  "aws_profile_name",
  "_strict_response_validation",
]);

/** Options of the wrapper: never part of a request either. */
export const EXTRA_KEYS: ReadonlySet<string> = new Set([
  "agent",
  "cache",
  "cache_seed",
  "filter_func",
  "allow_format_str_template",
  "context",
  "api_version",
  "api_type",
  "tags",
  "price",
  "prices",
  "cost_model",
  "max_rate_limit_wait",
  "context_guard",
  "rate_limit",
  "rate_limit_group",
  "requests_per_minute",
  "tokens_per_minute",
]);

/** Limits of an entry: its own ones take the place of the wrapper's together, not one by one. */
export const PACE_KEYS: readonly string[] = ["rate_limit", "requests_per_minute", "tokens_per_minute"];

/** The option with requests per second of an entry, or a limiter shared with others. */
export const LIMITER_KEY = "api_rate_limit";

/** Options that only this library knows may be written in camelCase as well. */
const CAMEL_CASE: ReadonlyMap<string, string> = new Map([
  ...[...CLIENT_KEYS, ...EXTRA_KEYS, LIMITER_KEY, "model_client_cls", "config_list"]
    .filter((key) => key.includes("_", 1))
    .map((key): [string, string] => [camelCase(key), key]),
  ["baseURL", "base_url"],
]);

/** Names of the 0.1 series and of old SDKs that no endpoint understands, and what to write. */
export const OLD_KEYS: ReadonlyMap<string, string> = new Map([
  ["api_base", "base_url"],
  ["request_timeout", "timeout"],
  ["deployment_id", "azure_deployment"],
  ["engine", "model"],
  ["max_retry_period", "max_retries"],
  ["retry_wait_time", "max_retries"],
  ["use_cache", "cache_seed"],
]);

export type Options = Readonly<Record<string, unknown>>;

/**
 * The same options under the reference's names: `cacheSeed` becomes `cache_seed`. Other keys stay, keys that are
 * undefined are left out.
 *
 * @returns the same object when there is nothing to change
 * @throws AutogenError `invalid-option` when both spellings are given and differ
 */
export function normaliseKeys(options: Options): Options {
  const keys = Object.keys(options);
  if (!keys.some((key) => CAMEL_CASE.has(key) || options[key] === undefined)) return options;
  const normal: Record<string, unknown> = {};
  for (const key of keys) {
    if (options[key] === undefined) continue;
    const name = CAMEL_CASE.get(key) ?? key;
    if (name in normal && normal[name] !== options[key]) {
      throw new AutogenError(
        "invalid-option",
        `\`${key}\` and \`${name}\` are the same option and have different values. Keep one of them.`,
      );
    }
    normal[name] = options[key];
  }
  return normal;
}

/** Some of the options. Made for each agent, so it makes no lists of pairs on the way. */
export function optionsWhere(options: Options, keep: (key: string, value: unknown) => boolean): Options {
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(options)) if (keep(key, options[key])) kept[key] = options[key];
  return kept;
}

/** Options by class; each key is in exactly one part, `api_version` in `client`. */
export interface SplitOptions {
  readonly client: Options;
  readonly extra: Options;
  readonly request: Options;
  readonly limiter: unknown;
}

/** Splits options that are written in the reference's names. */
export function splitOptions(options: Options): SplitOptions {
  const client: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  const request: Record<string, unknown> = {};
  for (const key of Object.keys(options)) {
    if (key === LIMITER_KEY) continue;
    const part = CLIENT_KEYS.has(key) ? client : EXTRA_KEYS.has(key) ? extra : request;
    part[key] = options[key];
  }
  return { client, extra, request, limiter: options[LIMITER_KEY] };
}

/** `_strict_response_validation` keeps its first line. */
function camelCase(key: string): string {
  const [first = "", ...others] = key.split("_");
  return others.reduce((name, word) => (name === "" ? `_${word}` : name + word.charAt(0).toUpperCase() + word.slice(1)), first);
}
