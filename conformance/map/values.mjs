/** Values that JSON cannot hold. */
import { makeFunction } from "../functions/index.mjs";

/**
 * A copy of a scenario's value with functions, agents and saved things in the places that name them.
 *
 * @param {any} value
 * @param {import("./stage.mjs").Stage} stage
 * @returns {any}
 */
export function valueOf(value, stage) {
  if (Array.isArray(value)) return value.map((item) => valueOf(item, stage));
  if (typeof value !== "object" || value === null) return value;
  if ("$fn" in value) return makeFunction(value, stage);
  if ("$agent" in value) return stage.agent(value.$agent);
  if ("$saved" in value) return stage.saved[value.$saved];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, valueOf(item, stage)]));
}
