/** One value as one line of JSON. */

/** What JSON has no form for is written as text that says so; nothing makes it throw. */
export function jsonLine(value: unknown): string {
  try {
    return `${JSON.stringify(value)}\n`;
  } catch {
    return `${JSON.stringify(writable(value, []))}\n`;
  }
}

/** Values of the user's (a summary, the progress of a tool) may be circular, or hold what JSON does not know. */
function writable(value: unknown, around: readonly unknown[]): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (around.includes(value)) return "<<circular>>";
  try {
    const plain = hasToJson(value) ? value.toJSON() : value;
    if (typeof plain !== "object" || plain === null) return writable(plain, around);
    const inside = [...around, value];
    if (Array.isArray(plain)) return plain.map((item) => writable(item, inside));
    return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, writable(item, inside)]));
  } catch {
    return "<<not serializable>>";
  }
}

const hasToJson = (value: object): value is { toJSON(): unknown } => "toJSON" in value && typeof value.toJSON === "function";
