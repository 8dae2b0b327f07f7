/** Events as they stand in a run file. The file may come from anybody: fields are looked at before they are believed. */
import type { Json } from "../../core.js";

/** An event of a run file, with the time at which it was written. Its type, and all else, may be of a later version. */
export interface StoredEvent {
  /** ISO 8601, UTC, with milliseconds. */
  readonly time: string;
  readonly seq: number;
  /** For example `run/chat-0`. */
  readonly path: string;
  readonly type: string;
  readonly [field: string]: Json | undefined;
}

type JsonObject = { readonly [key: string]: Json };

/** A list of whatever. */
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** What has fields: neither text, nor list, nor null. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** `""` for what is no text. */
export function textIn(event: StoredEvent, field: string): string {
  const value = event[field];
  return typeof value === "string" ? value : "";
}

/** null for what is no number. */
export function numberIn(event: StoredEvent, field: string): number | null {
  const value = event[field];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Milliseconds since 1970. */
export const timeOf = (event: StoredEvent): number => Date.parse(event.time);
