import assert from "node:assert/strict";
import { test } from "vitest";
import { modelServer } from "../../test/model-server.js";
import { pair, texts, type Pair } from "../../test/pairs.js";
import {
  allOf,
  anyOf,
  contains,
  costLimit,
  endsWith,
  externalStop,
  maxMessages,
  timeLimit,
  tokenLimit,
  toolCalled,
  type ChatResult,
  type Host,
  type MessagePredicate,
  type RunEvent,
  type StopCondition,
} from "../index.js";
import { host } from "../platform/node/host.js";

const answers = ["one", "two", "three DONE", "four", "five"];
const chat = async ({ user, bot, stream }: Pair, stopWhen: StopCondition | MessagePredicate): Promise<ChatResult> =>
  await user.initiateChat(bot, { message: "go", stopWhen, stream });

const CASES: readonly (readonly [title: string, condition: StopCondition | MessagePredicate, last: string, reason: string])[] = [
  ["endsWith", endsWith("DONE"), "three DONE", "termination-message"],
  ["contains", contains("wo"), "two", "termination-message"],
  ["maxMessages, an answer", maxMessages(4), "two", "max-messages"],
  ["maxMessages, a message of the sender", maxMessages(3), "", "max-messages"],
  ["tokenLimit, 15 tokens an answer", tokenLimit(30), "two", "budget"],
  ["anyOf", anyOf(endsWith("DONE"), maxMessages(2)), "one", "max-messages"],
  ["allOf", allOf(contains("o"), maxMessages(3)), "two", "max-messages"],
];
for (const [title, condition, last, reason] of CASES) {
  test(`${title} ends a chat after the message that meets it`, async () => {
    const result = await chat(pair(answers), condition);
    assert.equal(texts(result.chatHistory).at(-1), last);
    assert.equal(result.stopReason, reason);
    assert.notEqual(result.stopDetail, null);
  });
}

test("toolCalled ends a chat before the tool runs", async () => {
  const ran: string[] = [];
  const call = { id: "1", type: "function", function: { name: "submit", arguments: "{}" } } as const;
  const two = pair([{ tool_calls: [call] }], { functionMap: { submit: () => ran.push("x") } });

  const result = await chat(two, toolCalled("submit"));

  assert.equal(result.stopReason, "termination-message");
  assert.deepEqual(ran, []);
});

test("costLimit counts what models have cost", async () => {
  await using server = await modelServer({ bot: answers });
  // 15 tokens an answer at one dollar per thousand.
  const entry = { model: "m", base_url: server.base("bot"), api_key: "test-key", price: [1, 1] as const };
  const two = pair([], {}, { llmConfig: { config_list: [entry], cache_seed: null } });

  const result = await chat(two, costLimit(0.03));

  assert.equal(texts(result.chatHistory).at(-1), "two");
  assert.equal(result.stopReason, "budget");
  assert.equal(result.cost.usageIncludingCachedInference.total_cost, 0.03);
});

test("timeLimit is measured by the clock of the host", async () => {
  let now = 1_000;
  const clock: Host = Object.create(host) as Host;
  clock.now = () => (now += 40);
  const { user, bot, stream } = pair(answers);

  const result = await user.initiateChat(bot, { message: "go", stopWhen: timeLimit(100), host: clock, stream });

  assert.deepEqual(texts(result.chatHistory), ["go", "one", ""]);
  assert.equal(result.stopReason, "budget");
});

test("externalStop ends a chat after the message under way", async () => {
  const button = externalStop();
  const { user, bot, stream } = pair(["one", () => (button.stop("the user has left"), "two"), "three"]);

  const result = await user.initiateChat(bot, { message: "go", stopWhen: button, stream });

  assert.deepEqual(texts(result.chatHistory), ["go", "one", "", "two"]);
  assert.equal(result.stopReason, "external-stop");
  assert.equal(result.stopDetail, "the user has left");
});

test("predicates serve as isTerminationMsg too", async () => {
  const { user, bot, stream } = pair(answers, { isTerminationMsg: endsWith("DONE") });
  const result = await user.initiateChat(bot, { message: "go", stream });
  assert.deepEqual(texts(result.chatHistory).at(-1), "three DONE");
});

for (const limit of [0, -1, Number.NaN, "3" as unknown as number]) {
  test(`bad input: a limit of ${String(limit)} is an error`, () => {
    for (const make of [maxMessages, tokenLimit, costLimit, timeLimit])
      assert.throws(() => make(limit), { code: "invalid-option" });
  });
}

const repeat = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
const LOOPS: readonly (readonly [title: string, replies: readonly string[], messages: number])[] = [
  ["the same answer", repeat(20, () => "again"), 16],
  ["two answers in turn", repeat(30, (index) => (index % 2 === 0 ? "A" : "B")), 32],
  ["empty answers", repeat(20, () => ""), 12],
  ["courtesies", repeat(20, (index) => `Thank you, ${String(index)} times!`), 20],
];
for (const [title, replies, messages] of LOOPS) {
  test(`loop detection: ${title} of a model are first warned of, then end the chat`, async () => {
    const { user, bot, stream } = pair(replies);
    const events: RunEvent[] = [];

    const result = await user.initiateChat(bot, { message: "go", stream, onEvent: (event) => events.push(event) });

    assert.equal(result.stopReason, "loop");
    assert.equal(result.chatHistory.length, messages);
    assert.match(result.stopDetail ?? "", /in a row$/);
    const warnings = events.filter((event) => event.type === "warning" && event.code === "loop-suspected");
    assert.equal(warnings.length, 1);
  });
}

test("loop detection: canned replies may repeat for ever, and it can be switched off", async () => {
  const canned = pair(
    [],
    { maxConsecutiveAutoReply: 50 },
    { llmConfig: false, defaultAutoReply: "same", maxConsecutiveAutoReply: 50 },
  );
  const off = pair(repeat(20, () => "again"));

  const first = await canned.user.initiateChat(canned.bot, { message: "go", stream: canned.stream });
  const second = await off.user.initiateChat(off.bot, { message: "go", maxTurns: 20, loopDetection: false, stream: off.stream });

  assert.equal(first.stopReason, "max-auto-replies");
  assert.equal(second.chatHistory.length, 40);
});

test("loop detection: an answer that differs starts the count anew", async () => {
  const { user, bot, stream } = pair([...repeat(7, () => "again"), "new", ...repeat(7, () => "again")]);
  const result = await user.initiateChat(bot, { message: "go", maxTurns: 15, stream });
  assert.equal(result.stopReason, "max-turns");
});
