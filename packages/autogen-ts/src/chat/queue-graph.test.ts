import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { speaker } from "../../test/groups.js";
import { rejection, texts } from "../../test/pairs.js";
import {
  askModel,
  ChatQueueError,
  chatOfError,
  createRun,
  ConversableAgent,
  initiateChats,
  initiateChatsAsync,
  isAutogenError,
  memoryStream,
  resultsOfError,
  type ChatEntry,
  type ChatResult,
  type RunEvent,
} from "../index.js";

const first = (result: ChatResult | undefined): string => texts(result?.chatHistory ?? [])[0] ?? "";
const quiet = { stream: memoryStream(), silent: true };

/** An agent that answers when it is told to, and says in `log` when it was asked and when it answered. */
function gated(name: string, log: string[]): { readonly agent: ConversableAgent; readonly answer: (text?: string) => void } {
  let answer: (text?: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => {
    answer = (text = `${name} says`) => resolve(text);
  });
  const agent = new ConversableAgent({ name, humanInputMode: "NEVER" });
  agent.registerReply(
    () => true,
    async () => {
      log.push(`${name} asked`);
      const text = await said;
      log.push(`${name} answers`);
      return [true, text];
    },
    { position: { before: askModel } },
  );
  return { agent, answer };
}

/** Lets everything happen that waits for nobody. */
const settled = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

test("MULTI-07 a chat is handed the summaries of its prerequisites, in the order listed, and results come by id", async () => {
  const u = speaker("u");
  const [a, b, c, d] = [speaker("a"), speaker("b"), speaker("c"), speaker("d")];
  const results = await u.initiateChatsAsync(
    [
      { chatId: 30, recipient: c, message: "t3", maxTurns: 1, prerequisites: [20, 10], carryover: "own" },
      { chatId: 10, recipient: a, message: "t1", maxTurns: 1 },
      {
        chatId: "last",
        recipient: d,
        message: "t4",
        maxTurns: 1,
        prerequisites: [30, 10, 10],
        finishedChatIndexesToExcludeFromCarryover: [10],
      },
      { chatId: 20, recipient: b, message: "t2", maxTurns: 1 },
    ],
    quiet,
  );
  assert.deepEqual(
    [...results].map(([id, result]) => [id, result.chatId, first(result)]),
    [
      [10, 10, "t1"],
      [20, 20, "t2"],
      [30, 30, "t3\nContext: \nown\nb says\na says"],
      ["last", "last", "t4\nContext: \nc says"],
    ],
  );
  assert.equal(u.getChatResults("last"), results.get("last")); // MULTI-21
  assert.deepEqual(u.getChatResults(), [...results.values()]);
});

test("MULTI-07 labels of results that were made side by side name no latest one", async () => {
  const u = speaker("u");
  const results = await u.initiateChats(
    [
      { chatId: "a", recipient: speaker("a"), message: "1", maxTurns: 1 },
      { chatId: "b", recipient: speaker("b"), message: "2", maxTurns: 1 },
      { chatId: "c", recipient: speaker("c"), message: "3", maxTurns: 1, prerequisites: ["a", "b"], carryoverFormat: "labelled" },
    ],
    quiet,
  );
  assert.equal(
    first(results.get("c")),
    "3\nContext: \n--- Result 1 of 2, given by a ---\na says\n--- Result 2 of 2, given by b ---\nb says\n--- End of earlier results ---",
  );
});

test("MULTI-08 chats that do not wait for each other overlap; a dependent one starts right after its own prerequisites", async () => {
  const log: string[] = [];
  const [slow, fast, next] = [gated("slow", log), gated("fast", log), gated("next", log)];
  const u = speaker("u");
  const chats = u.initiateChats(
    [
      { chatId: 1, recipient: slow.agent, message: "m", maxTurns: 1 },
      { chatId: 2, recipient: fast.agent, message: "m", maxTurns: 1 },
      { chatId: 3, recipient: next.agent, message: "m", maxTurns: 1, prerequisites: [2] },
    ],
    quiet,
  );
  await settled();
  assert.deepEqual(log, ["slow asked", "fast asked"]);
  fast.answer();
  await settled();
  assert.deepEqual(log.slice(2), ["fast answers", "next asked"]);
  next.answer();
  slow.answer();
  const results = await chats;
  assert.deepEqual([...results.keys()], [1, 2, 3]);
  assert.equal(first(results.get(3)), "m\nContext: \nfast says");
});

test("MULTI-08 `maxConcurrent` chats are under way at most", async () => {
  const log: string[] = [];
  const partners = Array.from({ length: 7 }, (_, index) => gated(`p${String(index)}`, log));
  const u = speaker("u");
  const chats = u.initiateChats(
    partners.map(({ agent }, chatId) => ({ chatId, recipient: agent, message: "m", maxTurns: 1 })),
    { ...quiet, maxConcurrent: 2 },
  );
  for (const [index, { answer }] of partners.entries()) {
    await settled();
    const open = log.filter((line) => line.endsWith("asked")).length - log.filter((line) => line.endsWith("answers")).length;
    assert.equal(open, index < 6 ? 2 : 1);
    answer();
  }
  assert.equal((await chats).size, 7);
});

const agents = { u: speaker("u"), a: speaker("a"), b: speaker("b") };
const entry = (chatId: unknown, more: object = {}): ChatEntry =>
  ({ chatId, sender: agents.u, recipient: agents.a, message: "m", maxTurns: 1, ...more }) as ChatEntry;
const other = (chatId: unknown, more: object = {}): ChatEntry => entry(chatId, { recipient: agents.b, ...more });

for (const [problem, queue, words] of [
  ["a circle", [entry(1, { prerequisites: [2] }), other(2, { prerequisites: [1] })], /1 waits for 2 waits for 1/],
  ["a chat that waits for itself", [entry("x", { prerequisites: ["x"] })], /"x" waits for "x"/],
  ["an id that is not there", [entry(1, { prerequisites: [7] })], /1 waits for chat 7/],
  ["an id of a wrong type", [entry(1, { prerequisites: [{}] })], /`prerequisites`/],
  ["a fraction as id", [entry(1.5)], /`chatId`/],
  ["an id twice", [entry(1), other(1)], /id 1/],
  ["ids for some only", [entry(1), other(undefined)], /\[1\].*`chatId`/],
  ["two chats of one pair at once", [entry(1), entry(2)], /1 and 2.*`u` and `a`/],
  ["the same with changed sides", [entry(1), entry(2, { sender: agents.a, recipient: agents.u })], /1 and 2/],
] as const) {
  test(`MULTI-09 ${problem}: refused before anything runs`, async () => {
    const types: string[] = [];
    await assert.rejects(initiateChats(queue, { ...quiet, onEvent: ({ type }) => types.push(type) }), {
      code: "invalid-option",
      message: words,
    });
    assert.deepEqual(types, []);
  });
}

test("MULTI-09 the asynchronous form needs ids", async () => {
  await assert.rejects(initiateChatsAsync([entry(1), other(undefined)]), { code: "invalid-option", message: /\[1\]/ });
  await assert.rejects(initiateChatsAsync({} as ChatEntry[]), { code: "invalid-option" });
  assert.deepEqual(await initiateChatsAsync([]), new Map());
});

test("MULTI-08 an engine that holds parts one by one comes to the same end", async () => {
  const u = speaker("u");
  const queue = [
    { chatId: 1, recipient: speaker("a"), message: "1", maxTurns: 1, prerequisites: [3] },
    { chatId: 2, recipient: speaker("b"), message: "2", maxTurns: 1, prerequisites: [1] },
    { chatId: 3, recipient: speaker("c"), message: "3", maxTurns: 1 },
  ];
  const run = createRun({ host: fakeHost(), joining: "sequential" });
  const results = await u.initiateChats(queue, { run, maxConcurrent: 1 });
  assert.deepEqual([...results.values()].map(first), ["3", "1\nContext: \nc says", "2\nContext: \na says"]);
});

test("MULTI-09 one pair may chat again when the chats cannot be held at once", async () => {
  for (const [queue, options] of [
    [[entry(1), entry(2, { prerequisites: [1] })], {}],
    [[entry(1), other(5, { prerequisites: [1] }), entry(2, { prerequisites: [5] })], {}],
    [[entry(1), entry(2)], { maxConcurrent: 1 }],
  ] as const) {
    assert.equal((await initiateChatsAsync(queue, { ...quiet, ...options })).size, queue.length);
  }
});

/** Fails when it is asked. */
function failing(name: string, error: Error = new Error(`${name} is broken`)): ConversableAgent {
  const agent = speaker(name);
  agent.registerReply(
    () => true,
    () => {
      throw error;
    },
  );
  return agent;
}

test("MULTI-22 D13-1 a failure in the second chat: the error names it and has the first result", async () => {
  const [u, good, bad, never] = [speaker("u"), speaker("good"), failing("bad"), speaker("never")];
  const error = await rejection(
    u.initiateChats(
      [
        { recipient: good, message: "1", maxTurns: 1 },
        { recipient: bad, message: "2", maxTurns: 1 },
        { recipient: never, message: "3", maxTurns: 1 },
      ],
      quiet,
    ),
  );
  assert.ok(error instanceof ChatQueueError);
  assert.equal(error.code, "chat-failed");
  assert.match(error.message, /\[1\] of `u` with `bad` failed: bad is broken.*1 of 3 chats did not start/);
  assert.deepEqual(error.results.map(first), ["1"]);
  assert.equal(resultsOfError(error), error.results);
  assert.deepEqual(texts(chatOfError(error)?.chatHistory ?? []), ["2\nContext: \ngood says"]); // what was said in the failed chat
  assert.deepEqual(
    error.failures.map(({ index, from, to, chatId }) => [index, from, to, chatId]),
    [[1, "u", "bad", null]],
  );
  assert.equal(never.chatMessages.size, 0);
  assert.deepEqual(u.getChatResults().map(first), ["1"]);
});

test("MULTI-22 of chats side by side the others are held to their end, those that wait for the failed one are not", async () => {
  const log: string[] = [];
  const slow = gated("slow", log);
  const [u, bad, after, late] = [speaker("u"), failing("bad"), speaker("after"), speaker("late")];
  const chats = rejection(
    u.initiateChats(
      [
        { chatId: "bad", recipient: bad, message: "m", maxTurns: 1 },
        { chatId: "slow", recipient: slow.agent, message: "m", maxTurns: 1 },
        { chatId: "after", recipient: after, message: "m", maxTurns: 1, prerequisites: ["bad"] },
        { chatId: "late", recipient: late, message: "m", maxTurns: 1, prerequisites: ["slow"] },
      ],
      quiet,
    ),
  );
  await settled();
  slow.answer();
  const error = await chats;
  assert.deepEqual(
    resultsOfError(error).map(({ chatId }) => chatId),
    ["slow", "late"],
  );
  assert.match((error as Error).message, /\[0\], id "bad", of `u` with `bad`/);
  assert.equal(after.chatMessages.size, 0);
  assert.equal(u.getChatResults("late").summary, "late says");
});

test("MULTI-22 the code and the details of a failure stay those of its cause", async () => {
  const cause = Object.assign(new Error("busy"), { name: "AutogenError", code: "model-failed", details: { status: 503 } });
  const error = await rejection(speaker("u").initiateChats([{ recipient: failing("bad", cause), message: "m" }], quiet));
  assert.ok(isAutogenError(error, "model-failed"));
  assert.equal(error.cause, cause);
  assert.deepEqual(error.details, {
    status: 503,
    failed: [{ index: 0, chatId: null, from: "u", to: "bad", message: "busy" }],
  });
});

test("a summary method that throws fails its chat", async () => {
  const summaryMethod = (): never => {
    throw new TypeError("no summary");
  };
  const error = await rejection(
    speaker("u").initiateChats([{ recipient: speaker("a"), message: "m", maxTurns: 1, summaryMethod }], quiet),
  );
  assert.match((error as Error).message, /\[0\].*no summary/);
  assert.deepEqual(texts(chatOfError(error)?.chatHistory ?? []), ["m", "a says"]);
});

test("an abort ends the chats under way and starts no other; what was finished is on the error", async () => {
  const [done, waits, late] = [speaker("done"), speaker("waits"), speaker("late")];
  const asks = new ConversableAgent({ name: "asks", humanInputMode: "ALWAYS" });
  const stop = new AbortController();
  const started: unknown[] = [];
  const chats = rejection(
    speaker("u").initiateChats(
      [
        { chatId: 1, recipient: done, message: "m", maxTurns: 1 },
        { chatId: 2, recipient: asks, message: "m", maxTurns: 1 }, // a human who never answers
        { chatId: 3, recipient: waits, message: "m", maxTurns: 1, prerequisites: [2] },
        { chatId: 4, recipient: late, message: "m", maxTurns: 1 }, // waits for its turn
      ],
      {
        signal: stop.signal,
        maxConcurrent: 1,
        stream: { print: () => undefined, input: async () => await new Promise(() => undefined) },
        onEvent: (event) => event.type === "chats.next" && started.push(event.chatId),
      },
    ),
  );
  await settled();
  stop.abort();
  const error = await chats;
  assert.ok(isAutogenError(error, "aborted"));
  assert.deepEqual(
    resultsOfError(error).map(({ chatId }) => chatId),
    [1],
  );
  assert.deepEqual(started, [1, 2]);
  assert.deepEqual([waits.chatMessages.size, late.chatMessages.size], [0, 0]);
});

test("several chats are one ordered stream of events, and the parts of a run have the same paths whoever starts first", async () => {
  const log: string[] = [];
  const [slow, fast, after] = [gated("slow", log), gated("fast", log), speaker("after")];
  const events: RunEvent[] = [];
  const chats = speaker("u").initiateChats(
    [
      { chatId: 1, recipient: after, message: "m", maxTurns: 1, prerequisites: [3] },
      { chatId: 2, recipient: slow.agent, message: "m", maxTurns: 1 },
      { chatId: 3, recipient: fast.agent, message: "m", maxTurns: 1 },
    ],
    { ...quiet, onEvent: (event) => events.push(event) },
  );
  await settled();
  fast.answer();
  await settled();
  slow.answer();
  await chats;
  const started = events.filter(({ type }) => type === "chat.start").map(({ path }) => path);
  assert.deepEqual(started, ["run/chats-0/entry-1/chat-0", "run/chats-0/entry-2/chat-0", "run/chats-0/entry-0/chat-0"]);
  assert.deepEqual(
    [events[0], events.at(-1)].map((event) => ({ ...event, seq: 0 })),
    [
      { type: "chats.start", chats: 3, graph: true, seq: 0, path: "run/chats-0", silent: true },
      { type: "chats.end", finished: 3, failed: 0, seq: 0, path: "run/chats-0", silent: true },
    ],
  );
});
