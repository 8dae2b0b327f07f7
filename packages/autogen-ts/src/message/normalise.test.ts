import assert from "node:assert/strict";
import { test } from "vitest";
import { normalise, readMessage, type MessageDraft } from "./index.js";

const calls = [{ id: "i", type: "function", function: { name: "f", arguments: "{}" } }] as const;

const STORED: readonly (readonly [title: string, draft: string | MessageDraft, sent: object, received: object])[] = [
  ["a text", "x", { content: "x", role: "assistant", name: "A" }, { content: "x", role: "user", name: "A" }],
  ["an empty text", "", { content: "", role: "assistant", name: "A" }, { content: "", role: "user", name: "A" }],
  [
    "other keys and roles",
    { content: "x", role: "system", name: "zz", foo: 1 },
    { content: "x", role: "assistant", name: "zz" },
    { content: "x", role: "user", name: "zz" },
  ],
  [
    "override_role",
    { content: "x", override_role: "system", name: "zz" },
    { content: "x", role: "system", name: "zz" },
    { content: "x", role: "system", name: "zz" },
  ],
  [
    "role function",
    { content: "r", role: "function", name: "fn" },
    { content: "r", role: "function", name: "fn" },
    { content: "r", role: "function", name: "fn" },
  ],
  [
    "role tool",
    { content: "r", role: "tool", tool_call_id: "i" },
    { content: "r", role: "tool", tool_call_id: "i", name: "A" },
    { content: "r", role: "tool", tool_call_id: "i", name: "A" },
  ],
  [
    "tool calls",
    { tool_calls: calls, role: "user" },
    { tool_calls: calls, content: null, role: "assistant" },
    { tool_calls: calls, content: null, role: "assistant" },
  ],
  [
    "an empty list of calls",
    { tool_calls: [] },
    { tool_calls: [], content: null, role: "assistant", name: "A" },
    { tool_calls: [], content: null, role: "user", name: "A" },
  ],
  [
    "a function call",
    { content: "t", function_call: calls[0].function, role: "user" },
    { content: "t", function_call: calls[0].function, role: "assistant" },
    { content: "t", function_call: calls[0].function, role: "assistant" },
  ],
];

for (const [title, draft, sent, received] of STORED) {
  test(`CONV-02 ${title} is stored as chapter 10 section 3.3 says`, () => {
    assert.deepEqual(normalise(draft, "A"), { sent, received });
  });
}

for (const draft of [
  { content: null },
  {},
  { message: "x" },
  { content: 3 },
  { content: [1] },
  { tool_calls: "x" },
  null,
  7,
  ["x"],
]) {
  test(`CONV-02 ${JSON.stringify(draft)} is no message`, () => {
    assert.equal(typeof normalise(draft as unknown as MessageDraft, "A"), "string");
  });
}

test("D10-4 what is stored is a frozen copy that both sides share below the top", () => {
  const part = { type: "text" as const, text: "x" };
  const draft = { content: [part] };
  const views = normalise(draft, "A");
  assert.ok(typeof views !== "string");
  part.text = "changed";

  assert.deepEqual(views.sent.content, [{ type: "text", text: "x" }]);
  assert.equal(views.sent.content, views.received.content);
  assert.throws(() => Object.assign(views.received, { content: "y" }), TypeError);
});

const cyclic: Record<string, unknown> = { type: "text" };
cyclic["self"] = cyclic;
const deep = Array.from({ length: 20_000 }).reduce<object>((inside) => ({ inside }), {});
const holes = [calls[0]];
holes.length = 2;

for (const [title, draft, problem] of [
  ["a part that contains itself", { content: [cyclic] }, "its `content` contains itself"],
  ["a part nested without end", { content: [{ type: "x", deep }] }, "its `content` is nested deeper than 200 levels"],
  ["a bigint", { content: [{ type: "x", size: 7n }] }, "its `content` holds a bigint, which JSON cannot"],
  ["a hole in the calls", { tool_calls: holes }, "its `tool_calls` is not a list of objects"],
  ["an id that is a number", { tool_calls: [{ ...calls[0], id: 5 }] }, "the `id` of a tool call is a number, not a text"],
  [
    "arguments that are an object",
    { tool_calls: [{ function: { name: "f", arguments: {} } }] },
    "the `arguments` of a function that it calls are an object, not JSON text",
  ],
  ["a function that is a text", { tool_calls: [{ function: "f" }] }, "a function that it calls is a string, not an object"],
  ["a context that is a text", { content: "x", context: "y" }, "its `context` is a string, not an object"],
  [
    "an answer of an unknown role",
    { content: "x", tool_responses: [{ role: "other", content: "y" }] },
    "the `role` of one of its `tool_responses` is none of system, user, assistant, tool, function",
  ],
] as const) {
  test(`${title} is refused with words, however the message comes in`, () => {
    // Wrong on purpose.
    const wrong = draft as unknown as MessageDraft;
    assert.equal(normalise(wrong, "A"), problem);
    assert.equal(readMessage(wrong), problem);
    assert.equal(readMessage(Object.freeze({ role: "user", ...wrong })), problem);
  });
}

test("a call whose parts are missing is a message", () => {
  const draft = { tool_calls: [{}, { id: null, function: null }] } as unknown as MessageDraft;
  assert.notEqual(typeof normalise(draft, "A"), "string");
});

test("a key `__proto__` is copied like any other, and changes no prototype", () => {
  const part = JSON.parse('{"type":"x","__proto__":{"polluted":true}}') as { readonly type: "x" };
  const views = normalise({ content: [part] }, "A");
  assert.ok(typeof views !== "string");
  assert.equal(JSON.stringify(views.sent.content), '[{"type":"x","__proto__":{"polluted":true}}]');
  assert.equal("polluted" in (views.sent.content as readonly object[])[0]!, false);
});

test("what is stored is what JSON keeps of it", () => {
  const part = { type: "x", when: new Date(0), run: () => 7, list: [() => 7] };
  const views = normalise({ content: [part as unknown as { type: "x" }] }, "A");
  assert.ok(typeof views !== "string");
  assert.deepEqual(JSON.parse(JSON.stringify(views.sent.content)), [
    { type: "x", when: "1970-01-01T00:00:00.000Z", list: [null] },
  ]);
});

test("a stored message that is read again keeps the order of its keys", () => {
  for (const draft of ["x", { tool_calls: calls }, { content: "r", role: "tool", tool_call_id: "i" }]) {
    const views = normalise(draft, "A");
    assert.ok(typeof views !== "string");
    const saved = JSON.stringify(views.received);
    assert.equal(JSON.stringify(readMessage(JSON.parse(saved) as MessageDraft)), saved);
    assert.equal(JSON.stringify(readMessage(views.received as MessageDraft)), saved);
  }
});
