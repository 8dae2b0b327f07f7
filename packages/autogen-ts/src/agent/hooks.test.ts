import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, texts } from "../../test/pairs.js";
import { contentText, ConversableAgent, type Content, type HookPoint, type Message, type MessageDraft } from "../index.js";

const echo = (name: string): ConversableAgent => {
  const agent = new ConversableAgent({ name, humanInputMode: "NEVER" });
  agent.registerReply([() => true], (_recipient, messages) => [true, `heard ${texts(messages).join("|")}`]);
  return agent;
};
const upper = (content: Content): Content => (typeof content === "string" ? content.toUpperCase() : content);

test("CONV-22 last-received hooks chain on the content and do not change what is stored", async () => {
  const { user, stream } = pair([]);
  const agent = echo("agent");
  agent.registerHook("processLastReceivedMessage", upper);
  agent.registerHook("processLastReceivedMessage", (content) => `${contentText(content)}!`);

  const result = await user.initiateChat(agent, { message: "hi", maxTurns: 1, stream });

  assert.deepEqual(texts(result.chatHistory), ["hi", "heard HI!"]);
  assert.deepEqual(texts(agent.chatMessages.get(user) ?? []), ["hi", "heard HI!"]);
});

const SKIPPED: readonly (readonly [title: string, message: MessageDraft])[] = [
  ["with a function call", { role: "assistant", content: "x", function_call: { name: "f", arguments: "{}" } }],
  ["with a context", { role: "user", content: "x", context: { a: 1 } }],
  ["without content", { role: "assistant", content: null, tool_calls: [] }],
  ["that is `exit`", { role: "user", content: "exit" }],
];
for (const [title, message] of SKIPPED) {
  test(`CONV-22 a last-received hook is not called for a message ${title}`, async () => {
    const agent = new ConversableAgent({ name: "agent", humanInputMode: "NEVER" });
    let called = false;
    agent.registerHook("processLastReceivedMessage", (content) => ((called = true), content));
    await agent.generateReply({ messages: [message], exclude: [] });
    assert.equal(called, false);
  });
}

test("CONV-22 all-messages hooks come after last-received ones and change only what is replied to", async () => {
  const { user, stream } = pair([]);
  const agent = echo("agent");
  agent.registerHook("processAllMessagesBeforeReply", (messages: Message[]) => messages.slice(-1));
  agent.registerHook("processLastReceivedMessage", upper);

  const result = await user.initiateChat(agent, { message: "a", maxTurns: 2, stream });

  assert.deepEqual(texts(result.chatHistory), ["a", "heard A", "", "heard "]);
});

test("CONV-22 what before-send hooks give is what both sides store", async () => {
  const { user, bot, stream } = pair(["ok"]);
  const seen: unknown[] = [];
  user.registerHook("processMessageBeforeSend", ({ sender, recipient, silent, message }) => {
    seen.push([sender.name, recipient.name, silent, message]);
    return `${JSON.stringify(message)}?`;
  });

  await user.initiateChat(bot, { message: "hi", maxTurns: 1, stream });

  assert.deepEqual(seen, [["user", "bot", false, "hi"]]);
  assert.equal(user.chatMessages.get(bot)?.[0]?.content, '"hi"?');
  assert.equal(bot.chatMessages.get(user)?.[0]?.content, '"hi"?');
});

test("CONV-22 an unknown point, and the same function twice, are errors", () => {
  const agent = echo("agent");
  agent.registerHook("processLastReceivedMessage", upper);
  assert.throws(() => agent.registerHook("processLastReceivedMessage", upper), { code: "invalid-option" });
  assert.throws(() => agent.registerHook("safeguard" as HookPoint, upper), { code: "invalid-option" });
});
