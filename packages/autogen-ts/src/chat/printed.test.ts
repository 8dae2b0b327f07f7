import assert from "node:assert/strict";
import { test } from "vitest";
import { pair } from "../../test/pairs.js";
import { memoryStream, type MemoryStream } from "../index.js";

const LINE = "-".repeat(80);
const calls = [
  { id: "c1", type: "function", function: { name: "add", arguments: '{"a":1}' } },
  { function: { name: "", arguments: "" } },
] as const;
const BANNER = "***** Suggested tool call (c1): add *****";
const ANSWER = "***** Response from calling tool (c1) *****";

/** What is printed when the user sends this message outside of a chat. */
async function printed(
  message: Parameters<ReturnType<typeof pair>["user"]["send"]>[0],
  stream: MemoryStream = memoryStream(),
): Promise<string> {
  const { user, bot } = pair([]);
  await user.initiateChat(bot, { message: () => message, maxTurns: 1, stream, stopWhen: () => true });
  return stream.text;
}

test("CONV-05 a plain exchange, without colours", async () => {
  const { user, bot, stream } = pair(["hello back"]);
  await user.initiateChat(bot, { message: "hi", maxTurns: 1, stream });
  assert.equal(stream.text, `user (to bot):\n\nhi\n\n${LINE}\nbot (to user):\n\nhello back\n\n${LINE}\n`);
});

test("CONV-05 with colours the sender's name is yellow", async () => {
  const stream: MemoryStream = Object.defineProperty(memoryStream(), "supportsColor", { value: true });
  assert.equal(await printed("hi", stream), `\u001B[33muser\u001B[0m (to bot):\n\nhi\n\n${LINE}\n`);
});

test("CONV-06 tool calls, with stand-ins for what is missing", async () => {
  const missing = "***** Suggested tool call (No tool call id found):  *****";
  assert.equal(
    await printed({ content: "text", tool_calls: calls }),
    `user (to bot):\n\ntext\n${BANNER}\nArguments: \n{"a":1}\n${"*".repeat(BANNER.length)}\n` +
      `${missing}\nArguments: \n\n${"*".repeat(missing.length)}\n\n${LINE}\n`,
  );
});

test("CONV-06 a function call", async () => {
  const banner = "***** Suggested function call: add *****";
  assert.equal(
    await printed({ content: null, function_call: { name: "add", arguments: "{}" } }),
    `user (to bot):\n\n${banner}\nArguments: \n{}\n${"*".repeat(banner.length)}\n\n${LINE}\n`,
  );
});

const responses = [{ role: "tool", tool_call_id: "c1", content: "3" }] as const;
const RESPONSE = `user (to bot):\n\n${ANSWER}\n3\n${"*".repeat(ANSWER.length)}\n\n${LINE}\n`;

test("CONV-06 answers of tools with a parent of role tool: header, then each answer as a message of its own", async () => {
  assert.equal(await printed({ role: "tool", content: "3", tool_responses: responses }), `user (to bot):\n\n${RESPONSE}`);
});

test("CONV-06 answers of tools with a parent of role user: the parent's own words follow", async () => {
  assert.equal(await printed({ content: "stop", tool_responses: responses }), `user (to bot):\n\n${RESPONSE}stop\n\n${LINE}\n`);
});

for (const [own, perCall, isPrinted] of [
  [null, false, true],
  [null, true, false],
  [true, false, false],
  [false, true, true],
] as const) {
  test(`CONV-07 silent: ${String(own)} of the sender and ${String(perCall)} of the chat ${isPrinted ? "print" : "do not print"}`, async () => {
    const { user, bot, stream } = pair(["r"], { silent: own }, { silent: own });
    await user.initiateChat(bot, { message: "m", maxTurns: 1, silent: perCall, stream });
    assert.equal(stream.text !== "", isPrinted);
  });
}

test("CONV-03 names are stored on both sides and sent, but not for messages with calls", async () => {
  const call = { id: "1", type: "function", function: { name: "f", arguments: "{}" } } as const;
  const { user, bot, model, stream } = pair([{ tool_calls: [call] }, "done"], { functionMap: { f: () => "r" } });
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });

  assert.deepEqual(model.requests[1]?.["messages"], [
    { role: "system", content: "SYS" },
    { role: "user", content: "m", name: "user" },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "1", content: "r" },
  ]);
});

test("CONV-16 the cost of a chat is that of both agents; agents without a model add nothing", async () => {
  const { user, bot, stream } = pair(["a", "b", "c"], { llmConfig: false });
  const first = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  const second = await user.initiateChat(bot, { message: "m", maxTurns: 1, stream });

  const usage = (answers: number): object => ({
    cost: 0,
    prompt_tokens: 10 * answers,
    completion_tokens: 5 * answers,
    total_tokens: 15 * answers,
  });
  assert.deepEqual(first.cost.usageIncludingCachedInference, { total_cost: 0, scripted: usage(2) });
  assert.deepEqual(second.cost.usageExcludingCachedInference, { total_cost: 0, scripted: usage(1) });
  assert.deepEqual(bot.getTotalUsage(), { total_cost: 0, scripted: usage(3) });
});
