/** What went wrong when models, tools and users gave something else than their types promise. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { contains, isAutogenError, toolCalled, withCarryover, type Message, type MessageDraft } from "../index.js";
import { pair, rejection, texts } from "../../test/pairs.js";

/** Wrong on purpose. */
const wrong = (value: unknown): never => value as never;

for (const [title, call, answer] of [
  ["no function", { id: "1" }, "Error: Function  not found."],
  ["a function that is null", { id: "1", function: null }, "Error: Function  not found."],
  ["a name that is a number", { id: "1", function: { name: 7, arguments: "{}" } }, "Error: Function  not found."],
  ["an id that is a number", { id: 1, function: { name: "f", arguments: "{}" } }, "worked"],
  ["arguments that are an object", { id: "1", function: { name: "f", arguments: { a: 1 } } }, "worked"],
  ["nothing", null, "Error: Function  not found."],
] as const) {
  test(`a model that calls with ${title} is answered, and the chat goes on`, async () => {
    const tools = { functionMap: { f: () => "worked" } };
    const { user, bot, stream } = pair([{ content: null, tool_calls: wrong([call]) }, "fine"], tools);
    const { chatHistory } = await user.initiateChat(bot, { message: "go", maxTurns: 2, stream });
    assert.deepEqual(texts(chatHistory), ["go", "", answer, "fine"]);
  });
}

test("a tool may throw what has no text form", async () => {
  const nothing = { f: () => Promise.reject(wrong(Object.create(null))) };
  const { user, bot, stream } = pair(
    [{ content: null, tool_calls: [{ id: "1", function: { name: "f", arguments: "{}" } }] }, "fine"],
    { functionMap: nothing },
  );
  const { chatHistory } = await user.initiateChat(bot, { message: "go", maxTurns: 2, stream });
  assert.equal(texts(chatHistory)[2], "Error: {}");
});

test("a content function that gives no text is an error with a code", async () => {
  const { user, bot, stream } = pair(["fine"]);
  const message: MessageDraft = { content: wrong(() => 7), context: { a: 1 } };
  assert.ok(isAutogenError(await rejection(user.initiateChat(bot, { message, maxTurns: 1, stream })), "invalid-message"));
});

test("a context that is no JSON cannot be saved, and says so", async () => {
  const { user, bot } = pair([]);
  await user.send({ content: "x", context: { size: 7n } }, bot, false, true);
  assert.ok(isAutogenError(await rejection((async () => user.saveState())()), "invalid-state"));
});

test("carryover that is no JSON is refused before anything is said", () => {
  assert.throws(() => withCarryover("x", [7n]), { code: "invalid-option" });
});

test("conditions look at calls whose parts are missing", async () => {
  const message: Message = wrong({ role: "assistant", content: null, tool_calls: [{}, { function: null }] });
  assert.equal(await toolCalled("f")(message), false);
  assert.equal(await contains("f")(message), false);
});
