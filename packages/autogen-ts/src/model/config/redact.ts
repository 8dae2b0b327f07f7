/** Keys out of everything that is shown. Chapter 22, section 9. */

import { publicEndpoint } from "../endpoint.js";

/** In small letters without `_` and `-`: `apiKey`, `api_key` and `API-Key` are one. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  "apikey",
  "xapikey",
  "azureadtoken",
  "azureadtokenprovider",
  "awsaccesskey",
  "awssecretkey",
  "awssessiontoken",
  "credentials",
  "googleapplicationcredentials",
  "token",
  "password",
  "organization",
  "authorization",
]);
/** Tables with names of the endpoint's own: any of their values may be a key. */
const SECRET_TABLES: ReadonlySet<string> = new Set(["headers", "defaultheaders", "defaultquery"]);
/** Addresses may hold a password or a key in the query. */
const ADDRESSES: ReadonlySet<string> = new Set(["baseurl", "apibase", "azureendpoint", "websocketbaseurl"]);

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
    copy[key] = redactOption(key.toLowerCase().replace(/[_-]/gu, ""), item, seen);
  }
  return copy;
}

function redactOption(name: string, value: unknown, seen: Map<object, unknown>): unknown {
  if (SECRET_KEYS.has(name)) return hidden(value);
  if (SECRET_TABLES.has(name) && typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item)]));
  }
  if (ADDRESSES.has(name) && typeof value === "string" && /[@?]/u.test(value)) return publicEndpoint(value);
  return redactIn(value, seen);
}

function hidden(value: unknown): unknown {
  if (value === undefined || value === null) return value;
  return typeof value === "string" && value.length > LONG_VALUE ? `***${value.slice(-KEPT_CHARACTERS)}` : "***";
}

/** What Node's `console.log` calls to show an object. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** The same object, shown without its secrets by `console.log` and `util.inspect`; spreading and JSON do not see the change. */
export function hideSecrets<T extends object>(value: T): T {
  return Object.defineProperty(value, INSPECT, {
    value: () => redact({ ...value }),
    enumerable: false,
    configurable: true,
    writable: true,
  });
}
