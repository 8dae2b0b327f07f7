import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { rejection } from "../../test/pairs.js";
import { differenceText } from "./input-difference.js";
import {
  AutogenError,
  createRun,
  isAutogenError,
  recordTo,
  replayFrom,
  type EffectLayer,
  type RecordedEffect,
  type Run,
  type RunEvent,
} from "./index.js";
import { nearestOf } from "./nearest-key.js";

const start = (layers: readonly EffectLayer[], events: RunEvent[] = []): Run =>
  createRun({ host: fakeHost(), layers, subscribers: [(event) => events.push(event)] });
const search = async (run: Run, query: string, found: () => Promise<string> = () => Promise.resolve("live")): Promise<unknown> =>
  await run.perform("io", "search", { query, limit: 3 }, found);
const effect = (key: string, more: Partial<RecordedEffect> = {}): RecordedEffect => ({
  key,
  kind: "io",
  target: "search",
  input: { query: "tea", limit: 3 },
  output: "recorded",
  ...more,
});

test("a missing effect names the nearest recorded one and shows what is different in its input", async () => {
  const error = await rejection(search(start([replayFrom([effect("run/io:search#7"), effect("x/io:search#0")])]), "coffee"));
  assert.ok(isAutogenError(error, "replay-mismatch"));
  assert.equal(
    error.message,
    `The recording has no effect \`run/io:search#0\`. It holds 2 of \`io:search\`, so the run now does more, or something else, than was recorded.
Nearest is \`run/io:search#7\`. Its input, recorded (-) and now (+):
  -   "query": "tea"
  +   "query": "coffee"
Record the run again, or pass \`missing: "live"\` to perform what was not recorded.`,
  );
  assert.deepEqual(error.details, { key: "run/io:search#0", nearest: "run/io:search#7" });
});

test("a missing effect whose nearest one has an equal input, or none, says that", async () => {
  const equal = await rejection(search(start([replayFrom([effect("run/io:search#1")])]), "tea"));
  assert.match(String(equal), /`run\/io:search#1`\. Its input is the same\./);
  const { input: _input, ...unknown } = effect("run/io:search#1");
  assert.match(String(await rejection(search(start([replayFrom([unknown])]), "tea"))), /Its input was not recorded\./);
});

test("nearest is what has the same target, else the same kind, else the most similar key; of two the later", () => {
  const at = (key: string, kind: "io" | "model", target: string): RecordedEffect => ({ key, kind, target, output: null });
  const all = [at("a#0", "model", "bot"), at("zzz#0", "io", "search"), at("a#1", "io", "fetch"), at("a#2", "io", "fetch")];
  const near = (kind: "io" | "clock", target: string): string | undefined => nearestOf({ kind, target, key: "a#0" }, all)?.key;
  assert.deepEqual([near("io", "search"), near("io", "other"), near("clock", "x")], ["zzz#0", "a#2", "a#0"]);
  assert.equal(nearestOf({ kind: "io", target: "x", key: "x" }, []), undefined);
});

test("missing: live performs what was not recorded", async () => {
  const run = start([replayFrom([effect("run/io:search#0")], { missing: "live" })]);
  assert.deepEqual([await search(run, "tea"), await search(run, "tea")], ["recorded", "live"]);
});

test("a replay knows what was not asked for; kinds performed live do not count", async () => {
  const layer = replayFrom([effect("run/io:search#0"), effect("run/io:search#1"), effect("c", { kind: "clock" })], {
    kinds: ["io"],
  });
  const run = start([layer]);
  await search(run, "tea");
  assert.deepEqual(
    layer.unused.map(({ key }) => key),
    ["run/io:search#1"],
  );
  assert.throws(() => layer.assertComplete(), { code: "replay-mismatch", message: /1 of 2 .*\n {2}`run\/io:search#1`\n/s });
  await search(run, "tea");
  layer.assertComplete();
});

test("runs recorded one after the other are replayed one after the other", async () => {
  const layer = replayFrom([effect("run/io:search#0", { output: 1 }), effect("run/io:search#0", { output: 2 })]);
  const found: unknown[] = [];
  for (let round = 0; round < 3; round += 1) found.push(await search(start([layer]), "tea"));
  assert.deepEqual(found, [1, 2, 1]);
});

test("errors are replayed with code, message and details; foreign ones with their name", async () => {
  const recorded: RecordedEffect[] = [];
  const foreign = Object.assign(new TypeError("no route"), { code: "ENOENT" });
  const first = start([recordTo((one) => void recorded.push(one))]);
  const own = new AutogenError("executor-failed", "It broke.", { details: { at: [1, 2] } });
  await rejection(search(first, "tea", () => Promise.reject(own)));
  await rejection(search(first, "tea", () => Promise.reject(foreign)));

  const second = start([replayFrom(recorded)]);
  const error = await rejection(search(second, "tea"));
  assert.ok(isAutogenError(error, "executor-failed"));
  assert.deepEqual([error.message, error.details], ["It broke.", { at: [1, 2] }]);
  const { name, message, code } = (await rejection(search(second, "tea"))) as Error & { readonly code: string };
  assert.deepEqual([name, message, code], ["TypeError", "no route", "ENOENT"]);
});

test("what was aborted or is no part of a replay is not recorded", async () => {
  const recorded: RecordedEffect[] = [];
  const run = start([recordTo((one) => void recorded.push(one)), replayFrom([])]);
  await rejection(search(run, "tea"));
  assert.deepEqual(recorded, []);
});

test("an effect is written before anyone learns of its outcome", async () => {
  const order: string[] = [];
  const layer = recordTo(async () => {
    await Promise.resolve();
    order.push("written");
  });
  await search(start([layer]), "tea");
  order.push("told");
  assert.deepEqual(order, ["written", "told"]);
});

test("the text of a recorded streamed answer is told in one piece", async () => {
  const events: RunEvent[] = [];
  const output = { model: "m", choices: [{ message: { content: "hello" } }] };
  const run = start([replayFrom([effect("run/model:bot#0", { kind: "model", target: "bot", output })])], events);
  const request = { api: "chat", endpoint: "", config: 0, body: { stream: true } } as const;
  await run.perform("model", "bot", request, () => Promise.reject(new Error("live")));
  assert.deepEqual(events, [{ seq: 0, path: "run", silent: false, type: "llm.delta", agent: "bot", text: "hello" }]);
});

for (const [title, recorded, now, expected] of [
  ["the order of keys does not count", { a: 1, b: 2 }, { b: 2, a: 1 }, null],
  ["what was added is shown", { a: [1] }, { a: [1, 2] }, "  -     1\n  +     1,\n  +     2"],
  ["equal lines between changes are left out", [1, 5, 2, 3], [9, 5, 2, 8], "  -   1,\n  +   9,\n  -   3\n  +   8"],
  ["a value of another form is shown as a whole", "text", null, '  - "text"\n  + null'],
] as const) {
  test(`differences: ${title}`, () => {
    assert.equal(differenceText(recorded, now), expected);
  });
}

test("differences: of a long line, the part around the first difference is shown", () => {
  const text = differenceText(`${"a".repeat(500)}x${"c".repeat(500)}`, `${"a".repeat(500)}y${"c".repeat(500)}`) ?? "";
  const [was = "", is = ""] = text.split("\n");
  assert.match(was, /^ {2}- …a{40}xc{79}…$/);
  assert.match(is, /^ {2}\+ …a{40}yc{79}…$/);
});

test("differences: of many lines, twenty are shown and the others counted", () => {
  const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);
  for (const count of [30, 1_500]) {
    const lines = (differenceText(numbers(0, count), numbers(10_000, count)) ?? "").split("\n");
    assert.equal(lines.length, 21);
    assert.equal(lines.at(-1), `  … ${String(2 * count - 20)} more lines`);
  }
});
