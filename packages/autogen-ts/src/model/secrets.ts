/** What must not be shown of an entry: endpoints like to quote the key that they refuse, and addresses can hold one. */
import type { ConfigEntry } from "./client.js";
import { endpointOf, resolveKey, type Environment } from "./openai-options.js";

/** Options whose value is a secret as a whole. */
const SECRET_OPTIONS = ["api_key", "azure_ad_token", "aws_access_key", "aws_secret_key", "aws_session_token"] as const;
/** Options that hold secrets under names of the endpoint's own. */
const SECRET_TABLES = ["default_headers", "default_query"] as const;
/** Where the `openai` package looks for a key when the entry has none. */
const VARIABLES = ["OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"] as const;

/** The values of the entry, of its address and of the variables used in its place; without repetitions. */
export function secretsOf(entry: ConfigEntry, environment?: Environment): readonly string[] {
  const found = [
    ...SECRET_OPTIONS.map((key) => entry[key]),
    ...SECRET_TABLES.flatMap((key) => valuesOf(entry[key])),
    resolveKey(entry, environment),
    ...VARIABLES.map((name) => environment?.(name)),
    ...[entry.base_url, entry["azure_endpoint"], endpointOf(entry, environment)].flatMap(secretsOfUrl),
  ];
  return [...new Set(found.filter((value) => typeof value === "string").flatMap(spellings))];
}

function valuesOf(table: unknown): readonly unknown[] {
  return typeof table === "object" && table !== null ? Object.values(table) : [];
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
