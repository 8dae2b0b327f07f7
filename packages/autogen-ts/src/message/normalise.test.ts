import assert from "node:assert/strict";
import { test } from "vitest";
import { normalise, type MessageDraft } from "./index.js";

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
