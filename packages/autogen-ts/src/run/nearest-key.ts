/** Which recorded effect is most like one that was not recorded. */
import type { Effect } from "./effects.js";
import type { RecordedEffect } from "./layers.js";

/** Comparing more keys than this would take seconds. */
const MOST_COMPARED = 2_000;

/** Of the same kind and target if there is one, then the one with the most similar key; the later of two. */
export function nearestOf(
  { kind, target, key }: Pick<Effect, "kind" | "target" | "key">,
  effects: readonly RecordedEffect[],
): RecordedEffect | undefined {
  const sameTarget = effects.filter((one) => one.kind === kind && one.target === target);
  const sameKind = effects.filter((one) => one.kind === kind);
  const candidates = [sameTarget, sameKind, effects].find((list) => list.length > 0) ?? [];
  let nearest: RecordedEffect | undefined;
  let least = Infinity;
  for (const one of candidates.slice(-MOST_COMPARED)) {
    const distance = editDistance(one.key, key);
    if (distance > least) continue;
    nearest = one;
    least = distance;
  }
  return nearest;
}

/** How many characters have to be added, removed or replaced (Levenshtein 1966), by one row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
