/** Comparing by turns: whatever else the machine does meets all rivals, so ratios within a round mean something. */

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Between which values the middle half lies. @param {readonly number[]} values @returns {readonly [number, number]} */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
  return [at(0.25), at(0.75)];
}

/**
 * @template T
 * @param {number} rounds
 * @param {readonly string[]} names
 * @param {(name: string) => Promise<T>} measure
 * @returns {Promise<Record<string, T[]>>} by name, a value for each round
 */
export async function byTurns(rounds, names, measure) {
  /** @type {Record<string, T[]>} */
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Another one begins each round.
    for (let index = 0; index < names.length; index += 1) {
      const name = names[(index + round) % names.length];
      results[name].push(await measure(name));
    }
  }
  return results;
}
