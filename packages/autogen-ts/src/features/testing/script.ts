/** What all scripts have in common: they are to be used up, and are quoted when they are not. */

const LONGEST_QUOTE = 200;

/** A value in a message: short, on one line. */
export function quoted(value: unknown): string {
  const text = value instanceof Error ? String(value) : typeof value === "function" ? "a function" : JSON.stringify(value);
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}

/** @throws Error naming the first of what is left */
export function assertUsed(what: string, left: readonly unknown[], total: number): void {
  if (left.length === 0) return;
  throw new Error(
    `${String(left.length)} of ${String(total)} scripted ${what} ${left.length === 1 ? "was" : "were"} never asked for. The first of them: ${quoted(left[0])}.`,
  );
}
