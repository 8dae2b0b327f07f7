/** Nested chats that break off are no answer: nothing that was said inside is passed off as one. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { cast } from "../../test/nested.js";
import { rejection, texts } from "../../test/pairs.js";
import { sending } from "../../test/sending.js";
import { scriptedModel } from "../features/testing/index.js";
import {
  AssistantAgent,
  ConversableAgent,
  GroupChat,
  GroupChatManager,
  isAutogenError,
  registerFunction,
  SocietyOfMindAgent,
} from "../index.js";

const helper = (name: string, ...answers: readonly string[]): AssistantAgent =>
  new AssistantAgent({ name, llmConfig: scriptedModel(...answers).llmConfig });

test("MULTI-12 a budget that ends a nested chat ends the outer one: the question to the last helper is no answer", async () => {
  const { user, writer, told } = cast();
  writer.registerNestedChats(
    [
      { recipient: helper("first", "one"), maxTurns: 1 },
      { recipient: helper("second", "two"), message: "Judge this", maxTurns: 1 },
    ],
    { trigger: user },
  );
  const result = await user.initiateChat(writer, { message: "Write", maxTurns: 2, budget: { calls: 1 }, ...told });
  assert.deepEqual(texts(result.chatHistory), ["Write"]);
  assert.equal(result.stopReason, "budget");
  assert.match(result.stopDetail ?? "", /`calls`/);
  assert.deepEqual(
    result.nested.map(({ stopReason }) => stopReason),
    ["max-turns", "budget"],
  );
});

test("MULTI-12 a nested chat that waits for an approval lets the outer one wait too", async () => {
  const { user, writer, told } = cast();
  const sent: unknown[] = [];
  const model = scriptedModel({
    tool_calls: [{ id: "c1", function: { name: "send", arguments: '{"to":"ann"}' } }],
  });
  const clerk = new AssistantAgent({ name: "clerk", llmConfig: model.llmConfig });
  const hand = new ConversableAgent({ name: "hand", humanInputMode: "NEVER", toolExecution: { approver: "later" } });
  registerFunction(sending(sent), { caller: clerk, executor: hand });
  writer.registerNestedChats([{ sender: hand, recipient: clerk, maxTurns: 2 }], { trigger: user });
  const result = await user.initiateChat(writer, { message: "Mail Ann", maxTurns: 1, ...told });
  assert.deepEqual([texts(result.chatHistory), result.stopReason], [["Mail Ann"], "approval-pending"]);
  assert.match(result.stopDetail ?? "", /`writer`/);
  assert.deepEqual(sent, []);
});

test("MULTI-19 a budget that ends the talk of a society ends the outer chat; it is no failure that `onError` answers", async () => {
  for (const onError of [undefined, () => "all is well"]) {
    const { user, told } = cast();
    const agents = [helper("a", "a1"), helper("b", "b1")];
    const groupChat = new GroupChat({ agents, speakerSelectionMethod: "round_robin", maxRound: 3 });
    const chatManager = new GroupChatManager({ groupChat });
    const given = onError === undefined ? {} : { onError };
    const soc = new SocietyOfMindAgent({ name: "soc", humanInputMode: "NEVER", chatManager, ...given });
    const result = await user.initiateChat(soc, { message: "Think", maxTurns: 1, budget: { calls: 1 }, ...told });
    assert.deepEqual([texts(result.chatHistory), result.stopReason], [["Think"], "budget"]);
  }
});

test("a summary that is no JSON is an error that says whose", async () => {
  const { user, writer, critic, told } = cast();
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  writer.registerNestedChats([{ recipient: critic, maxTurns: 1, summaryMethod: () => circular }], { trigger: user });
  const error = await rejection(user.initiateChat(writer, { message: "Write", maxTurns: 1, ...told }));
  assert.ok(isAutogenError(error, "invalid-reply"), String(error));
  assert.match(error.message, /nested chats of `writer` is no JSON/);
});
