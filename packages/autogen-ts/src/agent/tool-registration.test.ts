import assert from "node:assert/strict";
import { test } from "vitest";
import { z } from "zod";
import { pair, texts } from "../../test/pairs.js";
import {
  AssistantAgent,
  ConversableAgent,
  defineTool,
  memoryStream,
  registerFunction,
  UserProxyAgent,
  type Tool,
  type ToolFunction,
} from "../index.js";
import { scriptedModel } from "../features/testing/index.js";

const called = (name: string, args = "{}", id = "c1"): object => ({ id, type: "function", function: { name, arguments: args } });
const ping = defineTool({ name: "ping", description: "Answers pong", execute: () => "pong" });

test("TOOL-04 name, description and parameters of a function are remembered from agent to agent", () => {
  const { bot } = pair([]);
  const other = pair([]).bot;
  function add({ a, b }: { readonly a: number; readonly b: number }): number {
    return a + b;
  }
  const parameters = z.object({ a: z.number(), b: z.number() });
  assert.throws(() => bot.registerForLlm(add), { code: "invalid-option", message: /a description is required the first time/ });
  assert.equal(bot.registerForLlm({ name: "plus", description: "Adds", parameters })(add), add); // as a decorator would
  other.registerForLlm(add);
  other.registerForLlm(add, { description: "Sums up", apiStyle: "function" });
  other.registerForExecution(add);

  const [entry] = bot.toolOptions.tools ?? [];
  assert.deepEqual(other.toolOptions.tools, [entry]);
  assert.deepEqual([entry?.function.name, entry?.function.description], ["plus", "Adds"]);
  assert.deepEqual(other.toolOptions.functions, [{ ...entry?.function, description: "Sums up" }]);
  assert.equal(other.canExecuteFunction("plus"), true);
  assert.throws(() => bot.registerForLlm(() => 1, { description: "D" }), { message: /cannot be the name of a tool/ });
});

test("TOOL-04 a function that was registered with parameters is checked, one without is not; frozen ones are registered too", async () => {
  const checked: ToolFunction = ({ n }: { readonly n: number }) => n;
  const free: ToolFunction = Object.freeze((args: object) => Object.keys(args).join());
  const { user, bot, stream } = pair([
    { tool_calls: [called("checked", '{"n": "x"}', "1"), called("free", '{"any": 1}', "2")] } as never,
    "ok",
  ]);
  registerFunction(checked, { caller: bot, executor: user, description: "D", parameters: z.object({ n: z.number() }) });
  bot.registerForLlm(free, { name: "free", description: "D" });
  user.registerForExecution({ name: "free" })(free);
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.match(texts(result.chatHistory)[2] ?? "", /^Error: the arguments do not fit the parameters of checked[^]*\n\nany$/);
});

test("TOOL-06 rows that refuse: no model, no object, no list to remove from", () => {
  const { bot } = pair([]);
  const bare = new ConversableAgent({ name: "bare" });
  for (const update of ["updateToolSignature", "updateFunctionSignature"] as const) {
    assert.throws(() => bare[update]({ function: { name: "f" }, name: "f" }, false), { code: "no-model" });
    assert.throws(() => bot[update]("text", false), { code: "invalid-option", message: /is an object with a `name`/ });
    assert.throws(() => bot[update]("gone", true), { code: "invalid-option", message: /`gone` cannot be removed/ });
  }
});

test("TOOL-07 rules of the function map", async () => {
  const agent = new ConversableAgent({ name: "agent", functionMap: { f: () => 1 }, humanInputMode: "NEVER" });
  assert.deepEqual(
    [agent.canExecuteFunction("f"), agent.canExecuteFunction(["f", "g"]), agent.canExecuteFunction([])],
    [true, false, true],
  );
  const same: ToolFunction = () => 2;
  agent.registerFunctionMap({ f: same, g: () => 3, "A_z-9": () => 4 });
  agent.registerFunctionMap({ f: same, g: null, gone: null });
  assert.deepEqual([...agent.functionMap.keys()], ["f", "A_z-9"]);
  for (const name of ["a b", "", "é", "x".repeat(65)]) {
    assert.throws(() => agent.registerFunctionMap({ [name]: () => 1 }), {
      code: "invalid-option",
      message: /cannot be the name of a tool/,
    });
  }

  const stream = memoryStream();
  const peer = new ConversableAgent({ name: "peer", humanInputMode: "NEVER" });
  await peer.initiateChat(agent, { message: "m", maxTurns: 1, stream });
  assert.deepEqual(stream.warnings, [
    "The function `f` of agent `agent` is being overridden.",
    "The function `gone` of agent `agent` is not there to be removed.",
  ]);
});

test("TOOL-07 what is put over a tool in the function map is run as it is, without the tool's checks", async () => {
  const strict = defineTool({ name: "f", description: "D", parameters: z.object({ n: z.number() }), execute: () => "tool" });
  const { user, bot, stream } = pair([{ tool_calls: [called("f")] } as never, "ok"]);
  registerFunction(strict, { caller: bot, executor: user });
  user.functionMap.set("f", () => "own");
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.equal(texts(result.chatHistory)[2], "own");
});

test("TOOL-08, TOOL-09 several calls: answers in order behind the calls, their texts joined by a blank line", async () => {
  const echo = defineTool({ name: "echo", description: "D", parameters: z.object({ s: z.string() }), execute: ({ s }) => s });
  const tool_calls = ["a", "b", "c"].map((s) => called("echo", JSON.stringify({ s }), s));
  const { user, bot, model, stream } = pair([{ tool_calls } as never, "ok"]);
  registerFunction(echo, { caller: bot, executor: user });
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.equal(texts(result.chatHistory)[2], "a\n\nb\n\nc");
  assert.deepEqual((model.requests[1]?.["messages"] as readonly object[] | undefined)?.slice(2), [
    { role: "assistant", content: null, tool_calls },
    { role: "tool", content: "a", tool_call_id: "a" },
    { role: "tool", content: "b", tool_call_id: "b" },
    { role: "tool", content: "c", tool_call_id: "c" },
  ]);
});

test("TOOL-15 names in calls are made acceptable and cut to 64 characters", async () => {
  const long = "x".repeat(70);
  const { user, bot, stream } = pair(
    [{ tool_calls: [called("functions.ping!", "{}", "1"), called(long, "{}", "2")] } as never, "ok"],
    {
      functionMap: { [long.slice(0, 64)]: () => "cut" },
    },
  );
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.equal(texts(result.chatHistory)[2], "Error: Function functions_ping_ not found.\n\ncut");
});

test("TOOL-16 a termination message with calls is not executed, and a person's words take the place of results", async () => {
  let ran = 0;
  const count = defineTool({ name: "count", description: "D", execute: () => (ran += 1) });
  const last = { content: "Done. TERMINATE", tool_calls: [called("count")] } as never;
  const end = pair([last]);
  registerFunction(count, { caller: end.bot, executor: end.user });
  assert.equal((await end.user.initiateChat(end.bot, { message: "m", stream: end.stream })).stopReason, "termination-message");

  const human = pair([{ tool_calls: [called("count")] } as never, "ok"], { humanInputMode: "ALWAYS" });
  registerFunction(count, { caller: human.bot, executor: human.user });
  await human.user.initiateChat(human.bot, { message: "m", maxTurns: 2, stream: memoryStream(["wait"]) });
  const messages = human.model.requests[1]?.["messages"] as readonly object[] | undefined;
  assert.deepEqual(messages?.slice(3), [
    { role: "tool", tool_call_id: "c1", content: "USER INTERRUPTED" },
    { role: "user", content: "wait", name: "user" },
  ]);
  assert.equal(ran, 0);
});

test("TOOL-19 console: the call, the banner of its execution, the response", async () => {
  const { user, bot, stream } = pair([{ content: "Let me see.", tool_calls: [called("ping", '{"a":1}')] } as never, "ok"], {
    functionMap: { ping: () => "pong" },
  });
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  const line = "-".repeat(80);
  const banner = "***** Suggested tool call (c1): ping *****";
  const response = "***** Response from calling tool (c1) *****";
  assert.ok(
    stream.text.includes(
      [
        "bot (to user):\n\nLet me see.",
        banner,
        'Arguments: \n{"a":1}',
        "*".repeat(banner.length),
        `\n${line}`,
        "\n>>>>>>>> EXECUTING FUNCTION ping...",
        "user (to bot):\n\nuser (to bot):\n",
        response,
        "pong",
        "*".repeat(response.length),
        `\n${line}\n`,
      ].join("\n"),
    ),
    stream.text,
  );
});

test("TOOL-20 clients of the user's own and usage survive a registration (D11-2)", async () => {
  const { user, bot, model, stream } = pair(["one", "two"]);
  await user.initiateChat(bot, { message: "m", maxTurns: 1, stream });
  const { client } = bot;
  const before = bot.getActualUsage();
  bot.registerForLlm(ping);
  assert.equal(bot.client, client);
  assert.deepEqual(bot.getActualUsage(), before);
  await user.initiateChat(bot, { message: "m", maxTurns: 1, stream });
  assert.equal(model.requests.length, 2); // the same scripted client
});

test("copies of an agent run the same tools with the same checks", async () => {
  const strict = defineTool({ name: "f", description: "D", parameters: z.object({ n: z.number() }), execute: () => "ran" });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  user.registerForExecution(strict);
  const [ok, { content }] = await user.clone().executeFunction({ name: "f", arguments: "{}" });
  assert.equal(ok, false);
  assert.match(content, /do not fit the parameters of f/);
});

const BAD: readonly (readonly [title: string, make: () => unknown, message: RegExp])[] = [
  ["an illegal name", () => defineTool({ ...ping, name: "a b" }), /`a b` cannot be the name of a tool\. Use 1 to 64/],
  ["a name that is too long", () => defineTool({ ...ping, name: "x".repeat(65) }), /cannot be the name of a tool/],
  ["no name", () => defineTool({ ...ping, name: undefined as never }), /A value of type undefined cannot be the name/],
  ["no description", () => defineTool({ ...ping, description: "" }), /`ping` has no description/],
  [
    "no handler",
    () => defineTool({ name: "ping", description: "D", execute: undefined as never }),
    /`ping` has no function `execute`/,
  ],
  [
    "a handler that is none",
    () => new ConversableAgent({ name: "a" }).registerFunctionMap({ f: 1 as never }),
    /`f` for agent `a` is no function/,
  ],
  [
    "a tool made by hand without a handler",
    () => new ConversableAgent({ name: "a" }).registerForExecution({ ...ping, execute: 1 } as never),
    /has no function `execute`/,
  ],
  [
    "nothing to register",
    () => new ConversableAgent({ name: "a" }).registerForExecution(null as never),
    /A tool of `defineTool` or a function is expected/,
  ],
  [
    "an unknown style",
    () => pair([]).bot.registerForLlm(ping, { apiStyle: "x" as never }),
    /`apiStyle` is "x"\. Pass "tool" or "function"/,
  ],
  ["a time limit that is none", () => defineTool({ ...ping, timeoutMs: -1 }), /`timeoutMs` of the tool `ping` is not/],
  ["no room for a result", () => defineTool({ ...ping, maxOutputChars: 1 }), /`maxOutputChars` of the tool `ping` is not/],
  [
    "two tools of one name in the model settings",
    () =>
      new AssistantAgent({
        name: "a",
        llmConfig: {
          ...(scriptedModel().llmConfig as object),
          tools: [1, 2].map(() => ({ type: "function", function: { name: "f" } })),
        },
      }),
    /the tool `f` twice/,
  ],
];
for (const [title, make, message] of BAD) {
  test(`bad input: ${title}`, () => {
    assert.throws(make, { code: "invalid-option", message });
  });
}

test("bad input: a name that is taken is taken over, and said so once", async () => {
  const { user, bot, stream } = pair([{ tool_calls: [called("ping")] } as never, "ok"]);
  const newer: Tool = defineTool({ name: "ping", description: "Newer", execute: () => "new" });
  registerFunction(ping, { caller: bot, executor: user });
  registerFunction(newer, { caller: bot, executor: user });
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.equal(texts(result.chatHistory)[2], "new");
  assert.equal(bot.toolOptions.tools?.length, 1);
  assert.deepEqual(stream.warnings, [
    "The tool `ping` is being overridden.",
    "The function `ping` of agent `user` is being overridden.",
  ]);
});
