import assert from "node:assert/strict";
import { test } from "vitest";
import { AssistantAgent, IOStream, memoryStream, UserProxyAgent, type MemoryStream } from "../../../index.js";
import { questionStream } from "../../../io/index.js";
import { scriptedModel } from "../../../features/testing/index.js";
import { program, start } from "../../../../test/programs.js";

/** A chat whose human answers twice; every text names the chat that it belongs to. */
async function chatNamed(name: string): Promise<readonly string[]> {
  const model = scriptedModel(`${name} 1`, async () => await Promise.resolve(`${name} 2`), `${name} 3`);
  const user = new UserProxyAgent({ name: `${name}-user`, humanInputMode: "ALWAYS", codeExecutionConfig: false });
  const bot = new AssistantAgent({ name: `${name}-bot`, llmConfig: model.llmConfig });
  return (await user.initiateChat(bot, { message: `${name} 0` })).humanInput;
}

test("IO-03 two chats at once with two streams of their own mix neither output nor input", async () => {
  const names = ["red", "blue"] as const;
  const streams = new Map(names.map((name) => [name, memoryStream([`${name} a`, `${name} b`, "exit"])]));
  const inputs = await Promise.all(
    names.map(async (name) => await IOStream.withDefault(streams.get(name)!, async () => await chatNamed(name))),
  );
  assert.deepEqual(inputs, [
    ["red a", "red b", "exit"],
    ["blue a", "blue b", "exit"],
  ]);
  for (const [name, other] of [
    ["red", "blue"],
    ["blue", "red"],
  ] as const) {
    const { text, prompts } = streams.get(name)!;
    assert.ok(text.includes(`${name} b`));
    assert.ok(![text, ...prompts].some((one) => one.includes(other)));
  }
});

test("IO-03 the stream may also be given with the chat", async () => {
  const outside = memoryStream();
  const own: MemoryStream = memoryStream(["exit"]);
  const user = new UserProxyAgent({ name: "user", humanInputMode: "ALWAYS", codeExecutionConfig: false });
  const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel("hello").llmConfig });
  await IOStream.withDefault(outside, async () => await user.initiateChat(bot, { message: "hi", stream: own }));
  assert.equal(outside.text, "");
  assert.equal(own.prompts.length, 1);
});

test("IO-04 a chat with human input and a tool call writes nothing outside of its stream", async () => {
  await using chatting = await program(`
    import { AssistantAgent, IOStream, memoryStream, UserProxyAgent } from "./index.ts";
    import { scriptedModel } from "./features/testing/index.ts";
    const call = { id: "call-1", type: "function", function: { name: "add", arguments: '{"a":1}' } };
    const model = scriptedModel({ tool_calls: [call] }, "done TERMINATE");
    const user = new UserProxyAgent({
      name: "user", humanInputMode: "TERMINATE", codeExecutionConfig: false,
      functionMap: { add: ({ a }) => String(a + 1) },
    });
    const bot = new AssistantAgent({ name: "bot", llmConfig: model.llmConfig });
    const stream = memoryStream(["exit"]);
    await IOStream.withDefault(stream, async () => await user.initiateChat(bot, { message: "add" }));
    process.stdout.write(JSON.stringify({ prompts: stream.prompts.length, ran: stream.text.includes("EXECUTING FUNCTION add") }));
  `);
  const running = start(chatting);
  running.child.stdin.end();
  assert.equal(await running.ended, 0, running.stderr);
  assert.equal(running.stdout, '{"prompts":1,"ran":true}');
  assert.equal(running.stderr, "");
});

test("a question of a chat can be answered later, by someone who only knows its id", async () => {
  const user = new UserProxyAgent({ name: "user", humanInputMode: "ALWAYS", codeExecutionConfig: false });
  const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel("hello").llmConfig });
  const ids: string[] = [];
  const stream = questionStream({
    onQuestion: ({ id }) => {
      ids.push(id);
      queueMicrotask(() => stream.answer(id, "exit"));
    },
  });
  const { humanInput } = await user.initiateChat(bot, { message: "hi", stream });
  assert.deepEqual([humanInput, ids], [["exit"], ["question-1"]]);
});

test("an abort ends a chat whose question waits, and its question", async () => {
  const user = new UserProxyAgent({ name: "user", humanInputMode: "ALWAYS", codeExecutionConfig: false });
  const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel("hello").llmConfig });
  const stop = new AbortController();
  const stream = questionStream({ onQuestion: () => stop.abort() });
  await assert.rejects(user.initiateChat(bot, { message: "hi", stream, signal: stop.signal }), { code: "aborted" });
  assert.deepEqual(stream.pending, []);
});
