/** Which recorded effect is most like one that was not recorded. */
import { editDistance } from "./edit-distance.js";
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
