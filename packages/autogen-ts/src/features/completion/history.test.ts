import assert from "node:assert/strict";
import { afterEach, test } from "vitest";
import { memoryStream, InMemoryCache, IOStream, OpenAIWrapper } from "../../index.js";
import { people, shortChat } from "../../../test/logs.js";
import { scriptedModel } from "../testing/index.js";
import { ChatCompletion, Completion, type CallHistory } from "./index.js";

afterEach(() => {
  ChatCompletion.stopLogging();
  Completion.stopLogging();
});

const ask = async (client: OpenAIWrapper, ...messages: readonly object[]): Promise<object> => {
  const { choices } = await client.create({ messages });
  return choices[0]?.message ?? {};
};
const user = (content: string): object => ({ role: "user", content });

/** Three turns, each with the whole conversation. */
async function threeTurns(): Promise<void> {
  const { llmConfig } = scriptedModel("one", "two", "three");
  const client = new OpenAIWrapper(llmConfig);
  const messages: object[] = [];
  for (const text of ["a", "b", "c"]) {
    messages.push(user(text));
    messages.push(await ask(client, ...messages));
  }
}

const TOKENS = { model: "scripted", prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

test("LOG-11 compact: a chat of three turns is one key with three items", async () => {
  ChatCompletion.startLogging();
  await threeTurns();
  const history = ChatCompletion.loggedHistory ?? {};
  const [key = "", ...others] = Object.keys(history);
  assert.deepEqual(others, []);
  assert.deepEqual(history[key], { created_at: [0, 1, 2], cost: [0, 0, 0], token_count: [TOKENS, TOKENS, TOKENS] });
  const messages = JSON.parse(key) as { readonly content: string }[];
  assert.deepEqual(
    messages.map(({ content }) => content),
    ["a", "one", "b", "two", "c", "three"],
  );
  assert.deepEqual(Object.keys(messages[0] ?? {}), ["content", "role"], "keys are sorted");
});

test("LOG-11 compact: a chat of agents is one key, too, and another one is another", async () => {
  ChatCompletion.startLogging();
  await shortChat(3);
  await shortChat(2);
  const records = Object.values(ChatCompletion.loggedHistory ?? {});
  assert.deepEqual(
    records.map((record) => ("created_at" in record ? record.created_at : null)),
    [
      [0, 1, 2],
      [3, 4],
    ],
  );
});

test("LOG-11 one by one: a chat of three turns has three keys, with request, response and cost", async () => {
  Completion.startLogging({ compact: false });
  await threeTurns();
  const history = Completion.loggedHistory ?? {};
  assert.deepEqual(Object.keys(history), ["0", "1", "2"]);
  const record = history["1"];
  assert.ok(record !== undefined && "request" in record);
  assert.deepEqual(record.request["messages"], [user("a"), { role: "assistant", content: "one" }, user("b")]);
  assert.equal(record.response.choices[0]?.message?.content, "two");
  assert.equal(record.response.cost, 0);
});

test("LOG-11 a given object is filled in place and its conversations go on; counting goes on only if asked to", async () => {
  const historyDict: CallHistory = {};
  const { llmConfig } = scriptedModel("one", "two", "three");
  const client = new OpenAIWrapper(llmConfig);
  ChatCompletion.startLogging({ historyDict });
  const first = await ask(client, user("a"));
  ChatCompletion.startLogging({ historyDict, resetCounter: false });
  const second = await ask(client, user("a"), first, user("b"));
  assert.equal(ChatCompletion.loggedHistory, historyDict);
  ChatCompletion.stopLogging();
  assert.equal(ChatCompletion.loggedHistory, null);
  ChatCompletion.startLogging({ historyDict, resetCounter: false });
  await ask(client, user("a"), first, user("b"), second, user("c"));
  const [record, ...others] = Object.values(historyDict);
  assert.deepEqual(others, []);
  assert.deepEqual(record !== undefined && "created_at" in record ? record.created_at : null, [0, 1, 0]);
});

test("LOG-11 answers of a cache are kept, failures are not, and nothing after the end", async () => {
  const { llmConfig } = scriptedModel("one", new Error("down"));
  const client = new OpenAIWrapper({ ...llmConfig, cache_seed: 1, cache: new InMemoryCache() });
  ChatCompletion.startLogging({ compact: false });
  await ask(client, user("a"));
  await ask(client, user("a"));
  await assert.rejects(ask(client, user("b")));
  const history = ChatCompletion.loggedHistory ?? {};
  ChatCompletion.stopLogging();
  await ask(client, user("a"));
  assert.deepEqual(Object.keys(history), ["0", "1"]);
});

const printed = async (act: () => void): Promise<string> => {
  const stream = memoryStream();
  await IOStream.withDefault(stream, act);
  return stream.text;
};

for (const compact of [true, false]) {
  test(`LOG-12 printUsageSummary says cost and tokens by model (${compact ? "compact" : "one by one"})`, async () => {
    ChatCompletion.startLogging({ compact });
    await threeTurns();
    const text = await printed(() => ChatCompletion.printUsageSummary());
    assert.equal(
      text,
      "Total cost: 0\nToken count summary for model scripted: prompt_tokens: 30, completion_tokens: 15, total_tokens: 45\n",
    );
  });
}

test("LOG-12 without a history there is no summary; an unknown price is no zero", async () => {
  assert.equal(await printed(() => ChatCompletion.printUsageSummary()), "No usage summary available.\n");
  const record = { created_at: [0, 1], cost: [0.25, null], token_count: [TOKENS, TOKENS] };
  ChatCompletion.startLogging({ historyDict: { "[]": record } });
  const text = await printed(() => ChatCompletion.printUsageSummary());
  assert.match(text, /^Total cost: 0\.25, and 1 calls of unknown price\n/u);
});

test("LOG-11 an answer with calls goes on when its results are there", async () => {
  const call = { id: "call_1", type: "function", function: { name: "double", arguments: '{"n":21}' } } as const;
  const { user: asking, assistant } = people({ tool_calls: [call] }, "42");
  asking.registerFunctionMap({ double: () => "42" });
  ChatCompletion.startLogging();
  await asking.initiateChat(assistant, { message: "21 times 2?", silent: true, maxTurns: 2 });
  assert.deepEqual(
    Object.values(ChatCompletion.loggedHistory ?? {}).map((record) => ("cost" in record ? record.cost.length : 0)),
    [2],
  );
});
