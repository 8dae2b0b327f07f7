/** What a config list has to look like. Chapter 22; messages name entries by index and never show values of theirs. */
import { checkEntry, entryProblem } from "../check-entry.js";
import type { ConfigEntry } from "../client.js";
import { normaliseKeys } from "../option-keys.js";
import { parseLenientJson } from "./parse-json.js";
import { hideSecrets } from "./redact.js";

/** Whether `value` is a config list; entries come back under the reference's names. @throws AutogenError `invalid-config` saying what is wrong where */
export function checkConfigList(value: unknown, source: string): ConfigEntry[] {
  if (!Array.isArray(value)) {
    const what = typeof value === "object" && value !== null ? "one object" : `a ${value === null ? "null" : typeof value}`;
    throw entryProblem({ source }, `is ${what}, not a list of entries`, 'Write `[ { "model": "…" } ]`');
  }
  return value.map((entry: unknown, index) => {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry))
      throw entryProblem(
        { source },
        `has something that is no object as entry ${String(index)}`,
        'Write each entry as `{ "model": "…" }`',
      );
    const normal = normaliseKeys(entry as Readonly<Record<string, unknown>>);
    checkEntry((key) => normal[key], { source, index });
    return hideSecrets({ ...normal });
  });
}

/** Parses and checks the text of a config list. @throws AutogenError `invalid-config` naming source, position and a fix */
export function parseConfigList(text: string, source: string): ConfigEntry[] {
  return checkConfigList(parseLenientJson(text, source), source);
}
