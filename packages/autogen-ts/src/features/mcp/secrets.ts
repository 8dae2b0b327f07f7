/** What must not be shown of a server's settings: servers and clients like to quote what they do not accept. */
import type { McpAddress, McpCommand } from "./options.js";

/** Shorter values are words like `true`, which stand anywhere. */
const SHORTEST = 6;

/** The text without the values of variables and headers, and of the query of an address. */
export function masked(text: string, place: McpCommand | McpAddress): string {
  let result = text;
  for (const secret of secretsOf(place)) result = result.replaceAll(secret, "***");
  return result;
}

function secretsOf(place: McpCommand | McpAddress): readonly string[] {
  const values =
    place.url === undefined ? Object.values(place.env ?? {}) : [...Object.values(place.headers ?? {}), ...queryOf(place.url)];
  // A header is quoted with its `Bearer` or without it.
  const spellings = values.flatMap((value) => [value, value.replace(/^[A-Za-z]+ +/u, "")]);
  return spellings.filter((value) => value.length >= SHORTEST).toSorted((a, b) => b.length - a.length);
}

function queryOf(url: string | URL): readonly string[] {
  const { search, searchParams } = new URL(url);
  return [
    ...searchParams.values(),
    ...search
      .slice(1)
      .split("&")
      .map((pair) => pair.replace(/^[^=]*=/u, "")),
  ];
}
