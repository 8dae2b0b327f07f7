import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../../test/fake-host.js";
import { pair, rejection, texts } from "../../../test/pairs.js";
import { AutogenError, createRun, isAutogenError, OpenAIWrapper, streamChat, type RunEvent } from "../../index.js";
import { failing, fakeExecutor, scriptedHuman, scriptedModel, streamed, type ScriptedModel } from "./index.js";

const HI = [{ role: "user", content: "hi" }] as const;
const ask = async (model: ScriptedModel): ReturnType<OpenAIWrapper["create"]> =>
  await new OpenAIWrapper(model.llmConfig).create({ messages: HI });

test("a streamed reply arrives in pieces and is one message", async () => {
  const { user, bot } = pair([streamed("Hel", "lo"), { ...streamed("by", "e"), usage: [7, 2] }]);
  const events: RunEvent[] = [];
  const result = await user.initiateChat(bot, {
    message: "m",
    maxTurns: 2,
    silent: true,
    onEvent: (event) => events.push(event),
  });
  const deltas = events.filter((event) => event.type === "llm.delta").map(({ text }) => text);
  assert.deepEqual(deltas, ["Hel", "lo", "by", "e"]);
  assert.deepEqual(texts(result.chatHistory), ["m", "Hello", "", "bye"]);
  assert.equal(result.cost.usageIncludingCachedInference["total_cost"], 0);
});

test("a text is one piece where requests are streamed", async () => {
  const model = scriptedModel("whole");
  const pieces: string[] = [];
  const [run, onToken] = [createRun({ host: fakeHost() }), (text: string): void => void pieces.push(text)];
  await new OpenAIWrapper(model.llmConfig).create({ messages: HI, stream: true, run, onToken });
  assert.deepEqual(pieces, ["whole"]);
});

test("a failure among the pieces breaks the stream off there", async () => {
  const model = scriptedModel(streamed("Hel", failing({ kind: "connection", message: "broke off its answer" })));
  const pieces: string[] = [];
  const [run, onToken] = [createRun({ host: fakeHost() }), (text: string): void => void pieces.push(text)];
  const error = await rejection(new OpenAIWrapper(model.llmConfig).create({ messages: HI, run, onToken }));
  assert.deepEqual(pieces, ["Hel"]);
  assert.ok(isAutogenError(error, "model-failed"));
  assert.match(error.message, /broke off its answer/);
});

test("a reader who leaves between two pieces gets no further ones", async () => {
  const { user, bot, stream } = pair([streamed("a", "b", "c")]);
  const pieces: string[] = [];
  for await (const event of streamChat(user, bot, { message: "m", stream })) {
    if (event.type !== "llm.delta") continue;
    pieces.push(event.text);
    break;
  }
  assert.deepEqual(pieces, ["a"]);
});

for (const [failure, code, kind] of [
  [{ status: 429 }, "model-failed", "rate_limit"],
  [{ status: 401 }, "model-failed", "auth"],
  [{ status: 400, code: "context_length_exceeded" }, "model-failed", "context_length"],
  [{ kind: "timeout" }, "model-timeout", "timeout"],
  [{}, "model-failed", "unknown"],
] as const) {
  test(`failing(${JSON.stringify(failure)}) is ${code} of kind ${kind}`, async () => {
    const error = await rejection(ask(scriptedModel(failing(failure))));
    assert.ok(isAutogenError(error, code));
    assert.equal((error.details as { readonly kind: string }).kind, kind);
  });
}

test("a failing model sends the call to the next entry", async () => {
  const [first, second] = [scriptedModel(failing({ status: 500 })), scriptedModel("second")];
  const list = [first, second].flatMap(({ llmConfig }) => llmConfig.config_list ?? []);
  const response = await new OpenAIWrapper({ config_list: list, cache_seed: null }).create({ messages: HI });
  assert.equal(response.config_id, 1);
});

test("errors are thrown as they are, also by functions, which see the request", async () => {
  const own = new AutogenError("unsupported", "no");
  const model = scriptedModel(own, ({ messages }) => new AutogenError("unsupported", JSON.stringify(messages)));
  assert.equal(await rejection(ask(model)), own);
  assert.match(String(await rejection(ask(model))), /"hi"/);
});

test("usage, model, cost and the reason of the end are those of the reply", async () => {
  const model = scriptedModel(
    { content: "a", usage: [100, 20], model: "big", cost: 0.5, finish_reason: "length" },
    { content: "b", usage: { prompt_tokens: 1 }, cost: null },
    { content: "c", usage: null },
    { tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }] },
  );
  const wrapper = new OpenAIWrapper(model.llmConfig);
  const responses = [];
  for (let round = 0; round < 4; round += 1) responses.push(await wrapper.create({ messages: HI }));
  assert.deepEqual(
    responses.map((one) => [one.model, one.cost, one.usage?.total_tokens, one.choices[0]?.finish_reason]),
    [
      ["big", 0.5, 120, "length"],
      ["scripted", null, undefined, "stop"],
      ["scripted", 0, undefined, "stop"],
      ["scripted", 0, 15, "tool_calls"],
    ],
  );
  assert.deepEqual(wrapper.actualUsageSummary?.["big"], {
    cost: 0.5,
    prompt_tokens: 100,
    completion_tokens: 20,
    total_tokens: 120,
  });
});

test("a request without an answer is named, with its last message", async () => {
  const { user, bot } = pair(["one"]);
  const error = await rejection(user.initiateChat(bot, { message: "the question", maxTurns: 2, silent: true }));
  assert.match(String(error), /Request 2 has no scripted answer: the script has 1\. Its last message, from `user`, is ""\./);
});

test("assertComplete names what was never asked for", async () => {
  const model = scriptedModel("one", "two", "three");
  await ask(model);
  assert.equal(model.repliesLeft, 2);
  assert.throws(() => model.assertComplete(), {
    message: '2 of 3 scripted answers were never asked for. The first of them: "two".',
  });
  await ask(model);
  await ask(model);
  model.assertComplete();
});

test("a scripted human types the lines, and knows which were left", async () => {
  const { user, bot } = pair(["r1", "r2"], { humanInputMode: "ALWAYS" });
  const human = scriptedHuman("more", "exit", "never");
  const result = await user.initiateChat(bot, { message: "m", stream: human });
  assert.deepEqual(texts(result.chatHistory), ["m", "r1", "more", "r2"]);
  assert.equal(human.prompts.length, 2);
  assert.throws(() => human.assertComplete(), {
    message: '1 of 3 scripted lines was never asked for. The first of them: "never".',
  });
  scriptedHuman().assertComplete();
});

test("a fake executor reports the results, and keeps what it was given", async () => {
  const executor = fakeExecutor({ exitCode: 1, output: "boom" }, (blocks) => `ran ${String(blocks.length)}`);
  const code = "```python\nprint(7)\n```";
  const { user, bot } = pair([code, code, "TERMINATE"], { codeExecutionConfig: { executor } });
  const result = await user.initiateChat(bot, { message: "m", silent: true });
  assert.deepEqual(
    texts(result.chatHistory).filter((text) => text.startsWith("exitcode")),
    ["exitcode: 1 (execution failed)\nCode output: boom", "exitcode: 0 (execution succeeded)\nCode output: ran 1"],
  );
  assert.deepEqual(executor.runs, [[{ language: "python", code: "print(7)" }], [{ language: "python", code: "print(7)" }]]);
  executor.assertComplete();
});

test("a fake executor without a result says for which code, throws scripted errors, and hears aborts", async () => {
  const broken = new Error("broken");
  const executor = fakeExecutor(broken);
  const blocks = [{ language: "sh", code: "ls" }];
  const aborted = AbortSignal.abort();
  assert.ok(isAutogenError(await rejection(executor.executeCodeBlocks(blocks, { signal: aborted })), "aborted"));
  assert.throws(() => executor.assertComplete(), { message: /1 of 1 scripted results was never asked for.*broken/ });
  assert.equal(await rejection(executor.executeCodeBlocks(blocks)), broken);
  const error = await rejection(executor.executeCodeBlocks(blocks));
  assert.ok(isAutogenError(error, "executor-failed"));
  assert.match(error.message, /Execution 2 .* first block \(sh\) is "ls"/);
});
