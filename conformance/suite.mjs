/** The recorded scenarios as a part of `npm test`. */
import { appendFileSync } from "node:fs";
import { findCases } from "./cases.mjs";
import { runConformance } from "./conformance.mjs";
import { counts, report } from "./report.mjs";

const MISSING = {
  component: "conformance cases",
  install: "set AUTOGEN_CONFORMANCE_CASES to a folder of cases (docs/conformance.md)",
};

/**
 * Without cases one test counts as skipped, with a line in the closing list of what is missing.
 *
 * @param {(text: string) => void} print
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export async function conformanceSuite(print) {
  const folder = findCases(undefined);
  if (folder === null) {
    const list = process.env.AUTOGEN_TEST_SKIP_LIST;
    if (list !== undefined) appendFileSync(list, `${JSON.stringify(MISSING)}\n`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const verdicts = await runConformance(folder);
  print(`\n${report(verdicts)}`);
  return plus(counts(verdicts), await withJournal(folder, print));
}

/** DUR-14: all of it once more with the journal of durable runs around every run. Counts as one test, unless something differs. */
async function withJournal(folder, print) {
  const verdicts = await runConformance(folder, { journal: true });
  const { failed } = counts(verdicts);
  print(`\nDUR-14 with the journal of durable runs: ${failed === 0 ? "the same" : `\n${report(verdicts)}`}\n`);
  return { passed: failed === 0 ? 1 : 0, failed, skipped: 0 };
}

const plus = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped });
