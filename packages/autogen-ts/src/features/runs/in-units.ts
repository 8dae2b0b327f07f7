/** Numbers and texts for people. */

/** `12 ms`, `3.4 s`, `2 min 5 s`, `1 h 2 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const [minutes, rest] = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
  return minutes < 60
    ? `${String(minutes)} min ${String(rest)} s`
    : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

/** In US dollars, to a hundredth of a cent or finer; `unknown` for null. */
export function money(dollars: number | null): string {
  if (dollars === null) return "unknown";
  return `$${dollars === 0 || dollars >= 0.01 ? dollars.toFixed(dollars === 0 ? 2 : 4) : dollars.toPrecision(2)}`;
}

/** Of a sum in which prices may be missing. */
export const moneyOfSum = ({ cost, knownCost }: { readonly cost: number | null; readonly knownCost: number }): string =>
  cost === null && knownCost > 0 ? `${money(knownCost)} or more` : money(cost);

/** `1 message`, `2 messages`. */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** With thin groups of thousands: `12,345`. */
export const grouped = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+$)/gu, ",");

/** At most so many UTF-16 units, the last of them an ellipsis when something was left out. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not a half of a character.
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/u, "")}…`;
}
