import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, rejection, texts } from "../../test/pairs.js";
import {
  anySender,
  AssistantAgent,
  checkTermination,
  ConversableAgent,
  isAutogenError,
  type Agent,
  type AutogenError,
  type ReplyFunction,
  type Trigger,
} from "../index.js";

const quiet = (name: string): ConversableAgent =>
  new ConversableAgent({ name, humanInputMode: "NEVER", defaultAutoReply: "default" });
const says =
  (text: string): ReplyFunction =>
  () => [true, text];
const hello = [{ role: "user", content: "hi" }] as const;

async function replyTo(agent: ConversableAgent, sender: Agent | null): Promise<unknown> {
  return await agent.generateReply({ messages: hello, sender });
}

const sender = quiet("sender");
const TRIGGERS: readonly (readonly [title: string, trigger: Trigger, sender: Agent | null, matches: boolean])[] = [
  ["a class of the sender", ConversableAgent, sender, true],
  ["another class", AssistantAgent, sender, false],
  ["the sender's name", "sender", sender, true],
  ["another name", "other", sender, false],
  ["the sender itself", sender, sender, true],
  ["another agent", quiet("sender"), sender, false],
  ["a predicate that holds", (one) => one?.name === "sender", sender, true],
  ["a predicate that does not", () => false, sender, false],
  ["a list with a match", ["other", ConversableAgent], sender, true],
  ["a list without one", ["other", null], sender, false],
  ["null in a list, without a sender", [null], null, true],
  ["a class, without a sender", [ConversableAgent], null, false],
];
for (const [title, trigger, from, expected] of TRIGGERS) {
  test(`CONV-18 ${title} ${expected ? "matches" : "does not match"}`, async () => {
    const agent = quiet("agent");
    agent.registerReply(trigger, says("special"));
    assert.equal(await replyTo(agent, from), expected ? "special" : "default");
  });
}

test("CONV-18 a name without a sender is an error of its own", async () => {
  const agent = quiet("agent");
  agent.registerReply("sender", says("x"));
  assert.ok(isAutogenError(await rejection(replyTo(agent, null)), "sender-required"));
});

test("CONV-18 a predicate has to give a boolean", async () => {
  const agent = quiet("agent");
  agent.registerReply((() => "yes") as unknown as Trigger, says("x"));
  assert.ok(isAutogenError(await rejection(replyTo(agent, sender)), "invalid-option"));
});

for (const bad of [null, 3, undefined, {}]) {
  test(`CONV-18 ${JSON.stringify(bad) ?? "undefined"} is no trigger`, () => {
    assert.throws(() => quiet("agent").registerReply(bad as Trigger, says("x")), { code: "invalid-option" });
  });
}

test("CONV-19 the latest registration wins, and positions count from the front", async () => {
  const agent = quiet("agent");
  agent.registerReply(anySender, says("first"));
  agent.registerReply(anySender, says("second"));
  assert.equal(await replyTo(agent, sender), "second");

  const placed = quiet("placed");
  placed.registerReply(anySender, says("after the check"), { position: 1 });
  placed.registerReply(anySender, says("after that"), { position: { after: checkTermination } });
  assert.equal(await replyTo(placed, sender), "after that");
  assert.equal(await placed.generateReply({ messages: [{ role: "user", content: "TERMINATE" }], sender }), null);
});

test("CONV-19 a position beside a function that is not in the list is an error", () => {
  assert.throws(() => quiet("agent").registerReply(anySender, says("x"), { position: { before: says("y") } }), {
    code: "invalid-option",
  });
});

test("CONV-19 removeOtherReplyFuncs, replaceReplyFunc and exclude", async () => {
  const [first, second] = [says("first"), says("second")];
  const agent = quiet("agent");
  agent.registerReply(anySender, first, { removeOtherReplyFuncs: true });
  assert.equal(await agent.generateReply({ messages: [{ role: "user", content: "TERMINATE" }], sender }), "first");

  agent.replaceReplyFunc(first, second);
  assert.equal(await replyTo(agent, sender), "second");
  assert.equal(await agent.generateReply({ messages: hello, sender, exclude: [second] }), "default");
});

test("CONV-20 a final null ends the search: nothing is said", async () => {
  const agent = quiet("agent");
  agent.registerReply(anySender, () => [true, null]);
  assert.equal(await replyTo(agent, sender), null);
});

test("CONV-20 termination comes before tools, tools before the model", async () => {
  const ran: string[] = [];
  const { bot, model } = pair(["model"], {}, { functionMap: { f: () => (ran.push("f"), "tool result") } });
  const calling = {
    role: "assistant",
    content: "TERMINATE",
    tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
  } as const;

  assert.equal(await bot.generateReply({ messages: [calling], sender }), null);
  assert.deepEqual(ran, []);
  assert.deepEqual(await bot.generateReply({ messages: [{ ...calling, content: null }], sender }), {
    role: "tool",
    tool_responses: [{ role: "tool", tool_call_id: "1", content: "tool result" }],
    content: "tool result",
  });
  assert.equal(model.requests.length, 0);
});

for (const defaultAutoReply of ["text", { content: "message" }, null]) {
  test(`CONV-21 the default reply ${JSON.stringify(defaultAutoReply)} is used when nothing is final`, async () => {
    const agent = new ConversableAgent({ name: "agent", humanInputMode: "NEVER", defaultAutoReply });
    assert.deepEqual(await replyTo(agent, sender), defaultAutoReply);
  });
}

test("the config of a reply function is handed on each call, and is as registered after a reset", async () => {
  const agent = quiet("agent");
  const count: ReplyFunction = (_recipient, _messages, _sender, config) => [true, String((config as { n: number }).n++)];
  agent.registerReply(anySender, count, { config: { n: 5 } });

  assert.deepEqual([await replyTo(agent, sender), await replyTo(agent, sender)], ["5", "6"]);
  agent.reset();
  assert.equal(await replyTo(agent, sender), "5");
});

for (const nonsense of [null, "text", ["text"], [true, 7], [1, null], undefined]) {
  test(`bad input: a reply function that gives ${JSON.stringify(nonsense) ?? "nothing"} is named with its agent`, async () => {
    const agent = quiet("agent");
    agent.registerReply(anySender, function nonsensical() {
      return nonsense as never;
    });
    const error = (await rejection(replyTo(agent, sender))) as AutogenError;
    assert.equal(error.code, "invalid-reply");
    assert.match(error.message, /`nonsensical` of agent `agent`/);
  });
}

test("CONV-36 generateReply works with messages and no sender; with neither it is an error", async () => {
  assert.equal(await replyTo(quiet("agent"), null), "default");
  assert.ok(isAutogenError(await rejection(quiet("agent").generateReply({})), "invalid-option"));
});

test("CONV-30 an answer without text and calls falls through to the default reply, with a warning", async () => {
  const { user, bot, stream } = pair([{ content: null }], {}, { defaultAutoReply: "nothing to say" });
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 1, stream });

  assert.deepEqual(texts(result.chatHistory), ["m", "nothing to say"]);
  assert.equal(stream.warnings.length, 1);
});

test("CONV-28 names of calls are normalised, null ids and types removed", async () => {
  const call = { id: null, type: null, function: { name: "functions.add!", arguments: "{}" } } as never;
  const { bot } = pair([{ tool_calls: [call] }]);

  assert.deepEqual(await bot.generateReply({ messages: hello, sender }), {
    role: "assistant",
    content: null,
    tool_calls: [{ function: { name: "functions_add_", arguments: "{}" } }],
  });
});

test("CONV-26 INF-35 answers to calls stand before the human's words in the next request", async () => {
  const { user, bot, model } = pair(["fine"]);
  const calls = ["1", "2"].map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } }) as const);
  const message = {
    content: "stop",
    tool_responses: [
      { role: "tool", tool_call_id: "1", content: "a" },
      { role: "tool", tool_call_id: "2", content: "b" },
    ],
  } as const;
  await bot.send({ tool_calls: calls }, user, false, true);
  await user.send(message, bot, true, true);

  assert.deepEqual(model.requests[0]?.["messages"], [
    { role: "system", content: "SYS" },
    { role: "assistant", content: null, tool_calls: calls },
    { role: "tool", tool_call_id: "1", content: "a" },
    { role: "tool", tool_call_id: "2", content: "b" },
    { role: "user", content: "stop", name: "user" },
  ]);
});

test("INF-35 a message that only holds answers is not sent itself, one with words of its own is, without its answers", async () => {
  const { bot, model } = pair(["fine"]);
  const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } }) as const;
  const answer = (id: string) => ({ role: "tool", tool_call_id: id, content: `answer ${id}` }) as const;
  const context = { a: 1 };
  const messages = [
    { role: "assistant", content: null, tool_calls: [call("1")] },
    { role: "tool", content: "answer 1", tool_responses: [answer("1")] },
    { role: "assistant", content: null, tool_calls: [call("2")] },
    { role: "user", name: "ann", content: "and now?", tool_responses: [answer("2")], context },
  ] as const;
  await bot.generateReply({ messages, sender: new ConversableAgent({ name: "sender" }) });
  assert.deepEqual(model.requests[0]?.["messages"], [
    { role: "system", content: "SYS" },
    { role: "assistant", content: null, tool_calls: [call("1")] },
    answer("1"),
    { role: "assistant", content: null, tool_calls: [call("2")] },
    answer("2"),
    { role: "user", name: "ann", content: "and now?" },
  ]);
});

test("CONV-27 a context fills in the templates of the whole request and is never sent", async () => {
  const { user, bot, model, stream } = pair(["a", "b"]);
  const message = {
    content: (context: Readonly<Record<string, unknown>>) => `about ${String(context["thing"])}`,
    context: { thing: "rain" },
  };

  await user.initiateChat(bot, { message, maxTurns: 1, stream });

  assert.deepEqual(model.requests[0]?.["messages"], [
    { role: "system", content: "SYS" },
    { role: "user", name: "user", content: "about rain" },
  ]);
  assert.match(stream.text, /about rain/);
});
