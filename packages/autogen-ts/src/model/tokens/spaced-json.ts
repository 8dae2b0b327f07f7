/** JSON as the reference counts it: with a blank after comma and colon. */

const STRING_OR_SEPARATOR = /"[^"\\]*(?:\\.[^"\\]*)*"|[,:]/g;

/** @returns null for what JSON cannot hold: itself, a `bigint`, a function, nesting without end */
export function spacedJson(value: unknown): string | null {
  let json: string | undefined;
  try {
    // Undefined for functions and the like, whatever its type says.
    json = JSON.stringify(value) as string | undefined;
  } catch {
    return null;
  }
  return json?.replace(STRING_OR_SEPARATOR, (found) => (found.length === 1 ? `${found} ` : found)) ?? null;
}
