/** One name for each option of the 0.1 series, whose configs knew others than those of today. */

/** To the name that is read here, or that the client of today understands. */
const NAMES: Readonly<Record<string, string>> = {
  configList: "config_list",
  filterFunc: "filter_func",
  useCache: "use_cache",
  allowFormatStrTemplate: "allow_format_str_template",
  raiseOnRatelimitOrTimeout: "raise_on_ratelimit_or_timeout",
  requestTimeout: "request_timeout",
  maxRetryPeriod: "max_retry_period",
  retryWaitTime: "retry_wait_time",
  api_base: "base_url",
  engine: "model",
  deployment_id: "azure_deployment",
};

/** Where both the old and the new name are given, the new one counts. Options that are undefined are left out. */
export function currentNames(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const current: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) {
    const name = Object.hasOwn(NAMES, key) ? (NAMES[key] ?? key) : key;
    if (value !== undefined && (name === key || !(name in options))) current[name] = value;
  }
  return current;
}
