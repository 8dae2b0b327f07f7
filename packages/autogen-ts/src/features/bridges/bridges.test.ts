import assert from "node:assert/strict";
import { DynamicTool, tool as langChainTool } from "@langchain/core/tools";
import { jsonSchema, tool as aiTool } from "ai";
import { test } from "vitest";
import { z } from "zod";
import { AssistantAgent, registerFunction, UserProxyAgent, type EventBody } from "../../index.js";
import { scriptedModel } from "../testing/index.js";
import { fromAiSdk, fromAiSdkTools, fromLangChain, type BridgedTool } from "./index.js";

const weather = langChainTool(async ({ city, days }) => ({ city, days, sky: "klar ☀" }), {
  name: "Get Weather",
  description: "Tells the weather",
  schema: z.object({ city: z.string().describe("where"), days: z.number().int().default(1) }),
});

/** What the model of a chat reads of one call. */
async function answerOf(tool: BridgedTool, args: object, onEvent: (event: EventBody) => void = () => undefined): Promise<string> {
  const call = {
    tool_calls: [{ id: "1", type: "function" as const, function: { name: tool.name, arguments: JSON.stringify(args) } }],
  };
  const model = scriptedModel(call, "TERMINATE");
  const bot = new AssistantAgent({ name: "bot", llmConfig: model.llmConfig });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  registerFunction(tool, { caller: bot, executor: user });
  await user.initiateChat(bot, { message: "go", silent: true, onEvent });
  const sent = model.requests[1]?.["messages"] as readonly { readonly role: string; readonly content: string }[];
  return sent.find(({ role }) => role === "tool")?.content ?? "";
}

test("INTEG-09 a LangChain tool named with capitals and a space is called, its required fields are kept", async () => {
  const tool = fromLangChain(weather);
  assert.equal(tool.name, "get_weather");
  assert.deepEqual(tool.parameters["required"], ["city"]);
  assert.equal(await answerOf(tool, { city: "Oslo" }), '{"city":"Oslo","days":1,"sky":"klar ☀"}');
});

test("wrong arguments are refused by the LangChain tool itself", async () => {
  const message = /^Received tool input did not match expected schema/;
  await assert.rejects(async () => await fromLangChain(weather).execute({ city: 7 }), { message });
});

test("a LangChain tool that takes a text gets it as `input`; JSON Schema is taken as it is", async () => {
  const shout = new DynamicTool({ name: "shout", description: "Shouts", func: async (text) => text.toUpperCase() });
  assert.equal(await answerOf(fromLangChain(shout), { input: "hi" }), "HI");
  const schema = { type: "object", properties: { a: { type: "number" } }, required: ["a"] } as const;
  const twice = langChainTool((input: unknown) => 2 * (input as { a: number }).a, {
    name: "twice",
    description: "Doubles",
    schema,
  });
  const bridged = fromLangChain(twice);
  assert.deepEqual(bridged.parameters, schema);
  assert.equal(await answerOf(bridged, { a: 21 }), "42");
});

test("the signal of a chat reaches a LangChain tool", async () => {
  const stop = new AbortController();
  let seen: AbortSignal | undefined;
  const slow = langChainTool(async (_input, config: { signal?: AbortSignal }) => ((seen = config.signal), "done"), {
    name: "slow",
    description: "Takes long",
    schema: z.object({}),
  });
  await fromLangChain(slow).execute({}, { signal: stop.signal });
  stop.abort();
  assert.equal(seen?.aborted, true);
});

const convert = aiTool({
  description: "Converts",
  inputSchema: z.object({ celsius: z.number(), digits: z.number().default(1) }),
  execute: async ({ celsius, digits }) => (celsius * 1.8 + 32).toFixed(digits),
});

test("an AI SDK tool is called with checked arguments and defaults", async () => {
  const tool = fromAiSdk("to fahrenheit", convert);
  assert.equal(tool.name, "to_fahrenheit");
  assert.deepEqual(tool.parameters["required"], ["celsius"]);
  assert.equal(await answerOf(tool, { celsius: 20 }), "68.0");
  const message = /^The arguments are wrong: celsius: Invalid input: expected number/;
  await assert.rejects(async () => await tool.execute({ celsius: "warm" }), { code: "invalid-option", message });
});

test("an AI SDK tool with the SDK's own `jsonSchema` is checked by its own validator", async () => {
  const inputSchema = jsonSchema<{ a: number }>(
    { type: "object", properties: { a: { type: "number" } }, required: ["a"] },
    {
      validate: (value) =>
        typeof (value as { a?: unknown }).a === "number"
          ? { success: true, value: value as { a: number } }
          : { success: false, error: new Error("a is no number") },
    },
  );
  const [tool] = fromAiSdkTools({ twice: aiTool({ inputSchema, execute: ({ a }) => 2 * a }) });
  assert.ok(tool);
  assert.equal(await answerOf(tool, { a: 21 }), "42");
  await assert.rejects(async () => await tool.execute({}), { message: "The arguments are wrong: a is no number" });
});

test("of the values of a streaming AI SDK tool the last is for the model, the others are progress", async () => {
  const count = aiTool({
    inputSchema: z.object({}),
    async *execute() {
      yield "one";
      yield "two";
      yield "three";
    },
  });
  const progress: string[] = [];
  const answer = await answerOf(fromAiSdk("count", count), {}, (event) => {
    if (event.type === "tool.progress") progress.push(`${event.agent} ${event.tool} ${JSON.stringify(event.update)}`);
  });
  assert.equal(answer, "three");
  assert.deepEqual(progress, ['user count "one"', 'user count "two"']);
});

test("an AI SDK tool that needs an approval is not run without one", async () => {
  const runs: unknown[] = [];
  const drop = aiTool({
    inputSchema: z.object({ table: z.string() }),
    needsApproval: true,
    execute: (input) => runs.push(input),
  });
  assert.match(await answerOf(fromAiSdk("drop", drop), { table: "a" }), /^Error: The call of `drop` needs an approval/);
  assert.equal(runs.length, 0);
  const approve = (_name: string, input: unknown): boolean => (input as { table: string }).table === "b";
  const asked = fromAiSdk("drop", drop, { approve });
  assert.match(await answerOf(asked, { table: "a" }), /needs an approval/);
  assert.equal(await answerOf(asked, { table: "b" }), "1");
  assert.deepEqual(runs, [{ table: "b" }]);
});

test("an AI SDK tool may say what the model reads", async () => {
  const tool = aiTool({
    inputSchema: z.object({}),
    execute: () => ({ rows: 3 }),
    toModelOutput: ({ output }) => ({ type: "text" as const, value: `${String(output.rows)} rows` }),
  });
  assert.equal(await answerOf(fromAiSdk("rows", tool), {}), "3 rows");
});

test("bad input: what is no tool, cannot be run, or has no JSON Schema is refused at once", () => {
  assert.throws(() => fromLangChain({ name: "x" } as never), { code: "invalid-option", message: /no tool of LangChain/ });
  assert.throws(() => fromAiSdk("client", { inputSchema: z.object({}) }), {
    code: "invalid-option",
    message: /`client`.*no `execute`/,
  });
  const inputSchema = z.object({ at: z.date() });
  assert.throws(() => fromAiSdk("dated", { inputSchema, execute: () => 1 }), {
    code: "invalid-option",
    message: /`dated`.*JSON Schema/,
  });
});
