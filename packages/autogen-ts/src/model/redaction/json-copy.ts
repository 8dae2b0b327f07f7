/** Anything as JSON: what loggers write of values that nobody has checked. */
import type { Json } from "../../message/index.js";

/** What becomes of the parts. */
export interface JsonCopyRules {
  readonly text: (text: string) => string;
  /** Looked at before the value is. @returns what stands there, or undefined to copy the value as usual */
  readonly entry: (key: string, value: unknown, holder: object) => Json | undefined;
  /** Whether an entry is left out. */
  readonly skip: (key: string) => boolean;
  /** Functions and objects that are no plain data. @returns what stands there, or undefined for a note */
  readonly other?: ((value: object) => Json | undefined) | undefined;
}

/** `JSON.stringify` has no more room on the stack than for some thousands. */
const DEEPEST = 500;

/** A copy that is JSON throughout. What is none becomes `<<non-serializable: TypeName>>`, as does whatever contains itself. */
export function jsonCopy(value: unknown, rules: JsonCopyRules): Json {
  return copyOf(value, rules, []);
}

function copyOf(value: unknown, rules: JsonCopyRules, above: object[]): Json {
  switch (typeof value) {
    case "string":
      return rules.text(value);
    case "number":
      return Number.isFinite(value) ? value : null;
    case "boolean":
      return value;
    case "bigint":
      return String(value);
    case "symbol":
      return note("Symbol");
    case "function":
    case "object":
      return value === null ? null : copyOfObject(value, rules, above);
    default:
      return null;
  }
}

function copyOfObject(value: object, rules: JsonCopyRules, above: object[]): Json {
  if (above.length >= DEEPEST || above.includes(value)) return note(typeName(value));
  above.push(value);
  try {
    if (Array.isArray(value)) return value.map((item: unknown) => copyOf(item, rules, above));
    return isPlain(value) ? copyOfPlain(value, rules, above) : (rules.other?.(value) ?? copyOfOther(value, rules, above));
  } finally {
    above.pop();
  }
}

function copyOfPlain(value: object, rules: JsonCopyRules, above: object[]): Json {
  const entries = orNull(() => Object.entries(value)); // may call getters
  return entries === null ? note(typeName(value)) : entriesOf(entries, value, rules, above);
}

function copyOfOther(value: object, rules: JsonCopyRules, above: object[]): Json {
  if (ArrayBuffer.isView(value) || typeof value === "function") return note(typeName(value));
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === "function") {
    const shown = orNull(() => ({ value: Reflect.apply(toJSON, value, []) as unknown }));
    return shown === null ? note(typeName(value)) : copyOf(shown.value, rules, above);
  }
  if (value instanceof Map) {
    return entriesOf(
      [...value].map(([key, item]) => [String(key), item] as const),
      value,
      rules,
      above,
    );
  }
  if (value instanceof Set) return [...value].map((item) => copyOf(item, rules, above));
  if (value instanceof Error) return { name: value.name, message: rules.text(value.message) };
  return note(typeName(value));
}

function entriesOf(
  entries: readonly (readonly [string, unknown])[],
  holder: object,
  rules: JsonCopyRules,
  above: object[],
): Json {
  const copy: Record<string, Json> = {};
  for (const [key, item] of entries) {
    if (item === undefined || rules.skip(key)) continue;
    const name = key.length < SHORTEST_SECRET_NAME ? key : rules.text(key);
    const shown = rules.entry(key, item, holder) ?? copyOf(item, rules, above);
    // Assigning to `__proto__` would make no entry.
    if (name === "__proto__")
      Object.defineProperty(copy, name, { value: shown, enumerable: true, configurable: true, writable: true });
    else copy[name] = shown;
  }
  return copy;
}

/** Names shorter than any key. */
const SHORTEST_SECRET_NAME = 9;

/** Objects with `toJSON` say themselves what of them is shown. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return typeof (value as { readonly toJSON?: unknown }).toJSON !== "function";
}

/** What code of somebody else gives; null when it throws. */
function orNull<T>(give: () => T): T | null {
  try {
    return give();
  } catch {
    return null;
  }
}

const note = (type: string): string => `<<non-serializable: ${type}>>`;

function typeName(value: object): string {
  if (typeof value === "function") return "Function";
  const name: unknown = (value as { readonly constructor?: { readonly name?: unknown } }).constructor?.name;
  return typeof name === "string" && name !== "" ? name : "Object";
}
