import { expect, test } from "vitest";
import { add, closingLines, countsOf, missingComponents } from "./summary.mjs";

test("the closing line names passed and failed, and skipped only when there are some", () => {
  expect(closingLines({ passed: 3, failed: 0, skipped: 0 }, [])).toEqual(["3 passed, 0 failed"]);
  expect(closingLines({ passed: 3, failed: 1, skipped: 2 }, [])).toEqual(["3 passed, 1 failed, 2 skipped"]);
});

test("missing components are listed once each, by name, before the closing line", () => {
  const lines = [
    '{"component":"redis","install":"apt-get install redis-server"}',
    '{"component":"bubblewrap","install":"apt-get install bubblewrap"}',
    '{"component":"redis","install":"apt-get install redis-server"}',
  ];
  expect(closingLines({ passed: 1, failed: 0, skipped: 3 }, missingComponents(`${lines.join("\n")}\n`))).toEqual([
    "Tests were left out because something is not installed:",
    "  bubblewrap  apt-get install bubblewrap",
    "  redis       apt-get install redis-server",
    "1 passed, 0 failed, 3 skipped",
  ]);
});

test("counts of suites add up", () => {
  const suites = [
    { passed: 1, failed: 2, skipped: 3 },
    { passed: 10, failed: 20, skipped: 30 },
  ];
  expect(add(suites)).toEqual({ passed: 11, failed: 22, skipped: 33 });
});

test("a test file that does not load counts as a failure", () => {
  const report = {
    numPassedTests: 1,
    numFailedTests: 1,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: [
      { status: "failed", assertionResults: [] },
      { status: "failed", assertionResults: [{ status: "failed" }] },
    ],
  };
  expect(countsOf(report, 1)).toEqual({ passed: 1, failed: 2, skipped: 2 });
});

test("an error outside of all tests counts as a failure", () => {
  const report = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  expect(countsOf(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(countsOf(report, 0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(countsOf(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
