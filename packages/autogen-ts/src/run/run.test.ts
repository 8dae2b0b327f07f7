import assert from "node:assert/strict";
import { test } from "vitest";
import { rejection } from "../../test/pairs.js";
import { fakeHost } from "../../test/fake-host.js";
import {
  createRun,
  isAutogenError,
  recordTo,
  replayFrom,
  trace,
  type EffectLayer,
  type Run,
  type RecordedEffect,
  type RunEvent,
} from "./index.js";

const start = (layers: readonly EffectLayer[] = [], events: RunEvent[] = []): Run =>
  createRun({ host: fakeHost(), layers, subscribers: [(event) => events.push(event)] });
const roll = async (run: Run, value = 0.5): Promise<number> =>
  await run.perform("random", "dice", null, () => Promise.resolve(value));

test("keys count per path, kind and target, and parts of a run are numbered", async () => {
  const keys: string[] = [];
  const run = start([(next) => (effect, execute) => (keys.push(effect.key), next(effect, execute))]);
  const part = run.child("chat");
  await roll(run);
  await Promise.all([roll(part), roll(part)]);
  await roll(run.child("chat"));
  await part.perform("clock", "dice", null, () => Promise.resolve(1));

  assert.deepEqual(keys, [
    "run/random:dice#0",
    "run/chat-0/random:dice#0",
    "run/chat-0/random:dice#1",
    "run/chat-1/random:dice#0",
    "run/chat-0/clock:dice#0",
  ]);
});

test("layers form an onion, the first of a list outermost, those of a part inside", async () => {
  const order: string[] = [];
  const layer =
    (name: string): EffectLayer =>
    (next) =>
    async (effect, execute) => {
      order.push(`${name} in`);
      const output = await next(effect, execute);
      order.push(`${name} out`);
      return output;
    };
  await roll(start([layer("a"), layer("b")]).child("x", { layers: [layer("c")] }));
  assert.deepEqual(order, ["a in", "b in", "c in", "c out", "b out", "a out"]);
});

test("what is recorded is replayed under the same keys, without being done again", async () => {
  const recorded: RecordedEffect[] = [];
  const first = start([recordTo((effect) => void recorded.push(effect))]);
  assert.deepEqual([await roll(first, 0.1), await roll(first.child("x"), 0.2)], [0.1, 0.2]);

  const second = start([replayFrom(recorded)]);
  assert.deepEqual([await roll(second, 0.9), await roll(second.child("x"), 0.9)], [0.1, 0.2]);
});

test("a replay that asks for more than was recorded says so", async () => {
  const error = await rejection(roll(start([replayFrom([])])));
  assert.ok(isAutogenError(error, "replay-mismatch"));
  assert.match(error.message, /`run\/random:dice#0`/);
});

test("a strict replay compares inputs and shows where they part; key order does not matter", async () => {
  const io = async (run: Run, input: object): Promise<unknown> =>
    await run.perform("io", "search", input as never, () => Promise.resolve("found"));
  const recorded: RecordedEffect[] = [];
  await io(start([recordTo((effect) => void recorded.push(effect))]), { a: 1, query: "tea" });

  assert.equal(await io(start([replayFrom(recorded, { strict: true })]), { query: "tea", a: 1 }), "found");
  const error = await rejection(io(start([replayFrom(recorded, { strict: true })]), { a: 1, query: "coffee" }));
  assert.ok(isAutogenError(error, "replay-mismatch"));
  assert.match(error.message, /\n {2}- {3}"query": "tea"\n {2}\+ {3}"query": "coffee"\n/);
  assert.equal(await io(start([replayFrom(recorded)]), { a: 1, query: "coffee" }), "found");
});

test("other kinds than the replayed ones are done live", async () => {
  assert.equal(await roll(start([replayFrom([], { kinds: ["model"] })]), 0.7), 0.7);
});

test("trace tells of each effect, also of one that fails", async () => {
  const events: RunEvent[] = [];
  const run = start([trace], events);
  await roll(run);
  await rejection(run.perform("io", "x", null, () => Promise.reject(new Error("no"))));
  assert.deepEqual(
    events.map((event) => (event.type === "effect.end" ? `${event.key} ${String(event.ok)}` : event.type)),
    ["effect.start", "run/random:dice#0 true", "effect.start", "run/io:x#0 false"],
  );
});

test("an aborted run does nothing more, and does not wait for work that ignores the signal", async () => {
  const stopping = new AbortController();
  const run = createRun({ host: fakeHost(), signal: stopping.signal });
  const endless = run.perform("io", "slow", null, () => new Promise(() => undefined));
  stopping.abort();
  assert.ok(isAutogenError(await rejection(endless), "aborted"));
  let done = false;
  assert.ok(
    isAutogenError(await rejection(run.perform("io", "x", null, () => ((done = true), Promise.resolve(null)))), "aborted"),
  );
  assert.equal(done, false);
});

test("aborting a part leaves the rest of the run alone, and the run aborts its parts", async () => {
  const [whole, part] = [new AbortController(), new AbortController()];
  const run = createRun({ host: fakeHost(), signal: whole.signal });
  const child = run.child("x", { signal: part.signal });
  const other = run.child("y");
  part.abort();
  assert.equal(child.signal.aborted, true);
  assert.equal(await roll(other), 0.5);
  const third = run.child("z", { signal: new AbortController().signal });
  whole.abort();
  assert.equal(third.signal.aborted, true);
});

test("join keeps the order of the tasks; one by one when the engine wants it so", async () => {
  const order: string[] = [];
  const task = (name: string, ticks: number) => async (): Promise<string> => {
    order.push(`${name} begins`);
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    order.push(`${name} ends`);
    return name;
  };
  const tasks = [task("a", 5), task("b", 1)];
  assert.deepEqual(await createRun({ host: fakeHost() }).join(tasks), ["a", "b"]);
  assert.deepEqual(await createRun({ host: fakeHost(), joining: "sequential" }).join(tasks), ["a", "b"]);
  assert.deepEqual(order, ["a begins", "b begins", "b ends", "a ends", "a begins", "a ends", "b begins", "b ends"]);
});

test("usage of a part counts in the whole, each only once", () => {
  const run = start();
  const part = run.child("x").child("y");
  const usage = { promptTokens: 1, completionTokens: 2, totalTokens: 3, cost: 0.5 };
  part.emit({ type: "llm.end", agent: "a", model: "m", usage, cached: false });
  part.emit({ type: "llm.end", agent: "a", model: "m", usage, cached: true });
  run.emit({ type: "llm.end", agent: "b", model: "n", usage: null, cached: false });

  assert.deepEqual(run.usage.totals, { calls: 3, promptTokens: 2, completionTokens: 4, totalTokens: 6, knownCost: 0.5 });
  assert.deepEqual(run.usage.report().usageExcludingCachedInference, {
    total_cost: 0.5,
    m: { cost: 0.5, prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  });
});

test("a price that is unknown makes the total unknown, never a silent 0", () => {
  const run = start();
  run.emit({
    type: "llm.end",
    agent: "a",
    model: "m",
    usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2, cost: null },
    cached: false,
  });
  assert.equal(run.usage.report().usageIncludingCachedInference.total_cost, null);
});

test("a warning is given once per cause", () => {
  const events: RunEvent[] = [];
  const run = start([], events);
  run.warn("code", "text");
  run.child("x").warn("code", "text");
  run.warn("code", "other text");
  assert.equal(events.length, 2);
});
