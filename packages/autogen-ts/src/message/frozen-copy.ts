/** Copies for histories: deep and frozen, so that both sides, hooks and requests can share them (D10-4). */

/** Deeper than any message that an endpoint takes, and far from the end of the stack. */
const DEEPEST = 200;

/** Its message says what is wrong, to follow "it". */
class Uncopyable extends Error {}

/**
 * The value as JSON would keep it: functions and symbols inside of it are left out, `toJSON` is asked. A function that
 * is the value itself stays.
 *
 * @returns `problem`, to follow "it", when the value is nested without end or holds what JSON cannot
 */
export function frozenCopy(value: unknown): { readonly copy: unknown } | { readonly problem: string } {
  if (typeof value !== "object" || value === null) return { copy: value };
  try {
    return { copy: copyOf(value, []) };
  } catch (error) {
    if (error instanceof Uncopyable) return { problem: error.message };
    return { problem: `cannot be read: ${error instanceof Error ? error.message : "it threw"}` };
  }
}

function copyOf(value: unknown, around: readonly object[]): unknown {
  if (typeof value === "bigint") throw new Uncopyable("holds a bigint, which JSON cannot");
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (around.includes(value)) throw new Uncopyable("contains itself");
  if (around.length === DEEPEST) throw new Uncopyable(`is nested deeper than ${String(DEEPEST)} levels`);
  const inside = [...around, value];
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === "function") return copyOf(toJSON.call(value), inside);
  if (Array.isArray(value)) return Object.freeze(Array.from(value as unknown[], (item) => copyOf(item, inside) ?? null));
  // A key `__proto__` becomes a key like any other here; an assignment would set the prototype.
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item, inside)])));
}
