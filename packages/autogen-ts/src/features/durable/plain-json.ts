/** Whether a value is what JSON gives back. */

/** What of a value cannot be stored. */
export interface JsonFault {
  /** For example `.images[0].data`; `""` for the value itself. */
  readonly path: string;
  /** For example `a function`. */
  readonly what: string;
}

/** `exact`: JSON gives it back as it is. `thinned`: but for properties that are undefined. */
export type JsonCheck = "exact" | "thinned" | JsonFault;

/** Deeper than this is a mistake, and would fail inside of `JSON.stringify`. */
const MOST_DEPTH = 500;

/** Looks at all of a value. */
export function checkJson(value: unknown): JsonCheck {
  return look(value, "", new Set());
}

function look(value: unknown, path: string, around: Set<object>): JsonCheck {
  switch (typeof value) {
    case "string":
    case "boolean":
      return "exact";
    case "number":
      return Number.isFinite(value) ? "exact" : { path, what: String(value) };
    case "object":
      return value === null ? "exact" : lookInside(value, path, around);
    case "undefined":
      return { path, what: "undefined" };
    default:
      return { path, what: `a ${typeof value}` };
  }
}

function lookInside(value: object, path: string, around: Set<object>): JsonCheck {
  if (around.has(value)) return { path, what: "an object that holds itself" };
  if (around.size >= MOST_DEPTH) return { path, what: `more than ${String(MOST_DEPTH)} objects inside of each other` };
  const foreign = foreignName(value);
  if (foreign !== null) return { path, what: `a ${foreign}` };
  around.add(value);
  let found: "exact" | "thinned" = "exact";
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, item] of entries as Iterable<[string | number, unknown]>) {
    if (item === undefined && typeof key === "string") {
      found = "thinned";
      continue;
    }
    const inner = look(item, typeof key === "number" ? `${path}[${String(key)}]` : `${path}.${key}`, around);
    if (typeof inner === "object") return inner;
    if (inner === "thinned") found = inner;
  }
  around.delete(value);
  return found;
}

/** Objects of classes are taken for their fields, unless JSON would make something else of them. */
function foreignName(value: object): string | null {
  if (Array.isArray(value)) return null;
  const isFields = !("toJSON" in value) && !ArrayBuffer.isView(value) && !(Symbol.iterator in value) && !("then" in value);
  return isFields ? null : (value.constructor?.name ?? "value that JSON changes");
}
