/**
 * What an effect was asked, in a form whose size does not grow with the conversation: enough to tell whether a program that is
 * run again asks the same, and to show what is different.
 */
import { createHash } from "node:crypto";
import type { Effect, EffectTable, Json } from "../../core.js";

/** Longer texts are their beginning, their length and a hash. */
const LONGEST_TEXT = 80;
const SHOWN = 48;
/** Of longer lists the first and the last item are shown, and the last few are hashed: earlier ones were last ones before. */
const LONGEST_LIST = 2;
const HASHED_ITEMS = 4;
/** Below this depth there are hashes only. */
const DEEPEST = 4;
/** What is deeper than the surface and longer than this is a hash, such as the parameters of tools. */
const LONGEST_INNER = 240;

/** The outline of an effect's input. Where a request is sent is left out: endpoints move. */
export function outlineOf(effect: Effect): Json {
  if (effect.kind !== "model") return outline(effect.input, 0);
  const { api, body } = effect.input as EffectTable["model"]["input"]; // by its kind
  return outline({ api, body }, 0);
}

function outline(value: unknown, depth: number): Json {
  if (typeof value === "string") return value.length <= LONGEST_TEXT ? value : `${value.slice(0, SHOWN)}… ${sizeAndHash(value)}`;
  if (typeof value !== "object" || value === null) return (value ?? null) as Json; // numbers and booleans
  if (depth >= DEEPEST) return short(value);
  if (Array.isArray(value)) return outlineOfList(value, depth);
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(fields.map(([key, item]) => [key, outline(item, depth + 1)]));
}

function outlineOfList(list: readonly unknown[], depth: number): Json {
  if (list.length <= LONGEST_LIST) return list.map((item) => bounded(item, depth + 1));
  const last = hash(JSON.stringify(list.slice(-HASHED_ITEMS)) ?? "");
  return [bounded(list[0], depth + 1), `… ${String(list.length)} items, the last ${last} …`, bounded(list.at(-1), depth + 1)];
}

function bounded(value: unknown, depth: number): Json {
  const found = outline(value, depth);
  return typeof found === "object" && found !== null && JSON.stringify(found).length > LONGEST_INNER ? short(value) : found;
}

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "";
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, SHOWN)}… ${sizeAndHash(text)}`;
};

const sizeAndHash = (text: string): string => `(${String(text.length)} characters, ${hash(text)})`;

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);
