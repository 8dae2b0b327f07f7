import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, texts } from "../../test/pairs.js";
import { ConversableAgent, IOStream, maxMessages, memoryStream, type Message } from "../index.js";

const peer = (name: string): ConversableAgent => new ConversableAgent({ name });

test("CONV-29 lastMessage: none yet, one conversation, several, an unknown peer, an empty history", async () => {
  const [a, b] = [peer("a"), peer("b")];
  const agent = peer("agent");
  assert.equal(agent.lastMessage(), null);
  await agent.send("to a", a, false, true);
  assert.equal(agent.lastMessage()?.content, "to a");
  await agent.send("to b", b, false, true);
  assert.throws(() => agent.lastMessage(), { code: "invalid-state", message: /`a`, `b`/ });
  assert.equal(agent.lastMessage(b)?.content, "to b");
  assert.throws(() => agent.lastMessage(peer("c")), { code: "invalid-state" });
  agent.clearHistory(a);
  assert.equal(agent.lastMessage(a), null);
});

test("CONV-29 clearHistory: of one peer, of all, and keeping the last of each", async () => {
  const [a, b] = [peer("a"), peer("b")];
  const agent = peer("agent");
  for (const text of ["1", "2", "3"]) for (const one of [a, b]) await agent.send(text, one, false, true);

  agent.clearHistory(a);
  assert.deepEqual([agent.chatMessages.get(a), texts(agent.chatMessages.get(b) ?? [])], [[], ["1", "2", "3"]]);
  agent.clearHistory(null, 2);
  assert.deepEqual(texts(agent.chatMessages.get(b) ?? []), ["2", "3"]);
  agent.clearHistory(null, 10);
  assert.deepEqual(texts(agent.chatMessages.get(b) ?? []), ["2", "3"]);
  agent.clearHistory();
  assert.equal(agent.chatMessages.size, 0);
});

test("CONV-29 a kept answer of tools keeps the call before it", () => {
  const one = peer("a");
  const call: Message = { role: "assistant", content: null, tool_calls: [{ id: "1", function: { name: "f", arguments: "{}" } }] };
  const answer: Message = { role: "tool", content: "r", tool_responses: [{ role: "tool", tool_call_id: "1", content: "r" }] };
  const agent = new ConversableAgent({
    name: "agent",
    chatMessages: new Map([[one, [{ role: "user", content: "q" }, call, answer]]]),
  });

  agent.clearHistory(null, 1);

  assert.deepEqual(agent.chatMessages.get(one), [call, answer]);
});

test("CONV-29 what clearHistory does beyond being asked is said on the current stream", async () => {
  const stream = memoryStream();
  await IOStream.withDefault(stream, async () => {
    peer("agent").clearHistory(peer("a"), 3);
    await new Promise((resolve) => setImmediate(resolve));
  });
  assert.match(stream.text, /ignored/);
});

test("CONV-29 reset forgets histories, counters, reply flags and usage", async () => {
  const { user, bot, stream } = pair(["r"]);
  await user.initiateChat(bot, { message: "m", stream, stopWhen: maxMessages(2) });
  await user.initiateChat(bot, { message: "m", maxTurns: 0, stream });
  user.countAutoReply(bot);
  bot.reset();
  user.reset();

  assert.deepEqual(
    [user.chatMessages.size, user.autoReplyCount(bot), user.repliesTo(bot), bot.getTotalUsage()],
    [0, 0, false, null],
  );
});

test("CONV-29 stopReplyAtReceive for one sender, and for all", () => {
  const [a, b] = [peer("a"), peer("b")];
  const agent = peer("agent");
  for (const one of [a, b]) agent.prepareChat(one, { replyAtReceive: true, clearHistory: false });
  agent.stopReplyAtReceive(a);
  assert.deepEqual([agent.repliesTo(a), agent.repliesTo(b)], [false, true]);
  agent.stopReplyAtReceive();
  assert.equal(agent.repliesTo(b), false);
});

test("reading the history of an unknown peer makes an empty one, unless the agent was given a map of the user's", () => {
  const agent = peer("agent");
  assert.deepEqual(agent.chatMessages.get(peer("a")), []);
});

test("registerFunctionMap adds, replaces and takes away; canExecuteFunction wants all names", () => {
  const agent = peer("agent");
  agent.registerFunctionMap({ f: () => 1, g: () => 2 });
  assert.deepEqual(
    [agent.canExecuteFunction("f"), agent.canExecuteFunction(["f", "g"]), agent.canExecuteFunction(["f", "h"])],
    [true, true, false],
  );
  agent.registerFunctionMap({ f: null });
  assert.deepEqual([agent.canExecuteFunction("f"), agent.canExecuteFunction([])], [false, true]);
  assert.throws(() => agent.registerFunctionMap({ "a b": () => 1 }), { code: "invalid-option" });
});
