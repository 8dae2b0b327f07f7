/** The seam for response caches, and what makes two requests the same. Specification chapter 23, section 3. */
import type { ModelResponse } from "../run/index.js";
import type { ModelParams } from "./client.js";

/**
 * Keeps responses. What it gives back must be equal to what was stored; it may forget at any time. When it throws,
 * the call is made without it, with one warning.
 */
export interface ResponseCache {
  get(key: string): ModelResponse | null | undefined | Promise<ModelResponse | null | undefined>;
  set(key: string, value: ModelResponse): void | Promise<void>;
  /**
   * The same cache for one call: what goes wrong is told to `warn`, by a stable code and a text that is the same for
   * the same cause, so that it becomes one event of the run.
   */
  reportTo?(warn: (code: string, text: string) => void): Pick<ResponseCache, "get" | "set">;
}

declare module "../run/host.js" {
  interface Host {
    /** The lasting cache of this platform for one seed, always the same object for the same seed; null when caching is off. */
    responseCache?(seed: string): ResponseCache | null | Promise<ResponseCache | null>;
  }
}

declare module "../run/run.js" {
  interface RunContext {
    /** The cache of the chat, for all its agents; null: no cache of the chat's. Absent: the agents' own. */
    readonly cache: ResponseCache | null;
  }
}

/** Seed of the cache that is used when none is given, as in the reference. */
export const DEFAULT_CACHE_SEED = 41;

/** Parameters that say where and with which rights to ask, not what. */
const NOT_IN_KEY: ReadonlySet<string> = new Set([
  "api_key",
  "base_url",
  "api_type",
  "api_version",
  "azure_ad_token",
  "azure_ad_token_provider",
  "credentials",
  "tool_config",
]);

/**
 * The key of a request: equal for equal parameters, whatever the order of their keys. The endpoint counts
 * (local servers reuse model names); key, price, tags, context and filter do not. A named class counts by its name.
 *
 * @param endpoint `""` leaves it out
 * @returns null when the parameters are no plain data, so that the call cannot be cached
 */
export function cacheKey(params: ModelParams, endpoint = ""): string | null {
  const counted = Object.fromEntries(Object.entries(params).filter(([key]) => !NOT_IN_KEY.has(key)));
  const whole = endpoint === "" ? counted : { ...counted, "": endpoint };
  try {
    return keyText(whole) ?? null;
  } catch {
    return null; // no plain data, a cycle included
  }
}

/**
 * JSON with keys in order. `JSON.stringify` leaves out what it does not know, functions for example, and two requests
 * that differ in such a thing must not share an answer.
 *
 * @returns undefined for what JSON leaves out as well
 */
function keyText(value: unknown): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (value === undefined) return undefined;
  if (typeof value === "function" && isNamedClass(value)) return `{"class":${JSON.stringify(value.name)}}`;
  if (typeof value !== "object") throw new TypeError(`${typeof value} is no plain data`);
  if (Array.isArray(value)) return `[${value.map((item) => keyText(item) ?? "null").join(",")}]`;
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === "function") return keyText(Reflect.apply(toJSON, value, []));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError("An object of a class is no plain data");
  const record = value as Readonly<Record<string, unknown>>;
  const parts: string[] = [];
  for (const key of Object.keys(record).toSorted()) {
    const text = keyText(record[key]);
    if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(",")}}`;
}

/** Factories are often nameless or all named alike; a class has methods on its prototype. */
function isNamedClass({ name, prototype }: { readonly name: string; readonly prototype?: unknown }): boolean {
  return name !== "" && typeof prototype === "object" && prototype !== null && Object.getOwnPropertyNames(prototype).length > 1;
}

/** Whether an answer may be asked for again from a cache: filtered and empty ones are worth another try. */
export function isCacheable({ choices }: ModelResponse): boolean {
  return choices.length > 0 && !choices.some((choice) => choice.finish_reason === "content_filter");
}

/** Whether what a cache gave has the form of a response: others may write into a shared store. */
export function isResponse(value: unknown): value is ModelResponse {
  if (typeof value !== "object" || value === null) return false;
  const { model, choices } = value as { readonly model?: unknown; readonly choices?: unknown };
  return typeof model === "string" && Array.isArray(choices) && choices.length > 0 && choices.every(isObject);
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
