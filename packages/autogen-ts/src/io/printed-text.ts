/** What `print` writes. Specification chapter 15, section 1. */
import type { PrintOptions } from "./stream.js";

/** The objects' text joined by `sep`, followed by `end`. A lone object may be given without a list. */
export function printedText(objects: unknown, { sep = " ", end = "\n" }: PrintOptions = {}): string {
  const list: readonly unknown[] = Array.isArray(objects) ? objects : [objects];
  return list.map(textOf).join(sep) + end;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value);
}
