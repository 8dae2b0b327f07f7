/** The end of `npm test`: what was left out, and one line of counts. */

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ component: string, install: string }} MissingComponent
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: { status: string }[] }[] }} VitestReport
 */

/**
 * @param {readonly Counts[]} suites
 * @returns {Counts}
 */
export function add(suites) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of suites) {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  return total;
}

/**
 * Counts of Vitest's JSON report. A file that could not be loaded, or an error outside of any test, is a failure as well.
 *
 * @param {VitestReport | undefined} report undefined when Vitest wrote none
 * @param {number} exitCode of Vitest
 * @returns {Counts}
 */
export function countsOf(report, exitCode) {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const broken = (report?.testResults ?? []).filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  const failed = (report?.numFailedTests ?? 0) + broken.length;
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped };
}

/**
 * Components that tests reported as missing, each once, by name.
 *
 * @param {string} lines JSON lines
 * @returns {MissingComponent[]}
 */
export function missingComponents(lines) {
  const found = new Map();
  for (const line of lines.split("\n")) {
    if (line.trim() === "") continue;
    const { component, install } = JSON.parse(line);
    found.set(component, { component, install });
  }
  return [...found.values()].toSorted((a, b) => (a.component < b.component ? -1 : 1));
}

/**
 * The closing lines. The last is alone on its line and is all that a program needs to read.
 *
 * @param {Counts} counts
 * @param {readonly MissingComponent[]} missing
 */
export function closingLines({ passed, failed, skipped }, missing) {
  const width = Math.max(...missing.map(({ component }) => component.length));
  const list = missing.map(({ component, install }) => `  ${component.padEnd(width)}  ${install}`);
  if (list.length > 0) list.unshift("Tests were left out because something is not installed:");
  return [...list, `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`];
}
