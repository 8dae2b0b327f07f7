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
    return { copy: copyOf(value, null) };
  } catch (error) {
    if (error instanceof Uncopyable) return { problem: error.message };
    return { problem: `cannot be read: ${error instanceof Error ? error.message : "it threw"}` };
  }
}

/** The objects around a value, the innermost first. */
interface Around {
  readonly value: object;
  readonly next: Around | null;
  readonly depth: number;
}

function copyOf(value: unknown, around: Around | null): unknown {
  if (typeof value === "bigint") throw new Uncopyable("holds a bigint, which JSON cannot");
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  const depth = (around?.depth ?? 0) + 1;
  if (depth > DEEPEST) throw new Uncopyable(`is nested deeper than ${String(DEEPEST)} levels`);
  for (let outer = around; outer !== null; outer = outer.next) {
    if (outer.value === value) throw new Uncopyable("contains itself");
  }
  const inside: Around = { value, next: around, depth };
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === "function") return copyOf(toJSON.call(value), inside);
  if (Array.isArray(value)) return Object.freeze(Array.from(value as unknown[], (item) => copyOf(item, inside) ?? null));
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = copyOf((value as Readonly<Record<string, unknown>>)[key], inside); // An own key, just listed.
    // An assignment would set the prototype.
    if (key === "__proto__") Object.defineProperty(copy, key, { value: item, enumerable: true });
    else copy[key] = item;
  }
  return Object.freeze(copy);
}
