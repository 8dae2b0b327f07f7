import assert from "node:assert/strict";
import { test } from "vitest";
import { roles, said, scene, speaker } from "../../test/groups.js";
import { rejection, texts } from "../../test/pairs.js";
import { scriptedHuman, scriptedModel } from "../features/testing/index.js";
import { contains, ConversableAgent, InMemoryCache, maxMessages, type Agent, type ResponseCache } from "../index.js";

test("GRP-19 each history holds the whole chat, with own words as assistant", async () => {
  const [a, b, c] = [speaker("A"), speaker("B", "one"), speaker("C", "two")];
  const { chat, manager, told } = scene([a, b, c], { maxRound: 3 });

  const result = await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(said(chat.messages), ["A: go", "B: one", "C: two"]);
  assert.deepEqual(roles(chat.messages), ["user A", "user B", "user C"]);
  assert.deepEqual(roles(a.chatMessages.get(manager)), ["assistant A", "user B", "user C"]);
  assert.deepEqual(roles(b.chatMessages.get(manager)), ["user A", "assistant B", "user C"]);
  assert.deepEqual(roles(c.chatMessages.get(manager)), ["user A", "user B", "assistant C"]);
  assert.deepEqual(roles(manager.chatMessages.get(a)), ["user A", "assistant B", "assistant C"]);
  assert.deepEqual(roles(manager.chatMessages.get(b)), ["assistant A", "user B", "assistant C"]);
  assert.deepEqual(roles(manager.chatMessages.get(c)), ["assistant A", "assistant B", "user C"]);
  assert.deepEqual(said(result.chatHistory), ["A: go", "B: one", "C: two"]);
  assert.equal(result.summary, "two");
  assert.equal(result.stopReason, "max-round");
});

test("GRP-19 a call of a tool keeps its role, and gets a name and a text in the transcript; its answer is a tool everywhere", async () => {
  const call = { id: "t", type: "function", function: { name: "ping", arguments: "{}" } } as const;
  const a = speaker("A");
  const caller = speaker("B", { content: null, tool_calls: [call] });
  const runner = new ConversableAgent({ name: "C", humanInputMode: "NEVER", functionMap: { ping: () => "pong" } });
  const { chat, manager, told } = scene([a, caller, runner], { maxRound: 3 });

  await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(roles(chat.messages), ["user A", "assistant B", "tool C"]);
  assert.deepEqual(chat.messages[1]?.content, "");
  assert.deepEqual(caller.chatMessages.get(manager)?.[1], { role: "assistant", tool_calls: [call], content: null });
  for (const other of [a, runner]) assert.deepEqual(other.chatMessages.get(manager)?.[1]?.content, "");
  for (const one of [a, caller, runner]) assert.deepEqual(roles(one.chatMessages.get(manager)).at(-1), "tool C");
});

for (const [maxRound, expected] of [
  [0, []],
  [1, ["A: go"]],
  [4, ["A: go", "B: B says", "C: C says", "A: A says"]],
] as const) {
  test(`GRP-20 maxRound ${String(maxRound)} gives ${String(expected.length)} messages in the transcript`, async () => {
    const a = speaker("A");
    const { chat, manager, told } = scene([a, speaker("B"), speaker("C")], { maxRound });

    const result = await a.initiateChat(manager, { message: "go", ...told });

    assert.deepEqual(said(chat.messages), expected);
    assert.equal(result.stopReason, "max-round");
  });
}

test("GRP-21 the message that ends the chat reaches everybody and the result", async () => {
  const [a, b, c] = [speaker("A"), speaker("B", "the END"), speaker("C")];
  const { manager, told } = scene([a, b, c], {}, { isTerminationMsg: contains("END") });

  const result = await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(texts(c.chatMessages.get(manager) ?? []), ["go", "the END"]);
  assert.deepEqual(texts(result.chatHistory), ["go", "the END"]);
  assert.equal(result.summary, "the END");
  assert.equal(result.stopReason, "termination-message");
});

test("GRP-22 a participant that says nothing ends the run, and its reason is that of the chat", async () => {
  const a = speaker("A");
  const silentOne = speaker("B", null);
  const { chat, manager, told } = scene([a, silentOne, speaker("C")]);

  const result = await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(said(chat.messages), ["A: go"]);
  assert.equal(result.stopReason, "no-reply");
});

test("GRP-22 a participant at its limit of automatic replies ends the run", async () => {
  const a = speaker("A");
  const { chat, manager, told } = scene([a, speaker("B", "b", { maxConsecutiveAutoReply: 1 })]);

  const result = await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(said(chat.messages), ["A: go", "B: b", "A: A says"]);
  assert.equal(result.stopReason, "max-auto-replies");
});

test("GRP-22 a human who types exit ends the run", async () => {
  const human = scriptedHuman("exit");
  const a = speaker("A");
  const user = new ConversableAgent({ name: "user", humanInputMode: "ALWAYS" });
  const { chat, manager } = scene([a, user]);

  const result = await a.initiateChat(manager, { message: "go", stream: human });

  assert.deepEqual(said(chat.messages), ["A: go"]);
  assert.equal(result.stopReason, "human-exit");
});

test("GRP-22 a participant that can only listen ends the run when its turn comes", async () => {
  const heard: unknown[] = [];
  const listener: Agent = { name: "L", receive: (message) => void heard.push(message) };
  const a = speaker("A");
  const { chat, manager, told } = scene([a, listener]);

  const result = await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(said(chat.messages), ["A: go"]);
  assert.equal(heard.length, 1);
  assert.equal(result.stopReason, "no-reply");
});

test("GRP-23 introductions reach everybody before the message of another, and are no part of the transcript", async () => {
  const [a, b] = [speaker("A"), speaker("B")];
  const { chat, manager, told } = scene([a, b], { maxRound: 2, sendIntroductions: true });

  await a.initiateChat(manager, { message: "go", ...told });

  const intro = chat.introductionsMsg();
  assert.match(intro, /\n\nA: A does things\.\nB: B does things\.$/);
  assert.deepEqual(said(chat.messages), ["A: go", "B: B says"]);
  assert.deepEqual(texts(a.chatMessages.get(manager) ?? []), ["go", intro, "B says"]);
  assert.deepEqual(texts(b.chatMessages.get(manager) ?? []), [intro, "go", "B says"]);
});

test("GRP-23 D12-8 introductions are sent once for each cleared history", async () => {
  const [a, b] = [speaker("A"), speaker("B")];
  const { chat, manager, told } = scene([a, b], { maxRound: 2, sendIntroductions: true });
  const introductions = () => texts(b.chatMessages.get(manager) ?? []).filter((text) => text === chat.introductionsMsg()).length;

  await a.initiateChat(manager, { message: "go", maxTurns: 2, ...told });
  await a.initiateChat(manager, { message: "on", clearHistory: false, ...told });
  assert.equal(introductions(), 1);

  await a.initiateChat(manager, { message: "anew", ...told });
  assert.equal(introductions(), 1);
});

test("GRP-25 participants learn from the manager who spoke", async () => {
  const seen: string[] = [];
  const a = speaker("A");
  const b = speaker("B");
  const { manager, told } = scene([a, b, speaker("C")], { maxRound: 4 });
  for (const agent of [a, b]) {
    agent.registerReply([() => true], (me, _messages, sender) => {
      if (sender === manager) seen.push(`${me.name} hears ${String(manager.lastSpeaker?.name)}`);
      return [false, null];
    });
  }
  assert.equal(manager.lastSpeaker, null);

  await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(seen, ["B hears A", "A hears C"]);
});

test("GRP-26 a second run goes on or starts anew, and counters start again either way", async () => {
  const a = speaker("A");
  const b = speaker("B", "b", { maxConsecutiveAutoReply: 1 });
  const { chat, manager, told } = scene([a, b], { maxRound: 2 });

  await a.initiateChat(manager, { message: "one", ...told });
  await a.initiateChat(manager, { message: "two", clearHistory: false, ...told });
  assert.deepEqual(said(chat.messages), ["A: one", "B: b", "A: two", "B: b"]);
  assert.deepEqual(texts(b.chatMessages.get(manager) ?? []), ["one", "b", "two", "b"]);

  await a.initiateChat(manager, { message: "three", ...told });
  assert.deepEqual(said(chat.messages), ["A: three", "B: b"]);
  assert.deepEqual(texts(b.chatMessages.get(manager) ?? []), ["three", "b"]);
  assert.deepEqual(texts(manager.chatMessages.get(b) ?? []), ["three", "b"], "D12-7");
});

test("GRP-27 turns of the outer chat repeat the run, and the initiator answers in between", async () => {
  const a = speaker("A", "again");
  const { chat, manager, told } = scene([a, speaker("B"), speaker("C")], { maxRound: 2 });

  const result = await a.initiateChat(manager, { message: "go", maxTurns: 3, ...told });

  assert.deepEqual(said(chat.messages), ["A: go", "B: B says", "A: again", "B: B says", "A: again", "B: B says"]);
  assert.equal(result.stopReason, "max-turns");
  assert.equal(result.stopDetail, "the last run of the group ended by max-round");
});

test("GRP-27 an initiator that says nothing between turns ends the chat", async () => {
  const a = speaker("A", null);
  const { chat, manager, told } = scene([a, speaker("B")], { maxRound: 2 });

  const result = await a.initiateChat(manager, { message: "go", maxTurns: 3, ...told });

  assert.deepEqual(said(chat.messages), ["A: go", "B: B says"]);
  assert.equal(result.stopReason, "no-reply");
});

test("GRP-28 D12-10 an initiator from outside is shown the transcript", async () => {
  const boss = speaker("boss");
  const { manager, told } = scene([speaker("A"), speaker("B")], { maxRound: 3 });

  const result = await boss.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(said(result.chatHistory), ["boss: go", "A: A says", "B: B says"]);
  assert.equal(result.summary, "B says");
  assert.deepEqual(texts(boss.chatMessages.get(manager) ?? []), ["go"]);
});

test("GRP-27 an initiator from outside heard nothing, so a second turn would be an answer to itself", async () => {
  const boss = speaker("boss");
  const { chat, manager, told } = scene([speaker("A"), speaker("B")], { maxRound: 2 });
  const result = await boss.initiateChat(manager, { message: "go", maxTurns: 3, ...told });
  assert.deepEqual(said(chat.messages), ["boss: go", "A: A says"]);
  assert.equal(result.stopReason, "max-round");
});

test("GRP-33 what is odd in transitions is a warning of the run, which goes on", async () => {
  const [a, b, c] = [speaker("A"), speaker("B"), speaker("C")];
  const { manager, told, events } = scene([a, b, c], {
    maxRound: 2,
    allowedOrDisallowedSpeakerTransitions: { A: ["B", "B"], B: ["A"] },
    speakerTransitionsType: "allowed",
  });
  const result = await a.initiateChat(manager, { message: "go", ...told });
  const warned = events.flatMap((event) => (event.type === "warning" && event.code === "transitions" ? [event.text] : []));
  assert.deepEqual(texts(result.chatHistory), ["go", "B says"]);
  assert.match(warned.join(" "), /`C`.*more than once.*`A`/);
});

test("GRP-28 reflection sees the transcript", async () => {
  const model = scriptedModel("the gist");
  const a = speaker("A");
  const { manager, told } = scene([a, speaker("B")], { maxRound: 2 }, { llmConfig: model.llmConfig });

  const result = await a.initiateChat(manager, {
    message: "go",
    summaryMethod: "reflection_with_llm",
    summaryArgs: { summary_prompt: "Gist?" },
    ...told,
  });

  assert.equal(result.summary, "the gist");
  assert.deepEqual(model.requests[0]?.["messages"], [
    { role: "user", content: "go", name: "A" },
    { role: "user", content: "B says", name: "B" },
    { role: "system", content: "Gist?" },
  ]);
});

test("GRP-24 a manager whose model has tools is refused", () => {
  const model = scriptedModel("x");
  const make = () => scene([speaker("A")], {}, { llmConfig: { ...model.llmConfig, tools: [{ type: "function" }] } });
  assert.throws(make, { code: "invalid-option", message: /Manager `mgr` was given a model with `tools` or `functions`/ });
});

test("GRP-24 the manager's own human mode is not used", async () => {
  const human = scriptedHuman();
  const a = speaker("A");
  const { chat, manager } = scene([a, speaker("B")], { maxRound: 2 }, { humanInputMode: "ALWAYS" });

  await a.initiateChat(manager, { message: "go", stream: human });

  assert.deepEqual(said(chat.messages), ["A: go", "B: B says"]);
});

test("GRP-34 the cache of the chat is that of its participants for the time of the run", async () => {
  const seen: (ResponseCache | null | undefined)[] = [];
  const cache = new InMemoryCache();
  const a = speaker("A");
  const b = speaker("B");
  const { manager, told } = scene([a, b], { maxRound: 2 });
  b.registerReply([() => true], (_me, _messages, _sender, _config, { run }) => {
    seen.push(run.context.cache);
    throw new Error("broken");
  });

  assert.match(String(await rejection(a.initiateChat(manager, { message: "go", cache, ...told }))), /broken/);

  assert.deepEqual(seen, [cache]);
  assert.equal(b.clientCache, null);
  assert.equal(manager.clientCache, null);
});

test("GRP-34 a message outside of a chat lets participants use the cache of the manager", async () => {
  const seen: (ResponseCache | null | undefined)[] = [];
  const a = speaker("A");
  const b = speaker("B");
  const { manager } = scene([a, b], { maxRound: 2 }, { silent: true });
  manager.clientCache = new InMemoryCache();
  b.registerReply([() => true], (_me, _messages, _sender, _config, { run }) => {
    seen.push(run.context.cache);
    return [false, null];
  });

  await a.send("go", manager, true, true);

  assert.deepEqual(seen, [manager.clientCache]);
});

test("GRP-39 D12-1 settings changed after the manager was made take effect", async () => {
  const a = speaker("A");
  const { chat, manager, told } = scene([a, speaker("B"), speaker("C")], { maxRound: 2 });
  chat.maxRound = 3;

  await a.initiateChat(manager, { message: "go", ...told });

  assert.equal(chat.messages.length, 3);
});

test("conditions of the chat hold for each message of the group, which everybody still gets", async () => {
  const [a, b, c] = [speaker("A"), speaker("B"), speaker("C")];
  const { manager, told } = scene([a, b, c], { maxRound: 9 });

  const result = await a.initiateChat(manager, { message: "go", stopWhen: maxMessages(3), ...told });

  assert.deepEqual(said(result.chatHistory), ["A: go", "B: B says", "C: C says"]);
  assert.equal(result.stopReason, "max-messages");
  assert.equal(b.chatMessages.get(manager)?.length, 3);
});
