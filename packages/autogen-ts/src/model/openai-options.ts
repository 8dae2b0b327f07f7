/** From the keys of a config entry to the options of the `openai` package. Chapter 20, sections 2, 3 and 6. */
import type { ClientOptions } from "openai";
import type { AzureClientOptions } from "openai/azure";
import { AutogenError } from "../run/index.js";
import { azureDeployment } from "./azure.js";
import type { ConfigEntry } from "./client.js";
import { isOpenAI } from "./endpoint.js";
import { endpointOf, resolveKey, type Environment } from "./entry-endpoint.js";

/** Sent to endpoints that ask for none; the package refuses to work without a key. */
const PLACEHOLDER_KEY = "not-needed";

/**
 * Options for `new OpenAI(…)`. Without a key, OpenAI's own endpoint needs OPENAI_API_KEY from the environment; others
 * get a placeholder.
 */
export function openaiOptions(entry: ConfigEntry, environment?: Environment): ClientOptions {
  const key = resolveKey(entry, environment);
  const { base_url: baseURL } = entry;
  const elsewhere = baseURL !== undefined && !isOpenAI(baseURL);
  return {
    ...commonOptions(entry),
    ...(key === undefined ? (elsewhere ? { apiKey: PLACEHOLDER_KEY } : {}) : { apiKey: key }),
    ...(baseURL === undefined ? {} : { baseURL }),
  };
}

/** Options for `new AzureOpenAI(…)`. */
export function azureOptions(
  entry: ConfigEntry,
  provider: (() => Promise<string>) | undefined,
  environment?: Environment,
): AzureClientOptions {
  const key = resolveKey(entry, environment);
  const deployment = azureDeployment(entry);
  return {
    ...commonOptions(entry),
    endpoint: endpointOf(entry),
    ...(entry.api_version === undefined ? {} : { apiVersion: entry.api_version }),
    ...(deployment === undefined ? {} : { deployment }),
    ...(provider === undefined ? (key === undefined ? {} : { apiKey: key }) : { azureADTokenProvider: provider }),
  };
}

/** Seconds as written in configs, in the milliseconds of the package. */
export function timeoutMs(seconds: unknown): number | undefined {
  if (seconds === undefined || seconds === null) return undefined;
  if (typeof seconds !== "number" || !(seconds > 0)) {
    throw new AutogenError("invalid-option", "`timeout` is no number of seconds above 0. Write, for example, `timeout: 60`.");
  }
  return Math.max(1, Math.round(Math.min(seconds * 1000, LONGEST_TIMER_MS)));
}

/** Timers of JavaScript fire at once when asked for more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Keys that the package takes as they are, under its names. */
const SAME: readonly (readonly [ours: string, theirs: keyof ClientOptions])[] = [
  ["organization", "organization"],
  ["project", "project"],
  ["max_retries", "maxRetries"],
  ["default_headers", "defaultHeaders"],
  ["default_query", "defaultQuery"],
  ["fetch", "fetch"],
  ["fetch_options", "fetchOptions"],
  ["dangerously_allow_browser", "dangerouslyAllowBrowser"],
];

function commonOptions(entry: ConfigEntry): Omit<ClientOptions, "provider" | "apiKey"> {
  const timeout = timeoutMs(entry.timeout);
  const given = SAME.filter(([ours]) => entry[ours] !== undefined && entry[ours] !== null).map(([ours, theirs]) => [
    theirs,
    entry[ours],
  ]);
  return {
    // What the package would print goes into errors and events here.
    logLevel: "off",
    ...(Object.fromEntries(given) as Omit<ClientOptions, "provider" | "apiKey">),
    ...(timeout === undefined ? {} : { timeout }),
  };
}
