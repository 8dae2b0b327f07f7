import assert from "node:assert/strict";
import { test } from "vitest";
import * as library from "../../index.js";
import { faults } from "../../../test/faults/faults.js";
import { unansweredIn } from "../../../test/faults/unanswered.js";

const SEED = 20_260_606;
const RUNS = 300;

test(`TOOL-08, TOOL-17 ${String(RUNS)} runs of faulty tools, aborts, restarts: each call of each request has its answer, no rejection is left`, async () => {
  const tally = await faults(library, { seed: SEED, runs: RUNS });

  assert.equal(tally.runs, RUNS);
  assert.equal(tally.unhandled, 0);
  // A change after which hardly anything happens would make the rest of the test idle.
  const least = { requests: 3, calls: 4, toolsStarted: 1, toolsFailed: 0.5, aborted: 0.2, resumed: 0.1, approvalsLater: 0.05 };
  for (const [name, perRun] of Object.entries(least)) {
    assert.ok(tally[name as keyof typeof least] > perRun * RUNS, `${name}: only ${JSON.stringify(tally)}`);
  }
});

for (const [title, messages, problem] of [
  ["no answer", [{ role: "assistant", tool_calls: [{ id: "1" }] }, { role: "user" }], /no answer behind it/],
  [
    "an answer too much",
    [
      { role: "assistant", tool_calls: [{ id: "1" }] },
      { role: "tool", tool_call_id: "1" },
      { role: "tool", tool_call_id: "1" },
    ],
    /answers no call/,
  ],
  [
    "another id",
    [
      { role: "assistant", tool_calls: [{ id: "1" }] },
      { role: "tool", tool_call_id: "2" },
    ],
    /the call 1 .* has no answer/,
  ],
  ["one id twice", [{ tool_calls: [{ id: "1" }, { id: "1" }] }], /twice under one id/],
] as const) {
  test(`the judge of these runs sees ${title}`, () => {
    assert.match(unansweredIn(messages) ?? "", problem);
  });
}
