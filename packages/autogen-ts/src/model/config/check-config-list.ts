/** What a config list has to look like. Chapter 22; messages name entries by index and never show values of theirs. */
import { AutogenError } from "../../run/index.js";
import type { ConfigEntry } from "../client.js";
import { normaliseKeys } from "../option-keys.js";
import { parseLenientJson } from "./parse-json.js";

/** Whether `value` is a config list; entries come back under the reference's names. @throws AutogenError `invalid-config` saying what is wrong where */
export function checkConfigList(value: unknown, source: string): ConfigEntry[] {
  if (!Array.isArray(value)) {
    const what = typeof value === "object" && value !== null ? "one object" : `a ${value === null ? "null" : typeof value}`;
    throw problem(source, `is ${what}, not a list of entries`, 'Write `[ { "model": "…" } ]`');
  }
  return value.map((entry: unknown, index) => checkEntry(entry, index, source));
}

/** Parses and checks the text of a config list. @throws AutogenError `invalid-config` naming source, position and a fix */
export function parseConfigList(text: string, source: string): ConfigEntry[] {
  return checkConfigList(parseLenientJson(text, source), source);
}

const TEXT_KEYS = ["model", "api_key", "base_url", "api_type", "api_version"] as const;

function checkEntry(entry: unknown, index: number, source: string): ConfigEntry {
  const place = `entry ${String(index)}`;
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw problem(source, `has something that is no object as ${place}`, 'Write each entry as `{ "model": "…" }`');
  }
  const normal = normaliseKeys(entry as Readonly<Record<string, unknown>>);
  if ("api_base" in normal && "base_url" in normal) {
    throw problem(source, `has both \`api_base\` and \`base_url\` in ${place}`, "Keep `base_url`; `api_base` is its old name");
  }
  for (const key of TEXT_KEYS) {
    const value = normal[key];
    if (value !== undefined && value !== null && typeof value !== "string") {
      throw problem(source, `has a \`${key}\` in ${place} that is no text`, `Write it in double quotes`);
    }
  }
  const { base_url: url } = normal;
  if (typeof url === "string" && !/^https?:\/\//iu.test(url)) {
    throw problem(
      source,
      `has a \`base_url\` in ${place} without \`https://\` or \`http://\``,
      "Write the whole address, such as `https://host/v1`",
    );
  }
  return normal;
}

function problem(source: string, what: string, fix: string): AutogenError {
  return new AutogenError("invalid-config", `${source} ${what}. ${fix}.`, { details: { source } });
}
