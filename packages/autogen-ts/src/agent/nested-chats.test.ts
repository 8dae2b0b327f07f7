import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker } from "../../test/groups.js";
import { cast } from "../../test/nested.js";
import { pair, rejection, texts } from "../../test/pairs.js";
import { scriptedHuman } from "../features/testing/index.js";
import { ConversableAgent, resultsOfError } from "../index.js";

test("MULTI-10 the first message is the last one received; later entries without a message are skipped with a warning", async () => {
  const { user, writer, critic, checker, told, codes } = cast();
  writer.registerNestedChats(
    [
      { recipient: critic, maxTurns: 1 },
      { recipient: checker, maxTurns: 1 },
    ],
    { trigger: user },
  );
  const result = await user.initiateChat(writer, { message: "Write", maxTurns: 1, ...told });
  assert.deepEqual(said(critic.chatMessages.get(writer) ?? []), ["writer: Write", "critic: too long"]);
  assert.equal(checker.chatMessages.size, 0);
  assert.deepEqual(codes(), ["nested-skipped"]);
  assert.equal(result.summary, "too long");
});

test("MULTI-10 a first entry is skipped when the last message has no content; its parts are handed on as parts", async () => {
  const { user, writer, critic, checker, told } = cast();
  writer.registerNestedChats(
    [
      { recipient: critic, maxTurns: 1 },
      { recipient: checker, message: "Look", maxTurns: 1 },
    ],
    { trigger: user },
  );
  const call = { id: "1", type: "function" as const, function: { name: "f", arguments: "{}" } };
  const called = { role: "assistant" as const, content: null, tool_calls: [call] };
  const { summary } = await user.initiateChat(writer, { message: called, maxTurns: 1, ...told });
  assert.equal(summary, "checked");
  assert.equal(critic.chatMessages.size, 0);
  const parts = [{ type: "text" as const, text: "see" }];
  await user.initiateChat(writer, { message: { content: parts }, maxTurns: 1, ...told });
  assert.deepEqual(critic.chatMessages.get(writer)?.[0]?.content, parts);
});

test("MULTI-11 a message function gets owner, messages, sender and config, and the same in one object", async () => {
  const { user, writer, critic, checker, told } = cast();
  const seen: unknown[] = [];
  const config = { limit: 3 };
  writer.registerNestedChats(
    [
      {
        recipient: critic,
        maxTurns: 1,
        city: "Paris",
        message: (owner, messages, sender, given, opening) => {
          seen.push(owner === writer, texts(messages), sender === user, given);
          const { owner: same, recipient, context, config: told2, messages: list } = opening;
          seen.push(same === writer, recipient === critic, context, told2, list === messages, opening.sender === user);
          return `Judge ${texts(messages).join()}`;
        },
      },
      { recipient: checker, maxTurns: 1, message: () => "" },
      { recipient: checker, maxTurns: 1, message: () => null },
      { sender: checker, recipient: critic, maxTurns: 1, message: { content: "from another sender" }, clearHistory: false },
    ],
    { trigger: user, config },
  );
  await user.initiateChat(writer, { message: "Write", maxTurns: 1, ...told });
  assert.deepEqual(seen, [true, ["Write"], true, config, true, true, { maxTurns: 1, city: "Paris" }, config, true, true]);
  assert.deepEqual(texts(critic.chatMessages.get(writer) ?? []), ["Judge Write", "too long"]);
  assert.deepEqual(said(critic.chatMessages.get(checker) ?? [])[0], "checker: from another sender\nContext: \ntoo long");
});

test("MULTI-12 outside only the last summary is heard; inside each pair has its history, cleared each time", async () => {
  const { user, writer, critic, checker, stream, told } = cast({ critic: ["one", "two"] });
  writer.registerNestedChats(
    [
      { recipient: critic, maxTurns: 1 },
      { recipient: checker, message: "Check", maxTurns: 1, carryover: ["facts"] },
    ],
    { trigger: user },
  );
  await user.initiateChat(writer, { message: "Write", maxTurns: 2, ...told });
  assert.deepEqual(said(user.chatMessages.get(writer) ?? []), [
    "user: Write",
    "writer: checked",
    "user: next",
    "writer: checked",
  ]);
  assert.deepEqual(said(writer.chatMessages.get(critic) ?? []), ["writer: next", "critic: two"]);
  assert.deepEqual(said(writer.chatMessages.get(checker) ?? []), ["writer: Check\nContext: \nfacts\ntwo", "checker: checked"]);
  assert.equal(stream.text.split("Starting a new chat....").length, 5);
});

test("MULTI-12 nested chats are printed, unless they are to be silent", async () => {
  for (const [options, printed] of [
    [{}, true],
    [{ silent: true }, false],
  ] as const) {
    const { user, writer, critic, stream, told } = cast();
    writer.registerNestedChats([{ recipient: critic, maxTurns: 1 }], { trigger: user, ...options });
    await user.initiateChat(writer, { message: "Write", maxTurns: 1, silent: true, ...told });
    assert.equal(stream.text.includes("writer (to critic)"), printed);
    assert.equal(stream.text.includes("*****"), printed);
    assert.equal(stream.text.includes("user (to writer)"), false);
  }
});

test("MULTI-13 the end of a chat and humans come first, tools and model do not answer the trigger", async () => {
  const ended = cast();
  ended.writer.registerNestedChats([{ recipient: ended.critic, maxTurns: 1 }], { trigger: ended.user });
  const { stopReason } = await ended.user.initiateChat(ended.writer, { message: "All done. TERMINATE", ...ended.told });
  assert.equal(stopReason, "termination-message");
  assert.equal(ended.critic.chatMessages.size, 0);

  const human = new ConversableAgent({ name: "human", humanInputMode: "ALWAYS" });
  human.registerNestedChats([{ recipient: ended.critic, maxTurns: 1 }], { trigger: ended.user });
  const result = await ended.user.initiateChat(human, { message: "m", maxTurns: 1, stream: scriptedHuman("my words") });
  assert.equal(result.summary, "my words");

  const { user, writer, critic, own, told } = cast();
  let calls = 0;
  writer.registerFunctionMap({ f: () => (calls += 1) });
  writer.registerNestedChats([{ recipient: critic, message: "See to it", maxTurns: 1 }], { trigger: user });
  const call = { id: "1", type: "function" as const, function: { name: "f", arguments: "{}" } };
  const called = await user.initiateChat(writer, {
    message: { role: "assistant", content: null, tool_calls: [call] },
    maxTurns: 1,
    ...told,
  });
  assert.equal(called.summary, "too long");
  assert.equal(calls, 0);
  assert.equal(own.requests.length, 0);
});

test("MULTI-13 `position` and a list without the termination check", async () => {
  const { user, writer, critic, told } = cast();
  writer.registerNestedChats([{ recipient: critic, message: "Look", maxTurns: 1 }], { trigger: user, position: 0 });
  const result = await user.initiateChat(writer, { message: "TERMINATE", maxTurns: 1, ...told });
  assert.equal(result.summary, "too long");

  const bare = cast();
  bare.writer.registerReply(
    () => true,
    () => [true, "otherwise"],
    { removeOtherReplyFuncs: true },
  );
  bare.writer.registerNestedChats([{ recipient: bare.critic, maxTurns: 1 }], { trigger: "user" });
  assert.equal((await bare.user.initiateChat(bare.writer, { message: "m", maxTurns: 1, ...bare.told })).summary, "too long");
});

test("MULTI-15 in a group the transcript gets the summary under the owner's name", async () => {
  const { writer, critic } = cast();
  const a = speaker("a");
  const { chat, manager, told } = scene([a, writer], { maxRound: 2 });
  writer.registerNestedChats([{ recipient: critic, maxTurns: 1 }], { trigger: manager });
  const result = await a.initiateChat(manager, { message: "go", ...told });
  assert.deepEqual(said(chat.messages), ["a: go", "writer: too long"]);
  assert.deepEqual(
    result.nested.map(({ chatHistory }) => said(chatHistory)),
    [["writer: go", "critic: too long"]],
  );
});

test("MULTI-16 a function makes the reply in its own way", async () => {
  const { user, writer, critic, checker, told } = cast();
  const queue = [{ recipient: critic }, { recipient: checker }];
  writer.registerNestedChats(queue, {
    trigger: user,
    config: { n: 1 },
    replyFuncFromNestedChats: (chats, recipient, messages, sender, config, { run }) => [
      true,
      `${chats.map((one) => one.recipient.name).join()} for ${String(sender?.name)} by ${recipient.name}: ${texts(messages).join()} ${JSON.stringify(config)} ${run.path}`,
    ],
  });
  const { summary } = await user.initiateChat(writer, { message: "Write", maxTurns: 1, ...told });
  assert.equal(summary, 'critic,checker for user by writer: Write {"n":1} run/chat-0');
  assert.equal(critic.chatMessages.size, 0);
});

test("MULTI-17 with ids nested chats are held side by side; the reply is the summary of the last entry", async () => {
  const { user, writer, critic, checker, told } = cast();
  const third = speaker("third", "third says");
  writer.registerNestedChats(
    [
      { chatId: 1, recipient: critic, maxTurns: 1, prerequisites: [3] },
      { chatId: 2, recipient: checker, maxTurns: 1 }, // skipped: it has no message
      { chatId: 3, recipient: third, message: "T", maxTurns: 1, prerequisites: [2] },
    ],
    { trigger: user, useAsync: true },
  );
  const result = await user.initiateChat(writer, { message: "go", maxTurns: 1, ...told });
  assert.equal(result.summary, "third says");
  assert.deepEqual(texts(critic.chatMessages.get(writer) ?? [])[0], "go\nContext: \nthird says");
  assert.equal(checker.chatMessages.size, 0);
});

test("MULTI-17 `useAsync: false` holds them one after another, whatever ids they have", async () => {
  const { user, writer, critic, checker, told } = cast();
  writer.registerNestedChats(
    [
      { chatId: 1, recipient: critic, maxTurns: 1, prerequisites: [2] },
      { chatId: 2, recipient: checker, message: "C", maxTurns: 1 },
    ],
    { trigger: user, useAsync: false },
  );
  await user.initiateChat(writer, { message: "go", maxTurns: 1, ...told });
  assert.deepEqual(texts(checker.chatMessages.get(writer) ?? [])[0], "C\nContext: \ntoo long");
});

test("places in the queue mean the same when entries before them are skipped", async () => {
  const { user, writer, critic, checker, told } = cast();
  const third = speaker("third");
  writer.registerNestedChats(
    [
      { recipient: third, message: () => null, maxTurns: 1 },
      { recipient: critic, message: "1", maxTurns: 1 },
      { recipient: checker, message: "2", maxTurns: 1, finishedChatIndexesToExcludeFromCarryover: [1] },
    ],
    { trigger: user },
  );
  await user.initiateChat(writer, { message: "go", maxTurns: 1, ...told });
  assert.equal(texts(checker.chatMessages.get(writer) ?? [])[0], "2");
});

test("MULTI-18 D13-4 when all entries are skipped the agent answers as if there were none; or it says nothing", async () => {
  const { user, writer, critic, told, codes } = cast();
  writer.registerNestedChats([{ recipient: critic, message: () => null }], { trigger: user });
  const result = await user.initiateChat(writer, { message: "Write", maxTurns: 1, ...told });
  assert.equal(result.summary, "writer's own");
  assert.deepEqual(codes(), ["nested-skipped"]);

  const old = cast();
  old.writer.registerNestedChats([{ recipient: old.critic, message: () => null }], { trigger: old.user, whenAllSkipped: "end" });
  const ended = await old.user.initiateChat(old.writer, { message: "Write", ...old.told });
  assert.deepEqual(texts(ended.chatHistory), ["Write"]);
  assert.equal(ended.stopReason, "no-reply");
});

test("MULTI-22 a nested chat that fails ends the outer one, with the results so far", async () => {
  const { user, writer, critic, checker, told } = cast();
  checker.registerReply(
    () => true,
    () => {
      throw new Error("no ink");
    },
  );
  writer.registerNestedChats(
    [
      { recipient: critic, maxTurns: 1 },
      { recipient: checker, message: "C", maxTurns: 1 },
    ],
    { trigger: user },
  );
  const error = await rejection(user.initiateChat(writer, { message: "Write", maxTurns: 1, ...told }));
  assert.match((error as Error).message, /\[1\] of `writer` with `checker` failed: no ink/);
  assert.deepEqual(
    resultsOfError(error).map(({ summary }) => summary),
    ["too long"],
  );
});

test("MULTI-23 D13-7 what nested chats cost is in the outer cost, and their results hang on the outer one", async () => {
  const inner = pair([{ content: "deep", usage: { prompt_tokens: 7, completion_tokens: 3 }, cost: 0.5 }]);
  const { user, writer, critic, told } = cast();
  writer.registerNestedChats([{ recipient: critic, maxTurns: 1 }], { trigger: user });
  critic.registerNestedChats([{ recipient: inner.bot, maxTurns: 1 }], { trigger: writer });
  const result = await user.initiateChat(writer, { message: "go", maxTurns: 1, ...told });
  assert.equal(result.summary, "deep");
  assert.equal(result.cost.usageExcludingCachedInference.total_cost, 0.5);
  assert.deepEqual(
    result.nested.map(({ chatHistory, nested }) => [said(chatHistory), nested.map((one) => said(one.chatHistory))]),
    [[["writer: go", "critic: deep"], [["critic: go", "bot: deep"]]]],
  );
  assert.equal(result.nested[0]?.nested[0]?.cost.usageExcludingCachedInference.total_cost, 0.5);
});

test("D13-6 a predicate of the outer chat does not end the chats inside", async () => {
  const { user, writer, critic, told } = cast({ critic: ["STOP here", "c2"] });
  writer.registerNestedChats([{ recipient: critic, maxTurns: 2 }], { trigger: user });
  const isTerminationMsg = ({ content }: { readonly content: unknown }): boolean => String(content).includes("STOP");
  const result = await user.initiateChat(writer, { message: "go", maxTurns: 1, isTerminationMsg, ...told });
  assert.deepEqual(texts(result.nested[0]?.chatHistory ?? []), ["go", "STOP here", "writer's own", "c2"]);
});

test("summaries of any type become an answer", async () => {
  for (const [summary, expected] of [
    [{ content: "as a message" }, "as a message"],
    [{ score: 3 }, '{"score":3}'],
    [7, "7"],
    ["", ""],
  ] as const) {
    const { user, writer, critic, told } = cast();
    writer.registerNestedChats([{ recipient: critic, maxTurns: 1, summaryMethod: () => summary }], { trigger: user });
    const { chatHistory } = await user.initiateChat(writer, { message: "go", maxTurns: 1, ...told });
    assert.deepEqual(texts(chatHistory), ["go", expected]);
  }
});

test("a clone has the nested chats too, and its own way in at the same time", async () => {
  const { user, writer, told } = cast();
  const [one, two] = [speaker("one"), speaker("two")];
  writer.registerNestedChats([{ recipient: one, maxTurns: 1 }], { trigger: "user" });
  const twin = writer.clone("twin");
  twin.registerNestedChats([{ recipient: two, maxTurns: 1 }], { trigger: "user" });
  const results = await user.initiateChats(
    [
      { chatId: 1, recipient: writer, message: "a", maxTurns: 1 },
      { chatId: 2, recipient: twin, message: "b", maxTurns: 1 },
    ],
    told,
  );
  assert.deepEqual(
    [...results.values()].map(({ summary }) => summary),
    ["one says", "two says"],
  );
});
