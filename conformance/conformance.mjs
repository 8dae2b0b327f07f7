/** Runs cases and judges them. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCases, readTools } from "./cases.mjs";
import { judge } from "./judge.mjs";
import { playAll } from "./play/pool.mjs";

const WORKERS = 2;

/**
 * @param {string} folder of the cases
 * @param {{ area?: string, id?: string, out?: string, journal?: boolean }} [options] `out`: where to write what happened, one file for each case
 * @returns {Promise<import("./judge.mjs").Verdict[]>} in order of the ids
 */
export async function runConformance(folder, { area, id, out, journal = false } = {}) {
  const cases = readCases(folder, { area, id });
  const outcomes = await playAll(cases, { tools: readTools(folder), workers: WORKERS, journal });
  if (out !== undefined) writeOutcomes(out, outcomes);
  return cases.map((one) => judge(one, /** @type {import("./play/pool.mjs").Outcome} */ (outcomes.get(one.id))));
}

/** @param {string} folder @param {ReadonlyMap<string, import("./play/pool.mjs").Outcome>} outcomes */
function writeOutcomes(folder, outcomes) {
  mkdirSync(folder, { recursive: true });
  for (const [id, outcome] of outcomes) {
    const path = join(folder, `${id}.json`);
    if ("outcome" in outcome) writeFileSync(path, `${JSON.stringify(outcome.outcome, null, 1)}\n`);
    else rmSync(path, { force: true }); // of an earlier run
  }
}
