import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, texts, type Pair } from "../../test/pairs.js";
import { ConversableAgent, isAutogenError, STATE_FORMAT } from "../index.js";

/** A chat of one turn, and what both sides saved of it. */
async function saved(): Promise<Pair & { readonly states: { readonly user: string; readonly bot: string } }> {
  const two = pair(["r1", "r2"]);
  await two.user.initiateChat(two.bot, { message: "one", maxTurns: 1, stream: two.stream });
  return { ...two, states: { user: JSON.stringify(two.user.saveState()), bot: JSON.stringify(two.bot.saveState()) } };
}

test("a chat that is continued from saved state makes the same next request, to the byte", async () => {
  const first = await saved();
  await first.user.initiateChat(first.bot, { message: "two", maxTurns: 1, clearHistory: false, stream: first.stream });
  const second = pair(["r2"]);
  second.user.loadState(JSON.parse(first.states.user), { peers: [second.bot] });
  second.bot.loadState(JSON.parse(first.states.bot), { peers: [second.user] });
  await second.user.initiateChat(second.bot, { message: "two", maxTurns: 1, clearHistory: false, stream: second.stream });

  assert.equal(JSON.stringify(second.model.requests[0]), JSON.stringify(first.model.requests[1]));
  assert.deepEqual(texts(second.user.chatMessages.get(second.bot) ?? []), ["one", "r1", "two", "r2"]);
});

test("texts, counters, limits and human inputs are part of the state", () => {
  const peer = new ConversableAgent({ name: "peer" });
  const agent = new ConversableAgent({ name: "agent" });
  agent.updateSystemMessage("changed");
  agent.updateMaxConsecutiveAutoReply(7, peer);
  agent.countAutoReply(peer);
  const copy = new ConversableAgent({ name: "agent" });
  copy.loadState(agent.saveState(), { peers: [peer] });

  assert.deepEqual([copy.systemMessage, copy.maxConsecutiveAutoReply(peer), copy.autoReplyCount(peer)], ["changed", 7, 1]);
  assert.deepEqual(copy.saveState(), agent.saveState());
});

test("what is said after saving does not change what was saved", async () => {
  const { user, bot, stream, states } = await saved();
  const state = user.saveState();
  await user.initiateChat(bot, { message: "two", maxTurns: 1, clearHistory: false, stream });
  assert.equal(JSON.stringify(state), states.user);
});

const BAD: readonly (readonly [title: string, change: (state: Record<string, unknown>) => unknown, message: RegExp])[] = [
  ["a newer version", (state) => ({ ...state, format: STATE_FORMAT + 1 }), /newer than this version/],
  ["no state at all", () => ({ hello: 1 }), /no state of an agent/],
  ["null", () => null, /no object/],
  ["the state of another agent", (state) => ({ ...state, name: "other" }), /state of `other`/],
  ["damaged histories", (state) => ({ ...state, histories: { bot: "x" } }), /damaged/],
  ["a damaged message", (state) => ({ ...state, histories: { bot: [{ role: "user", content: 3 }] } }), /damaged/],
];
for (const [title, change, message] of BAD) {
  test(`bad input: ${title} is refused, and nothing is changed`, async () => {
    const { user, bot, states } = await saved();
    const before = JSON.stringify(user.saveState());
    assert.throws(() => user.loadState(change(JSON.parse(states.user) as Record<string, unknown>), { peers: [bot] }), {
      code: "invalid-state",
      message,
    });
    assert.equal(JSON.stringify(user.saveState()), before);
  });
}

test("bad input: a peer that is not handed in is named", async () => {
  const { user, states } = await saved();
  assert.throws(() => user.loadState(JSON.parse(states.user), { peers: [] }), { code: "invalid-state", message: /`bot`/ });
});

test("bad input: two peers of one name, and content functions, cannot be saved", async () => {
  const agent = new ConversableAgent({ name: "agent", humanInputMode: "NEVER" });
  await agent.send({ content: () => "x" }, new ConversableAgent({ name: "peer" }), false, true);
  assert.throws(
    () => agent.saveState(),
    (error) => isAutogenError(error, "invalid-state") && /function/.test(error.message),
  );
  agent.clearHistory();
  await agent.send("a", new ConversableAgent({ name: "peer" }), false, true);
  await agent.send("b", new ConversableAgent({ name: "peer" }), false, true);
  assert.throws(
    () => agent.saveState(),
    (error) => isAutogenError(error, "invalid-state") && /two agents called `peer`/.test(error.message),
  );
});

test("D10-20 a clone has the wiring but not the memory, so that a pair can hold two chats at once", async () => {
  const { user, bot, stream } = pair(["r1", "r2"]);
  bot.registerHook("processMessageBeforeSend", ({ message }) => `${typeof message === "string" ? message : ""}!`);
  const [otherUser, otherBot] = [user.clone(), bot.clone()];

  const results = await Promise.all([
    user.initiateChat(bot, { message: "a", maxTurns: 1, stream }),
    otherUser.initiateChat(otherBot, { message: "b", maxTurns: 1, stream }),
  ]);

  assert.deepEqual(
    results.map(({ chatHistory }) => texts(chatHistory).length),
    [2, 2],
  );
  assert.ok(results.every(({ summary }) => typeof summary === "string" && summary.endsWith("!")));
  assert.equal(otherBot.chatMessages.size, 1);
});
