import assert from "node:assert/strict";
import { test } from "vitest";
import { contentText, type Message } from "../../core.js";
import { pair } from "../../../test/pairs.js";
import { scriptedModel } from "../testing/index.js";
import { answering, calling, contents, user, watchedRun, words } from "../../../test/transforms/stage.js";
import { MessageSummarizer, TransformMessages } from "./index.js";

const frozen = (messages: readonly Message[]): readonly Message[] => messages.map((message) => Object.freeze(message));
const many = (from: number, to: number): readonly Message[] =>
  frozen(Array.from({ length: to - from }, (_, index) => user(`m${String(from + index)}`)));
const shown = (messages: readonly Message[]): unknown[] => contents(messages).map((one) => String(one).split("\n").at(-1));

test("older messages become notes; they are extended when there are too many again, and not before", async () => {
  const model = scriptedModel("notes 1", "notes 2");
  const summarizer = new MessageSummarizer({ summarizer: model.llmConfig, maxMessages: 4, keepMessages: 2, tokenizer: words });
  const history = many(0, 12);

  assert.deepEqual(shown(await summarizer.applyTransform(history.slice(0, 5))), ["m0", "m1", "m2", "m3", "m4"]);
  assert.deepEqual(shown(await summarizer.applyTransform(history.slice(0, 6))), ["m0", "notes 1", "m4", "m5"]);
  assert.deepEqual(shown(await summarizer.applyTransform(history.slice(0, 8))), ["m0", "notes 1", "m4", "m5", "m6", "m7"]);
  assert.deepEqual(shown(await summarizer.applyTransform(history.slice(0, 9))), ["m0", "notes 2", "m7", "m8"]);

  assert.equal(model.requests.length, 2);
  const [first, second] = model.requests.map(({ messages }) => contentText((messages as readonly Message[])[1]?.content));
  assert.equal(first, "<messages>\nuser: m1\nuser: m2\nuser: m3\n</messages>");
  assert.equal(second, "<notes>\nnotes 1\n</notes>\n\n<messages>\nuser: m4\nuser: m5\nuser: m6\n</messages>");
});

test("the requests for notes are part of the run: they count in its usage; an event tells what was done", async () => {
  const { user: ann, bot, model, stream } = pair(["one", "two", "the notes", "three"]);
  new TransformMessages({ transforms: [new MessageSummarizer({ maxMessages: 3, keepMessages: 2 })] }).addToAgent(bot);
  const told: unknown[] = [];

  const result = await ann.initiateChat(bot, {
    message: "first",
    maxTurns: 3,
    stream,
    onEvent: (event) => {
      if (event.type === "messages.transformed") told.push([event.agent, event.transform, event.messages]);
    },
  });

  assert.equal(model.requests.length, 4);
  const used = { cost: 0, prompt_tokens: 40, completion_tokens: 20, total_tokens: 60 };
  assert.deepEqual(result.cost.usageIncludingCachedInference["scripted"], used);
  assert.deepEqual(told, [["bot", "MessageSummarizer", { before: 5, after: 4 }]]);
  assert.deepEqual(shown(model.requests[3]?.["messages"] as readonly Message[]), ["SYS", "first", "the notes", "two", ""]);
});

test("calls and answers go into the notes together, and are told as text", async () => {
  const model = scriptedModel("notes");
  const summarizer = new MessageSummarizer({
    summarizer: model.llmConfig,
    maxMessages: 3,
    keepMessages: 2,
    keepFirstMessage: false,
    tokenizer: words,
  });
  const history = frozen([user("q"), calling(), answering("42"), user("thanks")]);
  assert.deepEqual(shown(await summarizer.applyTransform(history)), ["notes", "thanks"]);
  assert.match(JSON.stringify(model.requests[0]), /assistant: \\\\?ncalls f\(\{\}\)\\\\?ntool: 42/);
});

test("long beginnings are summarised in portions, and other histories are not mixed up with this one", async () => {
  const model = scriptedModel("a", "b", "c");
  const summarizer = new MessageSummarizer({
    summarizer: model.llmConfig,
    maxTokens: 150,
    keepMessages: 1,
    maxInputTokens: 100,
    keepFirstMessage: false,
    tokenizer: words,
  });
  const history = frozen([user("x ".repeat(70)), user("y ".repeat(70)), user("z")]);
  assert.deepEqual(shown(await summarizer.applyTransform(history)), ["b", "z"]);
  const [, , last] = history;
  const other = frozen([user("x ".repeat(200)), last ?? user("")]);
  assert.deepEqual(shown(await summarizer.applyTransform(other)), ["c", "z"]);
  assert.equal(model.requests.length, 3);
});

test("a model that fails leaves the messages as they were; one that gives nothing too", async () => {
  const model = scriptedModel(" ");
  const summarizer = new MessageSummarizer({ summarizer: model.llmConfig, maxMessages: 2, keepMessages: 1 });
  const capability = new TransformMessages({ transforms: [summarizer] });
  const history = many(0, 5);
  const { run, warnings } = watchedRun();
  assert.equal(await capability.applyTransform(history, { run }), history);
  assert.equal(await capability.applyTransform(history, { run }), history); // the script has run out
  assert.deepEqual(warnings(), ["transform-failed", "transform-failed"]);
});

test("limits that make no sense are refused", () => {
  for (const options of [{ maxMessages: 1 }, { maxMessages: 5, keepMessages: 5 }, { keepMessages: 0 }, { maxTokens: 0 }]) {
    assert.throws(() => new MessageSummarizer(options), { code: "invalid-option" });
  }
});
