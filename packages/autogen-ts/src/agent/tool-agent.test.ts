import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, texts } from "../../test/pairs.js";
import { ConversableAgent, defineTool, registerFunction, type ToolFunction } from "../index.js";

const add = defineTool({
  name: "add",
  description: "Adds two integers",
  parameters: { type: "object", properties: { a: { type: "integer" }, b: { type: "integer" } }, required: ["a", "b"] },
  execute: ({ a, b }: { readonly a: number; readonly b: number }) => a + b,
});
const signature = { description: add.description, name: "add", parameters: add.parameters };
const call = (args: string, name = "add", id: string | undefined = "1"): { readonly tool_calls: readonly object[] } => ({
  tool_calls: [{ ...(id === undefined ? {} : { id }), type: "function", function: { name, arguments: args } }],
});

test("TOOL-08 a call runs with the other agent, and its answer goes back to the model", async () => {
  const { user, bot, model, stream } = pair([call('{"a": 1, "b": 2}') as never, "It is 3."]);
  registerFunction(add, { caller: bot, executor: user });

  const result = await user.initiateChat(bot, { message: "1 + 2?", maxTurns: 2, stream });

  assert.deepEqual(model.requests[0]?.["tools"], [{ type: "function", function: signature }]);
  assert.deepEqual(texts(result.chatHistory), ["1 + 2?", "", "3", "It is 3."]);
  assert.deepEqual(result.chatHistory[2], {
    role: "tool",
    name: "user",
    content: "3",
    tool_responses: [{ role: "tool", tool_call_id: "1", content: "3" }],
  });
  assert.match(stream.text, /\n>>>>>>>> EXECUTING FUNCTION add\.\.\.\n/);
});

test("TOOL-03 the function style fills `functions`, not `tools`", async () => {
  const { user, bot, model, stream } = pair(["ok"]);
  bot.registerForLlm(add, { apiStyle: "function" });
  await user.initiateChat(bot, { message: "m", maxTurns: 1, stream });

  assert.deepEqual(model.requests[0]?.["functions"], [signature]);
  assert.equal(model.requests[0]?.["tools"], undefined);
});

test("TOOL-05 an agent without a model cannot be told about a tool", () => {
  assert.throws(() => new ConversableAgent({ name: "a" }).registerForLlm(add), { code: "no-model" });
});

test("TOOL-06 signatures are added, taken over and removed", async () => {
  const { user, bot, stream } = pair(["ok"]);
  const names = (): unknown => bot.toolOptions.tools?.map((entry) => entry.function.name);
  bot.registerForLlm(add);
  bot.registerForLlm(add, { name: "plus" });
  bot.updateToolSignature({ type: "function", function: { name: "add", description: "newer" } }, false);
  assert.deepEqual(names(), ["plus", "add"]);

  await user.initiateChat(bot, { message: "m", maxTurns: 1, stream });
  assert.deepEqual(stream.warnings, ["The tool `add` is being overridden."]);
  bot.updateToolSignature("unknown", true);
  bot.updateToolSignature("plus", true);
  bot.updateToolSignature("add", true);
  assert.deepEqual(bot.toolOptions, {});
  assert.throws(() => bot.updateToolSignature("add", true), { code: "invalid-option" });
  assert.throws(() => bot.updateToolSignature({ nothing: 1 }, false), { code: "invalid-option" });
  assert.throws(() => bot.updateToolSignature({ type: "function", function: { name: "a b" } }, false), {
    code: "invalid-option",
  });
});

const CALLS: readonly (readonly [title: string, args: string, content: RegExp])[] = [
  ["arguments with line breaks between", '{"a": 1,\n "b": 3}', /^4$/],
  ["arguments that are cut off", '{"a":1,', /^Error: [^]*\n The argument must be in JSON format\.$/],
  ["no arguments (D11-3)", "", /^null$/],
  ["a list (D11-4)", "[1,2]", /^Error: /],
  ["a text (D11-4)", '"x"', /^Error: the arguments must be a JSON object\.$/],
  ["null, as no arguments", "null", /^null$/],
];
for (const [title, args, content] of CALLS) {
  test(`TOOL-10 a call with ${title}`, async () => {
    const { user, bot, stream } = pair([call(args) as never, "ok"], { functionMap: { add: add.execute } });
    const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
    assert.match(texts(result.chatHistory)[2] ?? "", content);
    assert.equal(texts(result.chatHistory)[3], "ok");
  });
}

test("TOOL-10, TOOL-18 unknown tools and errors are told to the model, and the chat goes on", async () => {
  const fails: ToolFunction = () => {
    throw new Error("out of ink");
  };
  const { user, bot, stream } = pair([call("{}", "nope") as never, call("{}", "fails") as never, "ok"], {
    functionMap: { fails },
  });
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 3, stream });
  assert.deepEqual(
    texts(result.chatHistory).filter((text) => text.startsWith("Error")),
    ["Error: Function nope not found.", "Error: out of ink"],
  );
});

test("TOOL-11 raw line breaks and tabs inside of strings are accepted", async () => {
  const echo: ToolFunction = ({ text }: { readonly text: string }) => text;
  const { user, bot, stream } = pair([call('{"text": "a\n\tb"}', "echo") as never, "ok"], { functionMap: { echo } });
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.equal(texts(result.chatHistory)[2], "a\n\tb");
});

test("TOOL-13 results: texts as they are, all else as JSON, nothing as null", async () => {
  const values: readonly unknown[] = ["é", { a: "é" }, [1], undefined, true];
  const { user, bot, stream } = pair([...values.map((_, index) => call("{}", `f${String(index)}`) as never), "ok"], {
    functionMap: Object.fromEntries(
      values.map((value, index) => [`f${String(index)}`, async () => await Promise.resolve(value)]),
    ),
  });
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 6, stream });
  assert.deepEqual(
    result.chatHistory.filter(({ role }) => role === "tool").map(({ content }) => content),
    ["é", '{"a":"é"}', "[1]", "null", "true"],
  );
});

test("TOOL-14 a function call in a list that is handed in is run whatever the role, before tool calls", async () => {
  const { user } = pair([], { functionMap: { f: () => "from f", g: () => "from g" } });
  const messages = [{ role: "user", content: null, function_call: { name: "f", arguments: "{}" }, ...call("{}", "g") }] as never;
  assert.deepEqual(await user.generateReply({ messages }), { role: "function", name: "f", content: "from f" });
});

test("TOOL-17 a call without an id gets an answer without one", async () => {
  const { user, bot, stream } = pair([{ tool_calls: [{ function: { name: "f", arguments: "{}" } }] }, "ok"], {
    functionMap: { f: () => "r" },
  });
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.deepEqual(result.chatHistory[2], {
    role: "tool",
    name: "user",
    content: "r",
    tool_responses: [{ role: "tool", content: "r" }],
  });
});

test("an implementation is told who calls it", async () => {
  let seen: unknown;
  const spy: ToolFunction = (_args, { agent, sender, toolCallId, signal, messages }) => {
    seen = [agent.name, sender?.name, toolCallId, signal.aborted, messages.length];
    return "r";
  };
  const { user, bot, stream } = pair([call("{}", "spy") as never, "ok"], { functionMap: { spy } });
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.deepEqual(seen, ["user", "bot", "1", false, 2]);
});

test("settings can be looked at without showing the key", () => {
  const { bot } = pair([], {}, { llmConfig: { model: "m", api_key: "sk-canary-0123456789" } });
  bot.registerForLlm(add);
  assert.ok(bot.llmConfig !== false);
  assert.deepEqual(bot.llmConfig["tools"], [{ type: "function", function: signature }]);
});
