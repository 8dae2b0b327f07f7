/** Keys out of everything that is shown. Chapter 22, section 9. */

import { publicEndpoint } from "../endpoint.js";
import { secretKind } from "../secret-names.js";

/** Longer values keep this many characters at their end, so that people can tell them apart. */
const KEPT_CHARACTERS = 4;
const LONG_VALUE = 12;

/** A copy with the values of secret keys replaced by `***`, at any depth. Values that hold no plain data stay as they are. */
export function redact(value: unknown): unknown {
  return redactIn(value, new Map());
}

function redactIn(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    seen.set(value, copy);
    for (const item of value) copy.push(redactIn(item, seen));
    return copy;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy: Record<string, unknown> = {};
  seen.set(value, copy);
  for (const [key, item] of Object.entries(value)) {
    copy[key] = redactOption(key, item, seen);
  }
  return copy;
}

function redactOption(key: string, value: unknown, seen: Map<object, unknown>): unknown {
  switch (secretKind(key)) {
    case "secret":
      return hidden(value);
    case "table":
      if (typeof value !== "object" || value === null) return hidden(value);
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hidden(item)]));
    case "address":
      return typeof value === "string" && /[@?]/u.test(value) ? publicEndpoint(value) : value;
    default:
      return redactIn(value, seen);
  }
}

function hidden(value: unknown): unknown {
  if (value === undefined || value === null) return value;
  return typeof value === "string" && value.length > LONG_VALUE ? `***${value.slice(-KEPT_CHARACTERS)}` : "***";
}

/** What Node's `console.log` calls to show an object. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * The same object, shown without its secrets by `console.log`, `util.inspect` and `JSON.stringify`. Spreading does not see
 * the change: a copy shows everything again.
 */
export function hideSecrets<T extends object>(value: T): T {
  const shown = (): unknown => redact({ ...value });
  return Object.defineProperties(value, { [INSPECT]: hiddenMethod(shown), toJSON: hiddenMethod(shown) });
}

const hiddenMethod = (value: () => unknown): PropertyDescriptor => ({
  value,
  enumerable: false,
  configurable: true,
  writable: true,
});
