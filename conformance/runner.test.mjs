import assert from "node:assert/strict";
import { test } from "vitest";
import { holds, textOf } from "./map/message-tests.mjs";
import { spacedJson } from "./map/json.mjs";
import { questionKind } from "./map/questions.mjs";
import { newStage } from "./map/stage.mjs";
import { valueOf } from "./map/values.mjs";
import { placeOf, registered } from "./map/reply-places.mjs";
import { DIVERGENCES, PARTS } from "./divergences.mjs";
import { report } from "./report.mjs";
import { costOfTheRun, smallNumbers, usageAskedFor } from "./rules.mjs";
import { startService } from "./service/server.mjs";

const stage = () => newStage({ work: "/work", server: "http://service", lines: [] });

test("a value names functions, agents and saved things at any depth; functions are made anew", () => {
  const where = stage();
  where.agents.set("bob", { name: "bob" });
  where.saved.message = "saved";
  const value = valueOf({ a: [{ $agent: "bob" }], b: { $saved: "message" }, f: { $fn: "reply.sequence", items: ["x"] } }, where);
  assert.deepEqual([value.a[0].name, value.b, value.f(), value.f()], ["bob", "saved", [true, "x"], [true, null]]);
  assert.throws(() => valueOf({ $fn: "reply.unheard" }, where), /`reply.unheard`/);
  assert.throws(() => valueOf({ $agent: "eve" }, where), /`eve`/);
});

test("the text of a message is its content, or its text parts put together", () => {
  const parts = [{ type: "text", text: "a" }, { type: "image_url" }, { type: "text", text: "b" }];
  assert.deepEqual(
    [textOf({ content: "x" }), textOf({}), textOf({ content: null }), textOf({ content: parts })],
    ["x", "", "", "ab"],
  );
});

/** @type {[Record<string, any>, object, boolean][]} */
const CONDITIONS = [
  [{ equals: "x" }, { content: " x" }, false],
  [{ endsWith: "x", contains: "a" }, { content: "a x" }, true],
  [{ hasToolCalls: false }, { content: "", tool_calls: [] }, true],
  [{ not: { name: "bob" } }, { name: "bob" }, false],
  [{ any: [{ const: false }, { role: "user" }] }, { role: "user" }, true],
  [{ all: [{ const: true }, { const: false }] }, {}, false],
];

for (const [condition, message, expected] of CONDITIONS) {
  test(`the test ${JSON.stringify(condition)} of ${JSON.stringify(message)} is ${expected}`, () => {
    assert.equal(holds(condition, message), expected);
  });
}

test("JSON in events has a blank after comma and colon", () => {
  assert.equal(spacedJson({ b: [1, "x"], a: null }), '{"b": [1, "x"], "a": null}');
  assert.equal(spacedJson({ b: 1, a: { d: 1, c: 2 } }, { sorted: true }), '{"a": {"c": 2, "d": 1}, "b": 1}');
});

test("a question that is not recognised is not taken for another", () => {
  const question = { prompt: "Your name?", agent: "a", sender: "b" };
  assert.equal(questionKind({ ...question, purpose: null }), "unknown:Your name?");
  assert.equal(questionKind({ ...question, purpose: "first-message" }), "init_message");
  assert.equal(questionKind({ ...question, purpose: "always" }), "always:a:b");
});

test("D10-12 positions count twins that we do not have", () => {
  const agent = { codeExecution: null };
  assert.deepEqual(
    [0, 2, 4, 6, 100].map((position) => placeOf(agent, position)),
    [0, 1, 2, 3, 5],
  );
  registered(agent, 0);
  assert.deepEqual([placeOf(agent, 0), placeOf(agent, 1), placeOf(agent, 3)], [0, 1, 2]);
});

test("the service answers what the script says, then that it has run out", async () => {
  const service = await startService({ x: ["hi"], y: [{ tool_calls: [{ name: "f", arguments: "{}" }] }, "left"] });
  const ask = async (endpoint) => {
    const response = await fetch(`${service.url}/${endpoint}/v1/chat/completions`, { method: "POST", body: '{"model":"m"}' });
    return { status: response.status, body: /** @type {any} */ (await response.json()) };
  };
  const [first, second, third] = [await ask("x"), await ask("y"), await ask("x")];
  await service.close();
  assert.equal(first.body.choices[0].message.content, "hi");
  assert.deepEqual([second.body.choices[0].message.content, second.body.choices[0].finish_reason], [null, "tool_calls"]);
  assert.deepEqual([third.status, third.body.error.code], [400, "script_exhausted"]);
  assert.deepEqual(
    service.requests.map((one) => one.endpoint),
    ["x", "y", "x"],
  );
  assert.deepEqual(service.repliesLeft(), { y: 1 });
});

test("D10-21 a cost that is not what the service counted stays wrong", () => {
  const cost = (prompt) => ({
    usage_excluding_cached_inference: { total_cost: 1, m: { cost: 1, prompt_tokens: prompt, completion_tokens: 5 } },
  });
  const expected = { steps: [{ result: { chat_history: [], cost: cost(20) } }] };
  const played = (prompt) => ({
    outcome: { steps: [{ result: { chat_history: [], cost: cost(prompt) } }] },
    served: [[{ model: "m", prompt: 10, completion: 5 }]],
  });
  assert.deepEqual(costOfTheRun(expected, played(10)).steps[0].result.cost, cost(10));
  assert.equal(costOfTheRun(expected, played(11)), expected);
});

test("rules leave what they do not concern alone", () => {
  const expected = { steps: [{}], requests: [{ endpoint: "x", body: {} }], console: ["8e-05"] };
  const played = { outcome: expected, served: [[]] };
  for (const rule of [costOfTheRun, usageAskedFor, smallNumbers]) assert.equal(rule(expected, played), expected);
  assert.deepEqual(smallNumbers({ console: ["Total cost: 8e-05"] }, played).console, ["Total cost: 0.00008"]);
});

test("the report ends with the counts; what differs on purpose has passed", () => {
  const verdict = (id, kind) => ({ id, kind, area: "a", quirk: false, differences: [] });
  const text = report([verdict("1", "passed"), verdict("2", "diverging"), { ...verdict("3", "skipped"), reason: "x" }]);
  assert.equal(text.trimEnd().split("\n").at(-1), "2 passed, 0 failed, 1 skipped");
});

test("every listed difference has its own expectation, and the reverse", () => {
  const listed = DIVERGENCES.map((entry) => entry.case);
  assert.deepEqual(listed.toSorted(), Object.keys(PARTS).toSorted());
  assert.equal(new Set(listed).size, listed.length);
});
