/** Random sequences of messages of every shape against the library; the same seed gives the same sequences. */
import * as fc from "fast-check";
import { newTally, play, type Library, type Tally } from "./play.js";
import { scenario } from "./scenario.js";

export interface FuzzOptions {
  readonly seed: number;
  readonly sequences: number;
  /** Replays one failure: the `path` that it was reported with. */
  readonly path?: string;
}

/** @throws Error with the smallest sequence that fails, its seed and its path */
export async function fuzz(library: Library, { seed, sequences, path }: FuzzOptions): Promise<Tally> {
  const tally = newTally();
  const property = fc.asyncProperty(scenario, async (one) => await play(library, one, tally));
  await fc.assert(property, { seed, numRuns: sequences, ...(path === undefined ? {} : { path }) });
  return tally;
}
