import assert from "node:assert/strict";
import { test } from "vitest";
import type { UsageSummary } from "../run/index.js";
import { formatUsageSummary, gatherUsageSummary } from "./index.js";

const ONE: UsageSummary = {
  total_cost: 0.0006,
  "gpt-4": { cost: 0.0006, prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
};
const TWO: UsageSummary = {
  total_cost: 0.0012,
  "gpt-4": { cost: 0.0012, prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
};
const LINE = "-".repeat(100);
const EXCLUDING =
  "Usage summary excluding cached usage: \nTotal cost: 0.0006\n* Model 'gpt-4': cost: 0.0006, prompt_tokens: 10, completion_tokens: 5, total_tokens: 15";
const INCLUDING =
  "Usage summary including cached usage: \nTotal cost: 0.0012\n* Model 'gpt-4': cost: 0.0012, prompt_tokens: 20, completion_tokens: 10, total_tokens: 30";

for (const [title, summaries, mode, expected] of [
  ["nothing yet", { actual: null, total: null }, undefined, 'No usage summary. Please call "create" first.'],
  ["actual only", { actual: ONE, total: TWO }, "actual", `${LINE}\n${EXCLUDING}\n${LINE}`],
  ["total only", { actual: ONE, total: TWO }, ["total"], `${LINE}\n${INCLUDING}\n${LINE}`],
  ["both different", { actual: ONE, total: TWO }, undefined, `${LINE}\n${EXCLUDING}\n\n${INCLUDING}\n${LINE}`],
  [
    "both equal",
    { actual: ONE, total: ONE },
    ["actual", "total"],
    `${LINE}\n${EXCLUDING}\n\nAll completions are non-cached: the total cost with cached completions is the same as actual cost.\n${LINE}`,
  ],
  [
    "all cached",
    { actual: null, total: TWO },
    "actual",
    `${LINE}\nNo actual cost incurred (all completions are using cache).\n${LINE}`,
  ],
] as const) {
  test(`INF-25 the printed summary: ${title}`, () => {
    assert.equal(formatUsageSummary(summaries, mode), expected);
  });
}

test("INF-25 costs have five decimals at most and no trailing zeros; an unknown cost reads 0", () => {
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const total = { total_cost: null, a: { cost: 0.000012345, ...usage }, b: { cost: null, ...usage } };
  const text = formatUsageSummary({ actual: null, total }, "total");
  assert.match(text, /Total cost: 0\.00001\n\* Model 'a': cost: 0\.00001, .*\n\* Model 'b': cost: 0, /);
});

for (const mode of ["most", [], ["actual", "total", "actual"]]) {
  test(`INF-26 mode ${JSON.stringify(mode)} is an error`, () => {
    assert.throws(() => formatUsageSummary({ actual: ONE, total: ONE }, mode as never), { code: "invalid-option" });
  });
}

test("INF-27 usage of agents with, without and with unused clients", () => {
  const agent = (actual: UsageSummary | null, total: UsageSummary | null): object => ({
    getActualUsage: () => actual,
    getTotalUsage: () => total,
  });
  const gathered = gatherUsageSummary([agent(ONE, TWO), agent(null, null), agent(null, ONE)] as never);
  assert.deepEqual(gathered.usageExcludingCachedInference, ONE);
  assert.deepEqual((gathered.usageIncludingCachedInference["gpt-4"] as { total_tokens: number }).total_tokens, 45);
  assert.deepEqual(gatherUsageSummary([]).usageIncludingCachedInference, { total_cost: 0 });
});
