/** What must not be shown of an entry: endpoints like to quote the key that they refuse, and addresses can hold one. */
import type { ConfigEntry } from "./client.js";
import { endpointOf, resolveKey, type Environment } from "./entry-endpoint.js";
import { secretKind } from "./secret-names.js";

/** Options are read no deeper: what contains itself has no end. */
const DEEPEST = 8;
/** Where the `openai` package looks for a key when the entry has none. */
const VARIABLES = ["OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "OPENAI_ADMIN_KEY"] as const;

/** The values of the entry, of its address and of the variables used in its place; without repetitions. */
export function secretsOf(entry: ConfigEntry, environment?: Environment): readonly string[] {
  const found = [
    ...textsUnderSecrets(entry),
    resolveKey(entry, environment),
    ...VARIABLES.map((name) => environment?.(name)),
    // A header a line.
    ...(environment?.("OPENAI_CUSTOM_HEADERS") ?? "").split("\n").map((line) => line.slice(line.indexOf(":") + 1)),
    ...[entry.base_url, entry["azure_endpoint"], endpointOf(entry, environment)].flatMap(secretsOfUrl),
  ];
  return [...new Set(found.filter((value) => typeof value === "string").flatMap(spellings))];
}

/** Values of settings that may hold entries at any depth, and of addresses in them. */
export function secretsIn(settings: unknown): readonly string[] {
  return [...new Set(textsUnderSecrets(settings).flatMap(spellings))];
}

/** All texts that stand under the names of secrets and of tables of such, at any depth. */
function textsUnderSecrets(options: unknown, isSecret = false, depth = 0): readonly string[] {
  if (typeof options === "string") return isSecret ? [options] : [];
  if (options instanceof Headers) return isSecret ? [...options.values()] : [];
  if (!isPlain(options) || depth > DEEPEST) return [];
  return Object.entries(options).flatMap(([key, value]) => {
    const kind = secretKind(key);
    // The organisation is hidden where configs are shown, but it is no key: endpoints name it in ordinary messages.
    return textsUnderSecrets(value, isSecret || kind === "table" || (kind === "secret" && key !== "organization"), depth + 1);
  });
}

/** Clients and the like hold much, and perhaps themselves. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

/** As it is, without white space, and without the `Bearer` or `Basic` in front. */
function spellings(value: string): readonly string[] {
  const trimmed = value.trim();
  return [value, trimmed, trimmed.replace(/^[A-Za-z]+ +/u, "")];
}

/** Name, password and query, as written and decoded. */
function secretsOfUrl(url: unknown): readonly string[] {
  if (typeof url !== "string" || !URL.canParse(url)) return [];
  const { username, password, search, searchParams } = new URL(url);
  const query = search
    .slice(1)
    .split("&")
    .map((pair) => pair.replace(/^[^=]*=/u, ""));
  return [...[username, password].flatMap((part) => [part, decoded(part)]), ...query, ...searchParams.values()];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone `%`
  }
}
