import assert from "node:assert/strict";
import { test } from "vitest";
import { wireMessages, type Message, type ToolCall, type WireMessage } from "./index.js";

const call = (id?: unknown): ToolCall => ({
  ...(id === undefined ? {} : { id: id as string }),
  function: { name: "f", arguments: "{}" },
});
const calls = (...ids: readonly unknown[]): Message => ({ role: "assistant", content: null, tool_calls: ids.map(call) });
const answer = (id?: string, content = `answer to ${String(id)}`): Message => ({
  role: "tool",
  content,
  ...(id === undefined ? {} : { tool_call_id: id }),
});
const user = (content: string): Message => ({ role: "user", content });
const missing = (id: string): Message => answer(id, "There is no answer to this call: the conversation went on without one.");
const stray = (content: string): Message => user(`Answer of a tool to a call that is not part of this conversation:\n${content}`);
/** Calls and answers only, for short expectations. */
const shape = (messages: readonly WireMessage[]): string[] =>
  messages.map(({ role, tool_calls, tool_call_id }) =>
    tool_calls === undefined ? `${role} ${tool_call_id ?? "-"}` : `calls ${tool_calls.map(({ id }) => id ?? "-").join(" ")}`,
  );

for (const [title, messages] of [
  ["a plain chat", [user("a"), { role: "assistant", content: "b" }]],
  ["a call and its answer", [calls("1"), answer("1"), user("a")]],
  ["answers in another order", [calls("1", "2"), answer("2"), answer("1")]],
  ["the same id in two messages", [calls("1"), answer("1"), calls("1"), answer("1")]],
  ["calls without ids", [calls(undefined, undefined), answer(), answer()]],
  ["a legacy call", [{ role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } }, user("a")]],
] as const satisfies readonly (readonly [string, readonly Message[]])[]) {
  test(`${title} goes to the model as it is, uncopied`, () => {
    const wire = wireMessages(messages);
    assert.equal(wire.length, messages.length);
    for (const [index, message] of messages.entries()) assert.equal(wire[index], message);
  });
}

test("a call that was never answered gets an answer that says so, before what came next", () => {
  const last = user("never mind");
  assert.deepEqual(wireMessages([calls("1", "2"), answer("2"), last]), [calls("1", "2"), answer("2"), missing("1"), last]);
  assert.deepEqual(wireMessages([calls("1")]), [calls("1"), missing("1")]);
});

test("an answer without its call becomes a text of the user", () => {
  assert.deepEqual(wireMessages([answer("1", "42")]), [stray("42")]);
  assert.deepEqual(wireMessages([calls("1"), answer("1"), answer("1", "again")]), [calls("1"), answer("1"), stray("again")]);
  assert.deepEqual(wireMessages([calls("1"), user("wait"), answer("1", "42")]), [
    calls("1"),
    missing("1"),
    user("wait"),
    stray("42"),
  ]);
});

test("a stray answer between calls and answers stands behind the answers", () => {
  const legacy: Message = { role: "function", name: "f", content: "r" };
  assert.deepEqual(wireMessages([calls("1"), answer("7", "x"), legacy, answer("1")]), [
    calls("1"),
    answer("1"),
    stray("x"),
    legacy,
  ]);
});

test("parts of a stray answer stay parts", () => {
  const [message] = wireMessages([{ role: "tool", content: [{ type: "text", text: "42" }] }]);
  assert.deepEqual(message, {
    role: "user",
    content: [
      { type: "text", text: "Answer of a tool to a call that is not part of this conversation:\n" },
      { type: "text", text: "42" },
    ],
  });
});

test("calls of one message that share an id get ids of their own, and so do their answers", () => {
  const wire = wireMessages([calls("1", "1", "1-2"), answer("1", "first"), answer("1", "second"), answer("1-2")]);
  assert.deepEqual(shape(wire), ["calls 1 1-3 1-2", "tool 1", "tool 1-3", "tool 1-2"]);
  assert.deepEqual(wire.map(({ content }) => content).slice(1, 3), ["first", "second"]);
});

test("an id that is no text is replaced", () => {
  assert.deepEqual(shape(wireMessages([calls(5), answer(5 as unknown as string)])), ["calls call-2", "tool call-2"]);
});

test("only an assistant calls", () => {
  const odd = { ...calls("1"), role: "tool", tool_call_id: "0" } as Message;
  assert.deepEqual(wireMessages([odd]), [calls("1"), missing("1")]);
});
