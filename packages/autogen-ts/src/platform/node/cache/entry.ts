/** The text of an entry: data only, with the version of its form. Specification chapter 23, section 2. */
import { AutogenError } from "../../../run/index.js";

/** Version of the form of entries. */
const FORMAT = 1;

export interface Entry {
  /** When it was stored, in milliseconds since 1970. */
  readonly at: number;
  readonly response: unknown;
  /** Left out where the backend finds entries by the whole key. */
  readonly key?: string;
}

/** @throws AutogenError `invalid-option` for a value that JSON does not know */
export function writeEntry({ at, key, response }: Entry): string {
  const text = jsonOf(response);
  const start = JSON.stringify({ v: FORMAT, at, ...(key === undefined ? {} : { key }) });
  return `${start.slice(0, -1)},"response":${text}}`;
}

/** @returns what was stored, or why it cannot be used */
export function readEntry(text: string, key: string): Entry | string {
  const entry = parse(text);
  if (entry === null) return "it is no JSON";
  const { v, at, response, key: found = key } = entry;
  if (v !== FORMAT) return typeof v === "number" ? `its format ${String(v)} is not known here` : "it has no format";
  if (typeof at !== "number" || response === undefined) return "a part of it is missing";
  if (found !== key) return "it belongs to another request";
  return { at, response };
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

function jsonOf(value: unknown): string {
  let cause: unknown;
  try {
    const text: unknown = JSON.stringify(value); // undefined for functions and undefined, whatever its type says
    if (typeof text === "string") return text;
  } catch (error) {
    cause = error;
  }
  const message = "A value for the cache is no JSON. Store plain data: texts, numbers, lists and objects of them.";
  throw new AutogenError("invalid-option", message, { cause });
}
