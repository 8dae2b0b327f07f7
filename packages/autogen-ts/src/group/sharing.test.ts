/** Groups and what they share: agents, messages, managers. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker } from "../../test/groups.js";
import { rejection, texts } from "../../test/pairs.js";
import { isAutogenError } from "../index.js";

test("a group that is talking cannot be started a second time", async () => {
  const a = speaker("A");
  const b = speaker("B");
  const outside = speaker("X");
  const { manager, told } = scene([a, b], { maxRound: 3 });
  b.registerReply([() => true], async () => {
    await outside.initiateChat(manager, { message: "me too", ...told });
    return [true, "never"];
  });

  const error = await rejection(a.initiateChat(manager, { message: "go", ...told }));

  assert.ok(isAutogenError(error, "chat-overlap"));
  assert.match(error.message, /clone\(\)/);
});

test("a clone of a manager runs a second chat at the same time", async () => {
  const [a, x] = [speaker("A"), speaker("X")];
  const { chat, manager, told } = scene([a, speaker("B")], { maxRound: 2 });
  const copy = manager.clone();

  await Promise.all([a.initiateChat(manager, { message: "one", ...told }), x.initiateChat(copy, { message: "two", ...told })]);

  assert.deepEqual(said(chat.messages), ["A: one", "B: B says"]);
  assert.deepEqual(said(copy.groupChat.messages), ["X: two", "A: A says"]);
});

test("two managers may share agents: each knows its own chat", async () => {
  const [a, b] = [speaker("A"), speaker("B")];
  const first = scene([a, b], { maxRound: 2 });
  const second = scene([b, a], { maxRound: 2 }, { name: "other" });

  await a.initiateChat(first.manager, { message: "one", ...first.told });
  await b.initiateChat(second.manager, { message: "two", ...second.told });

  assert.deepEqual(texts(b.chatMessages.get(first.manager) ?? []), ["one", "B says"]);
  assert.deepEqual(texts(b.chatMessages.get(second.manager) ?? []), ["two", "A says"]);
});

test("D12-2 the message of the initiator is not changed, and keeps its parts in its own history", async () => {
  const a = speaker("A");
  const message = Object.freeze({
    content: [
      { type: "text", text: "see " },
      { type: "image_url", image_url: { url: "u" } },
    ],
  });
  const { chat, manager, told } = scene([a, speaker("B")], { maxRound: 1 });

  await a.initiateChat(manager, { message, ...told });

  assert.deepEqual(a.chatMessages.get(manager)?.[0]?.content, message.content);
  assert.equal(chat.messages[0]?.content, "see <image>");
});

test("D12-2 a multimodal group keeps parts for those who can read them", async () => {
  const [a, b, c] = [speaker("A"), speaker("B"), speaker("C")];
  const content = [{ type: "image_url", image_url: { url: "u" } }];
  const { chat, manager, told } = scene([a, b, c], { maxRound: 1, multimodal: [b] });

  await a.initiateChat(manager, { message: { content }, ...told });

  assert.deepEqual(chat.messages[0]?.content, content);
  assert.deepEqual(b.chatMessages.get(manager)?.[0]?.content, content);
  assert.equal(c.chatMessages.get(manager)?.[0]?.content, "<image>");
});

test("hooks of the manager change what participants get, one by one", async () => {
  const [a, b, c] = [speaker("A"), speaker("B"), speaker("C")];
  const { chat, manager, told } = scene([a, b, c], { maxRound: 1 });
  manager.registerHook("processMessageBeforeSend", ({ message, recipient, silent }) =>
    recipient === b ? { ...(message as object), content: `for B, ${silent ? "silently" : "aloud"}` } : message,
  );

  await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(texts(b.chatMessages.get(manager) ?? []), ["for B, silently"]);
  assert.deepEqual(texts(c.chatMessages.get(manager) ?? []), ["go"]);
  assert.deepEqual(said(chat.messages), ["A: go"]);
});
