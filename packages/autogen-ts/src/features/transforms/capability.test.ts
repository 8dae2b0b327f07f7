import assert from "node:assert/strict";
import { test } from "vitest";
import {
  contentText,
  ConversableAgent,
  GroupChat,
  GroupChatManager,
  memoryStream,
  type Message,
  type RunEvent,
} from "../../core.js";
import { scriptedModel } from "../testing/index.js";
import { pair, rejection, texts } from "../../../test/pairs.js";
import { contents, user, watchedRun, words } from "../../../test/transforms/stage.js";
import { MessageHistoryLimiter, MessageTokenLimiter, TransformMessages, type MessageTransform } from "./index.js";

/** Puts a letter behind every text. */
const marking = (letter: string): MessageTransform => ({
  applyTransform: (messages) =>
    messages.map((message): Message => ({ ...message, content: `${contentText(message.content)}${letter}` })),
  getLogs: () => [`marked ${letter}`, true],
});

const still: MessageTransform = { applyTransform: (messages) => messages, getLogs: () => ["nothing", false] };

test("XFRM-01 histories stay as they are, the request shows what the transforms made, each of the result before", async () => {
  const { user: ann, bot, model, stream } = pair(["one", "two"]);
  new TransformMessages({ transforms: [new MessageHistoryLimiter({ maxMessages: 1 }), marking("a"), marking("b")] }).addToAgent(
    bot,
  );

  await ann.initiateChat(bot, { message: "first", maxTurns: 2, stream });

  const asked = model.requests.map(({ messages }) => (messages as readonly Message[]).map(({ content }) => content));
  assert.deepEqual(asked, [
    ["SYS", "firstab"],
    ["SYS", "ab"],
  ]);
  assert.deepEqual(texts(bot.chatMessages.get(ann) ?? []), ["first", "one", "", "two"]);
});

test("XFRM-02 a leading system message is set aside and put back in front", async () => {
  const seen: unknown[] = [];
  const spy: MessageTransform = {
    applyTransform: (messages) => {
      seen.push(contents(messages));
      return messages.slice(-1);
    },
    getLogs: () => ["", false],
  };
  const system: Message = { role: "system", content: "S" };
  const result = await new TransformMessages({ transforms: [spy] }).applyTransform([system, user("a"), user("b")]);

  assert.deepEqual(seen, [["a", "b"]]);
  assert.deepEqual(contents(result), ["S", "b"]);
});

test("XFRM-03 a line for each transform that had an effect, and an event with its figures", async () => {
  const { run, events } = watchedRun();
  const limiter = new MessageTokenLimiter({ maxTokensPerMessage: 1, tokenizer: words });
  const capability = new TransformMessages({ transforms: [new MessageHistoryLimiter({ maxMessages: 2 }), still, limiter] });

  await capability.applyTransform([user("one two"), user("three four"), user("five")], { run });

  assert.deepEqual(
    events.filter(({ type }) => type === "messages.transformed"),
    [
      {
        type: "messages.transformed",
        agent: "",
        transform: "MessageHistoryLimiter",
        text: "Removed 1 messages. Number of messages reduced from 3 to 2.",
        messages: { before: 3, after: 2 },
        verbose: true,
      },
      {
        type: "messages.transformed",
        agent: "",
        transform: "MessageTokenLimiter",
        text: "Truncated 1 tokens. Number of tokens reduced from 3 to 2",
        messages: { before: 2, after: 2 },
        tokens: { before: 3, after: 2 },
        verbose: true,
      },
    ],
  );
});

for (const verbose of [true, false]) {
  test(`XFRM-03 the lines are ${verbose ? "printed" : "not printed"} with \`verbose: ${String(verbose)}\``, async () => {
    const { user: ann, bot, stream } = pair(["one", "two"]);
    new TransformMessages({ transforms: [new MessageHistoryLimiter({ maxMessages: 1 })], verbose }).addToAgent(bot);
    await ann.initiateChat(bot, { message: "first", maxTurns: 2, stream });
    assert.equal(stream.text.includes("Removed 2 messages. Number of messages reduced from 3 to 1."), verbose);
  });
}

const throwing: MessageTransform = {
  applyTransform: () => {
    throw new Error("out of order");
  },
  getLogs: () => ["", false],
};

for (const [title, transform, why] of [
  ["throws", throwing, "out of order"],
  ["leaves nothing", { ...still, applyTransform: () => [] }, "it left no message"],
  ["gives no list", { ...still, applyTransform: () => null as never }, "it gave null, no list"],
] as const) {
  test(`a transform that ${title}: messages are used as they were, with one warning and no word of those before it`, async () => {
    const { run, events } = watchedRun();
    const capability = new TransformMessages({ transforms: [marking("a"), transform] });
    const before = [user("x"), user("y")];

    assert.equal(await capability.applyTransform(before, { run }), before);
    assert.equal(await capability.applyTransform(before, { run }), before);

    assert.deepEqual(
      events.map((event) => (event.type === "warning" ? [event.code, event.text.includes(why)] : event.type)),
      [["transform-failed", true]],
    );
  });
}

test("an abort is no failure of a transform", async () => {
  const { user: ann, bot, stream } = pair(["never"]);
  const controller = new AbortController();
  const aborting: MessageTransform = {
    applyTransform: (messages) => {
      controller.abort();
      throw new Error(`of ${String(messages.length)}`);
    },
    getLogs: () => ["", false],
  };
  new TransformMessages({ transforms: [aborting] }).addToAgent(bot);
  const error = await rejection(ann.initiateChat(bot, { message: "hi", maxTurns: 1, stream, signal: controller.signal }));
  assert.equal((error as { code?: string }).code, "aborted");
});

test("no messages: none come back; what is no transform is refused; twice on one agent is refused", async () => {
  const { bot } = pair([]);
  const capability = new TransformMessages({ transforms: [throwing] });
  assert.deepEqual(await capability.applyTransform([]), []);
  for (const transforms of [null, [{}], "x"]) {
    assert.throws(() => new TransformMessages({ transforms: transforms as never }), { code: "invalid-option" });
  }
  capability.addToAgent(bot);
  assert.throws(() => capability.addToAgent(bot), { code: "invalid-option" });
});

test("XFRM-12 transforms of a selection shape its requests, tell of it, and leave those of the speakers alone", async () => {
  const selection = scriptedModel("b");
  const model = scriptedModel("one");
  const agents = ["a", "b"].map(
    (name) => new ConversableAgent({ name, humanInputMode: "NEVER", systemMessage: "SYS", llmConfig: model.llmConfig }),
  );
  const [a] = agents;
  assert.ok(a !== undefined);
  const group = new GroupChat({
    agents,
    maxRound: 2,
    allowRepeatSpeaker: true,
    selectSpeakerTransformMessages: new TransformMessages({
      transforms: [new MessageHistoryLimiter({ maxMessages: 1 })],
      verbose: false,
    }),
  });
  const manager = new GroupChatManager({ groupChat: group, llmConfig: selection.llmConfig });
  const told: string[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.type === "messages.transformed")
      told.push(`${event.agent} ${String(event.messages.before)}-${String(event.messages.after)}`);
  };
  await a.initiateChat(manager, { message: "first", stream: memoryStream(), onEvent });

  // The system message of the selection, and what the limiter left: the question.
  assert.deepEqual(contents(selection.requests[0]?.["messages"] as readonly Message[]).length, 2);
  assert.deepEqual(told, [" 2-1"]);
  assert.deepEqual(contents(model.requests[0]?.["messages"] as readonly Message[]), ["SYS", "first"]);
});
