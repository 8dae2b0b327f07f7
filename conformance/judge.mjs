/** Says of each case how it went. */
import { compareCase } from "./compare/case.mjs";
import { patched } from "./compare/patch.mjs";
import { DIVERGENCES, PARTS, RULES } from "./divergences.mjs";

/**
 * @typedef {object} Verdict
 * @property {string} id
 * @property {string} area
 * @property {"passed" | "diverging" | "failed" | "skipped"} kind
 * @property {boolean} quirk whether the case shows something accidental of the reference
 * @property {string} [reason] of what was skipped or broke
 * @property {import("./compare/differs.mjs").Differs} [difference]
 * @property {readonly import("./divergences.mjs").Difference[]} differences on purpose
 */

/** @param {any} one a case @param {import("./play/pool.mjs").Outcome} outcome @returns {Verdict} */
export function judge(one, outcome) {
  const common = { id: one.id, area: one.area, quirk: "quirk" in one, differences: [] };
  if ("skipped" in outcome) return { ...common, kind: "skipped", reason: outcome.skipped };
  if ("broken" in outcome) return { ...common, kind: "failed", reason: outcome.broken };
  const { expected, differences } = ours(one, outcome);
  const difference = compareCase(expected, outcome.outcome, one.compare);
  if (difference !== null) return { ...common, kind: "failed", difference, differences };
  return { ...common, kind: differences.length === 0 ? "passed" : "diverging", differences };
}

/** The expectation with everything in it that we do otherwise on purpose. @param {any} one @param {import("./rules.mjs").Played} played */
function ours(one, played) {
  const listed = DIVERGENCES.filter((entry) => entry.case === one.id);
  let expected = listed.length === 0 ? one.expected : patched(one.expected, PARTS[one.id]);
  /** @type {import("./divergences.mjs").Difference[]} */
  const differences = [...listed];
  for (const entry of RULES) {
    const changed = entry.rule(expected, played);
    if (changed !== expected) differences.push(entry);
    expected = changed;
  }
  return { expected, differences };
}
