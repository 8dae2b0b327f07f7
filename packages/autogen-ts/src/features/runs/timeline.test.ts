import assert from "node:assert/strict";
import * as fc from "fast-check";
import { test } from "vitest";
import type { Json } from "../../core.js";
import { describeEvent, diffRuns, runPage, summaryOf, timelineOf, timelineText, type StoredRun } from "./index.js";

type Fields = { readonly [name: string]: Json };

/** Each event half a second after the one before. */
function run(...events: readonly (readonly [type: string, path: string, fields?: Fields])[]): StoredRun {
  return {
    ...{ file: "run.jsonl", time: "2026-11-21T10:00:00.000Z", notes: [] },
    events: events.map(([type, path, fields = {}], seq) => ({
      ...{ time: new Date(1_795_000_000_000 + 500 * seq).toISOString(), seq, path, type },
      ...fields,
    })),
  };
}

const rowsOf = (stored: StoredRun): unknown[] =>
  timelineOf(stored).map(({ depth, who, what, startMs, durationMs }) => [depth, `${who} ${what}`.trim(), startMs, durationMs]);
const chat = { from: "a", to: "b" };

test("durations are those from a start to its own end, also of tools side by side", () => {
  const tool = (name: string, callId: string): Fields => ({ agent: "a", tool: name, callId });
  const stored = run(
    ["chat.start", "run/chat-0", chat],
    ["tool.start", "run/chat-0", tool("slow", "1")],
    ["tool.start", "run/chat-0", tool("quick", "2")],
    ["tool.end", "run/chat-0", { ...tool("quick", "2"), ok: true }],
    ["tool.end", "run/chat-0", { ...tool("slow", "1"), ok: false }],
    ["chat.end", "run/chat-0", { ...chat, stopReason: "max-turns", stopDetail: null }],
  );
  assert.deepEqual(rowsOf(stored), [
    [0, "a chats with b: max-turns", 0, 2500],
    [1, "a runs slow: failed", 500, 1500],
    [1, "a runs quick", 1000, 500],
  ]);
});

test("what has no end says so: a run that was killed, a request without an answer", () => {
  const stored = run(["chat.start", "run/chat-0", chat], ["llm.start", "run/chat-0", { agent: "b", model: "m" }]);
  assert.deepEqual(rowsOf(stored), [
    [0, "a chats with b", 0, null],
    [1, "b asks m", 500, null],
  ]);
  assert.equal(summaryOf(stored).stopReason, null);
  assert.match(timelineText(stored), /, not ended\n[^]*no end {2}a chats with b/u);
});

test("a fallback: the failed request and the one that answered are two rows", () => {
  const stored = run(
    ["llm.start", "run", { agent: "b", model: "first", config: 0 }],
    ["llm.failed", "run", { agent: "b", model: "first", config: 0, reason: "busy" }],
    ["llm.start", "run", { agent: "b", model: "second", config: 1 }],
    [
      "llm.end",
      "run",
      { agent: "b", model: "second", usage: { promptTokens: 1, completionTokens: 2, cost: null }, cached: false },
    ],
  );
  assert.deepEqual(rowsOf(stored), [
    [0, "b asks first: busy", 0, 500],
    [0, "b asks second", 1000, 500],
  ]);
});

test("answers from a cache count as calls and tokens, and cost nothing", () => {
  const end = (cached: boolean): readonly [string, string, Fields] => [
    "llm.end",
    "run",
    { agent: "b", model: "m", usage: { promptTokens: 10, completionTokens: 5, cost: 0.5 }, cached },
  ];
  assert.deepEqual(summaryOf(run(end(false), end(true))).usage, [
    { agent: "b", model: "m", calls: 2, cached: 1, promptTokens: 20, completionTokens: 10, cost: 0.5, knownCost: 0.5 },
  ]);
});

test("events of a later version are shown by their type", () => {
  assert.deepEqual(rowsOf(run(["dream.start", "run", { agent: "b" }])), [[0, "b dream.start", 0, 0]]);
});

/** Any JSON in the fields that are read. */
const FIELDS = [
  "from",
  "to",
  "agent",
  "message",
  "usage",
  "model",
  "text",
  "tool",
  "callId",
  "stopReason",
  "languages",
  "ok",
  "id",
  "update",
];
const anyEvent = fc
  .record({
    type: fc.constantFrom(
      ...[
        "chat.start",
        "chat.end",
        "chats.start",
        "chats.end",
        "message.received",
        "llm.start",
        "llm.end",
        "llm.failed",
        "tool.start",
      ],
      ...[
        "tool.end",
        "tool.progress",
        "code.start",
        "code.end",
        "human.ask",
        "human.answer",
        "approval.ask",
        "warning",
        "speaker.selected",
        "x",
      ],
    ),
    path: fc.constantFrom("run", "run/chat-0", "run/chat-0/chat-0", "", "/", "run/chat-1"),
    fields: fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue({ maxDepth: 3 })),
  })
  .map(({ type, path, fields }) => [type, path, fields as Fields] as const);

test("bad input: whatever stands in the fields, everything is shown and compared, and nothing throws", () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
      const stored = run(...events);
      for (const event of stored.events) assert.equal(typeof describeEvent(event).what, "string");
      assert.ok(timelineOf(stored).every(({ depth, durationMs }) => depth >= 0 && (durationMs ?? 0) >= 0));
      const lines = timelineText(stored).split("\n");
      assert.ok(lines.every((line) => /^[^\p{Cc}\p{Cs}]*$/u.test(line)));
      assert.match(runPage(stored), /<\/html>\n$/u);
      assert.equal(diffRuns(stored, stored), null);
    }),
    { seed: 4, numRuns: 400 },
  );
});

test("runs differ where an event of one chat differs, however chats side by side take turns", () => {
  const one: readonly [string, string, Fields] = ["message.received", "run/chat-0", { ...chat, message: { content: "one" } }];
  const two: readonly [string, string, Fields] = ["message.received", "run/chat-1", { ...chat, message: { content: "two" } }];
  assert.equal(diffRuns(run(one, two), run(two, one)), null);
  const other: readonly [string, string, Fields] = ["message.received", "run/chat-1", { ...chat, message: { content: "three" } }];
  const found = diffRuns(run(one, two), run(other, one));
  assert.deepEqual(
    [found?.path, found?.index, found?.fields],
    ["run/chat-1", 0, [{ field: "message.content", a: "two", b: "three" }]],
  );
});

test("ids of calls are not compared, arguments are", () => {
  const calls = (id: string, args: string): StoredRun =>
    run([
      "message.received",
      "run/chat-0",
      { ...chat, message: { tool_calls: [{ id, function: { name: "f", arguments: args } }] } },
    ]);
  assert.equal(diffRuns(calls("1", "{}"), calls("2", "{}")), null);
  const found: readonly { readonly field: string }[] = diffRuns(calls("1", "{}"), calls("2", "[]"))?.fields ?? [];
  assert.deepEqual(
    found.map(({ field }) => field),
    ["message.tool_calls[0].function.arguments"],
  );
});

test("who spoke after whom is counted by conversation; a group's members come one after another", () => {
  const says = (path: string, from: string): readonly [string, string, Fields] => [
    "message.received",
    path,
    { from, to: "manager", message: {} },
  ];
  const stored = run(
    says("run/chat-0", "user"),
    says("run/chat-0/group-0", "a"),
    says("run/chat-0/group-0", "b"),
    says("run/chat-0/group-0", "a"),
  );
  const turns = [...runPage(stored).matchAll(/<td>(\w+)<\/td>\s*<td>(\w+)<\/td>\s*<td class="number">(\d)<\/td>\s*<\/tr>/gu)];
  assert.deepEqual(
    turns.map(([, from, to, count]) => `${String(from)} ${String(to)} ${String(count)}`),
    ["user a 1", "a b 1", "b a 1"],
  );
});
