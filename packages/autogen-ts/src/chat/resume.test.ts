import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, rejection, texts } from "../../test/pairs.js";
import { AssistantAgent, isAutogenError, memoryStream, UserProxyAgent, type RunEvent, type ToolFunction } from "../index.js";
import { scriptedModel } from "../features/testing/index.js";

const calls = { tool_calls: [{ id: "c1", type: "function", function: { name: "work", arguments: "{}" } }] } as const;

test("TOOL-23 a chat that was aborted in a tool goes on with its call; histories are as without the abort", async () => {
  const controller = new AbortController();
  let tries = 0;
  const work: ToolFunction = async () => {
    tries += 1;
    if (tries === 1) controller.abort();
    return await Promise.resolve("worked");
  };
  const { user, bot, model, stream } = pair([calls, "Fine. TERMINATE"], { functionMap: { work } });
  const error = await rejection(user.initiateChat(bot, { message: "m", stream, signal: controller.signal }));
  assert.ok(isAutogenError(error, "aborted"));

  const result = await user.resumeChat(bot, { stream });
  assert.deepEqual(texts(result.chatHistory), ["m", "", "worked", "Fine. TERMINATE"]);
  assert.equal(result.stopReason, "termination-message");
  assert.deepEqual(
    (model.requests[1]?.["messages"] as readonly { readonly role: string }[] | undefined)?.map(({ role }) => role),
    ["system", "user", "assistant", "tool"],
  );
});

test("a chat whose program died after a question goes on with its answer, counted from there", async () => {
  const asking = pair(["never asked"]);
  await asking.user.send("What is 1 + 1?", asking.bot, false, true);
  const states = JSON.parse(JSON.stringify([asking.user.saveState(), asking.bot.saveState()])) as readonly unknown[];

  const user = new UserProxyAgent({
    name: "user",
    humanInputMode: "NEVER",
    codeExecutionConfig: false,
    defaultAutoReply: "And 2 + 2?",
  });
  const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel("2", "4").llmConfig });
  user.loadState(states[0], { peers: [bot] });
  bot.loadState(states[1], { peers: [user] });
  const result = await bot.resumeChat(user, { maxTurns: 2, stream: memoryStream() });
  // A turn is a message of the one who resumes, and its answer.
  assert.deepEqual(texts(result.chatHistory), ["What is 1 + 1?", "2", "And 2 + 2?", "4", "And 2 + 2?"]);
  assert.equal(result.stopReason, "max-turns");
});

test("`streamChat` takes up a chat too", async () => {
  const { user, bot, stream } = pair(["Fine."]);
  await user.send("m", bot, false, true);
  const events: RunEvent["type"][] = [];
  for await (const { type } of bot.streamChat(user, { resume: true, maxTurns: 1, stream })) events.push(type);
  assert.deepEqual(events, ["chat.start", "llm.start", "llm.end", "message.received", "message.received", "chat.end"]);
});

test("bad input: what cannot be taken up is refused before anything is said", async () => {
  const { user, bot, stream } = pair([], { functionMap: { work: () => "worked" } });
  const refusal = async (work: Promise<unknown>, message: RegExp): Promise<void> => {
    const error = await rejection(work);
    assert.ok(isAutogenError(error, "invalid-option"), String(error));
    assert.match(error.message, message);
  };
  await refusal(user.resumeChat(bot, { stream }), /have not said anything yet\. Use `initiateChat`/);
  await user.send("m", bot, false, true);
  await refusal(user.resumeChat(bot, { stream }), /`user` said the last message itself\. Let `bot` resume/);
  await refusal(bot.resumeChat(user, { stream, message: "m" }), /a first message was given/);
  await refusal(bot.resumeChat(user, { stream, clearHistory: true }), /`clearHistory` would forget it/);
  await bot.send(calls, user, false, true);
  await refusal(bot.resumeChat(user, { stream }), /`bot` said the last message itself\. Let `user` resume/);
  assert.equal(user.chatMessages.get(bot)?.length, 2);
});
