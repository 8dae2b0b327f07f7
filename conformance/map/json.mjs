/** JSON as cases have it. */

/**
 * JSON text with a blank after comma and colon.
 *
 * @param {any} value
 * @param {{ sorted?: boolean }} [options] `sorted`: keys in order at every level
 * @returns {string}
 */
export function spacedJson(value, { sorted = false } = {}) {
  if (Array.isArray(value)) return `[${value.map((item) => spacedJson(item, { sorted })).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  if (sorted) keys.sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${spacedJson(value[key], { sorted })}`).join(", ")}}`;
}

/** A copy without anything that JSON cannot hold; undefined becomes null. @param {any} value @returns {any} */
export const plain = (value) => (value === undefined ? null : JSON.parse(JSON.stringify(value) ?? "null"));

/**
 * A copy with every string changed, keys included.
 *
 * @param {any} value
 * @param {(text: string) => string} change
 * @returns {any}
 */
export function mapStrings(value, change) {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapStrings(item, change)]));
}
