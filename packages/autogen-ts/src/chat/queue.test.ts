import assert from "node:assert/strict";
import { test } from "vitest";
import { said, speaker } from "../../test/groups.js";
import { texts } from "../../test/pairs.js";
import { initiateChats, memoryStream, type ChatEntry, type ChatResult, type Message, type RunEvent } from "../index.js";

/** A starter and partners that say `<name> says`, or what is given. */
const cast = (...names: readonly string[]) => names.map((name) => speaker(name));
const first = (result: ChatResult | undefined): string => texts(result?.chatHistory ?? [])[0] ?? "";
const quiet = { stream: memoryStream(), silent: true };

test("MULTI-01 each chat is handed the summaries of all before it, in the order of the queue", async () => {
  const u = speaker("u");
  const [b, c, d] = [speaker("b", "B1 TERMINATE"), speaker("c"), speaker("d")];
  const results = await u.initiateChats(
    [
      { recipient: b, message: "m1", maxTurns: 1 },
      { recipient: c, message: "m2", maxTurns: 1, carryover: "given", summaryMethod: () => ({ content: "dictsum" }) },
      { recipient: d, message: "m3", maxTurns: 1 },
      { recipient: c, message: { content: "m4" }, maxTurns: 1 },
    ],
    quiet,
  );
  assert.deepEqual(results.map(first), [
    "m1",
    "m2\nContext: \ngiven\nB1 ",
    "m3\nContext: \nB1 \ndictsum", // MULTI-06: an object by its content
    "m4\nContext: \nB1 \ndictsum\nd says",
  ]);
  assert.deepEqual(
    results.map(({ summary, chatId }) => [summary, chatId]),
    [
      ["B1 ", null],
      [{ content: "dictsum" }, null],
      ["d says", null],
      ["c says", null],
    ],
  );
});

test("MULTI-01 places in the queue can be left out of the carryover, and each entry has a sender of its own", async () => {
  const [u, v, b, c, d] = cast("u", "v", "b", "c", "d");
  const results = await initiateChats(
    [
      { sender: u, recipient: b!, message: "m1", maxTurns: 1 },
      {
        sender: v,
        recipient: c!,
        message: "m2",
        maxTurns: 1,
        carryover: ["x", "y"],
        finishedChatIndexesToExcludeFromCarryover: [0],
      },
      { sender: u, recipient: d!, message: "m3", maxTurns: 1, finishedChatIndexesToExcludeFromCarryover: [1] },
    ],
    quiet,
  );
  assert.deepEqual(results.map(first), ["m1", "m2\nContext: \nx\ny", "m3\nContext: \nb says"]);
  assert.equal(results[1]?.chatHistory[0]?.name, "v");
});

test("an empty queue gives an empty result", async () => {
  assert.deepEqual(await initiateChats([]), []);
  assert.deepEqual(await speaker("u").initiateChats([]), []);
});

const LINE = "*".repeat(80);

test("MULTI-02 the banner, without and with `verbose`; silent chats have none", async () => {
  const [u, b, c, d, e] = cast("u", "b", "c", "d", "e");
  const stream = memoryStream();
  function greet(): string {
    return "hello";
  }
  await u!.initiateChats(
    [
      { recipient: b!, message: "m1", maxTurns: 0 },
      { recipient: c!, message: "m2", maxTurns: 0, verbose: true, carryover: "own" },
      { recipient: d!, message: greet, maxTurns: 0, verbose: true },
      {
        recipient: e!,
        message: { content: "m4" },
        maxTurns: 0,
        verbose: true,
        finishedChatIndexesToExcludeFromCarryover: [0, 1, 2],
      },
      { recipient: b!, message: "m5", maxTurns: 0, silent: true },
      { recipient: c!, message: null, maxTurns: 0, verbose: true, finishedChatIndexesToExcludeFromCarryover: [0, 1, 2, 3, 4] },
    ],
    { stream },
  );
  const banner = (...middle: readonly string[]): string => `\n${LINE}\nStarting a new chat....\n${middle.join("")}\n${LINE}\n`;
  assert.equal(
    stream.text,
    banner() +
      banner("Message:\nm2\n", "Carryover:\nown\n\n") +
      banner("Message:\nCallable: greet\n", "Carryover:\n\n\n") +
      banner('Message:\nDict: {"content":"m4"}\n', "Carryover:\n\n") +
      banner("Message:\nNone\n", "Carryover:\n\n"),
  );
});

test("MULTI-02 the banner is blue where there are colours", async () => {
  const [u, b] = cast("u", "b");
  const stream = Object.assign(memoryStream(), { supportsColor: true });
  await u!.initiateChats([{ recipient: b!, message: "m", maxTurns: 0 }], { stream });
  const blue = (text: string): string => `\u001B[34m${text}\u001B[0m\n`;
  assert.equal(stream.text, blue(`\n${LINE}`) + blue("Starting a new chat....") + blue(`\n${LINE}`));
});

const [u, b, c] = [speaker("u"), speaker("b"), speaker("c")];

/** What is wrong, the second entry, and words of the error. */
const REFUSED: readonly (readonly [problem: string, entry: unknown, words: RegExp])[] = [
  ["no sender", { recipient: c, message: "m", sender: null }, /\[1\].*`sender`/],
  ["a sender that is no agent", { sender: { name: "x" }, recipient: c, message: "m" }, /\[1\].*`sender`/],
  ["no recipient", { sender: u, message: "m" }, /\[1\].*`recipient`/],
  [
    "a recipient that takes single messages only",
    { sender: u, recipient: { name: "x", receive: () => undefined } },
    /\[1\].*`x`/,
  ],
  ["sender and recipient the same", { sender: u, recipient: u, message: "m" }, /\[1\].*with itself/],
  ["a number as carryover", { sender: u, recipient: c, message: "m", carryover: 7 }, /\[1\].*`carryover`.*number/],
  ["an object as carryover", { sender: u, recipient: c, message: "m", carryover: { a: 1 } }, /\[1\].*`carryover`.*object/],
  ["an unknown summary method", { sender: u, recipient: c, message: "m", summaryMethod: "sum" }, /\[1\].*`summaryMethod`/],
  ["reflection without a model", { sender: u, recipient: c, summaryMethod: "reflection_with_llm" }, /\[1\].*needs a model/],
  ["a fraction of turns", { sender: u, recipient: c, message: "m", maxTurns: 1.5 }, /\[1\].*`maxTurns`/],
  ["places that are none", { sender: u, recipient: c, finishedChatIndexesToExcludeFromCarryover: 0 }, /\[1\].*list of places/],
  ["prerequisites without ids", { sender: u, recipient: c, message: "m", prerequisites: [1] }, /\[1\].*`chatId`/],
  ["an unknown mode", { sender: u, recipient: c, message: "m", carryoverMode: "some" }, /\[1\].*`carryoverMode`/],
  ["an unknown format", { sender: u, recipient: c, message: "m", carryoverFormat: "xml" }, /\[1\].*`carryoverFormat`/],
  ["an entry that is none", null, /\[1\].*object/],
];

for (const [problem, entry, words] of REFUSED) {
  test(`MULTI-03 ${problem}: refused before the first chat starts`, async () => {
    const queue = [{ sender: u, recipient: b, message: "m1", maxTurns: 1 }, entry as ChatEntry];
    const events: string[] = [];
    await assert.rejects(initiateChats(queue, { onEvent: ({ type }) => events.push(type) }), {
      code: "invalid-option",
      message: words,
    });
    assert.deepEqual(events, []);
    assert.equal(u.chatMessages.size, 0);
  });
}

test("MULTI-03 a queue that is no list, and a limit of nobody", async () => {
  await assert.rejects(initiateChats({} as ChatEntry[]), { code: "invalid-option" });
  for (const maxConcurrent of [0, -1, 1.5, Number.NaN, "2" as unknown as number]) {
    await assert.rejects(initiateChats([], { maxConcurrent }), { code: "invalid-option", message: /maxConcurrent/ });
  }
});

test("MULTI-03 a warning when an agent is the recipient of several chats, and when a message is missing", async () => {
  const [me, bot] = [speaker("me"), speaker("bot")];
  const codes: string[] = [];
  const onEvent = (event: RunEvent): unknown => event.type === "warning" && codes.push(event.code);
  const results = await me.initiateChats(
    [
      { recipient: bot, message: "1", maxTurns: 1 },
      { recipient: bot, maxTurns: 0 },
    ],
    { stream: memoryStream(), onEvent },
  );
  assert.deepEqual(codes, ["repeated-recipient", "no-first-message", "no-summary"]);
  assert.deepEqual(texts(results[0]!.chatHistory), ["1", "bot says"]); // a snapshot, D13-10
});

test("MULTI-04 D13-2 the same queue twice gives the same messages, and stays as it was", async () => {
  const [me, one, two] = cast("me", "one", "two");
  const queue = [
    { recipient: one!, message: "m1", maxTurns: 1, carryover: ["own"] },
    { recipient: two!, message: { content: "m2" }, maxTurns: 1 },
  ];
  const before = queue.map((entry) => ({ ...entry }));
  Object.freeze(queue);
  for (const entry of queue) Object.freeze(entry);
  const opened = async (): Promise<string[]> => (await me!.initiateChats(queue, quiet)).map(first);
  assert.deepEqual(await opened(), ["m1\nContext: \nown", "m2\nContext: \none says"]);
  assert.deepEqual(await opened(), ["m1\nContext: \nown", "m2\nContext: \none says"]);
  assert.deepEqual(queue, before);
});

test("MULTI-05 a message function gets the carryover so far and the further keys; nothing is appended to what it says", async () => {
  const [me, one, two] = cast("me", "one", "two");
  const contexts: unknown[] = [];
  const results = await me!.initiateChats(
    [
      { recipient: one!, message: "m1", maxTurns: 1 },
      {
        recipient: two!,
        maxTurns: 1,
        carryover: "own",
        city: "Paris",
        message: (sender, recipient, context, opening) => {
          contexts.push(context, opening.context === context, opening.owner === sender, opening.messages);
          return `${sender.name} to ${recipient.name}`;
        },
      },
    ],
    quiet,
  );
  assert.deepEqual(contexts, [{ carryover: ["own", "one says"], city: "Paris" }, true, true, []]);
  assert.equal(first(results[1]), "me to two");
});

test("D13-11 the carryover can be the last summary only, or none; an entry decides for itself", async () => {
  const [me, one, two, three, four] = cast("me", "one", "two", "three", "four");
  const queue = [
    { recipient: one!, message: "1", maxTurns: 1 },
    { recipient: two!, message: "2", maxTurns: 1 },
    { recipient: three!, message: "3", maxTurns: 1, carryover: "own" },
    { recipient: four!, message: "4", maxTurns: 1, carryoverMode: "none" as const },
  ];
  const results = await me!.initiateChats(queue, { ...quiet, carryoverMode: "last" });
  assert.deepEqual(results.map(first), ["1", "2\nContext: \none says", "3\nContext: \nown\ntwo says", "4"]);
});

test("labelled carryover says whose each result is, which is the latest, and where they end", async () => {
  const [me, one, two, three] = cast("me", "one", "two", "three");
  const results = await me!.initiateChats(
    [
      { recipient: one!, message: "1", maxTurns: 1 },
      { recipient: two!, message: "2", maxTurns: 1, carryover: "own" },
      { recipient: three!, message: "3", maxTurns: 1 },
    ],
    { ...quiet, carryoverFormat: "labelled" },
  );
  assert.deepEqual(results.map(first), [
    "1",
    "2\nContext: \nown\n--- Result of an earlier chat, given by one: the latest ---\none says\n--- End of earlier results ---",
    "3\nContext: \n--- Result 1 of 2, given by one ---\none says\n--- Result 2 of 2, given by two: the latest ---\ntwo says\n--- End of earlier results ---",
  ]);
});

test("a format of one's own gets what is known of each summary", async () => {
  const [me, one, two, three] = cast("me", "one", "two", "three");
  const results = await me!.initiateChats(
    [
      { recipient: one!, message: "1", maxTurns: 1, summaryMethod: () => 42 },
      { recipient: two!, message: "2", maxTurns: 1, carryoverMode: "none" },
      { recipient: three!, message: "3", maxTurns: 1 },
    ],
    { ...quiet, carryoverFormat: (carried) => JSON.stringify(carried) },
  );
  assert.equal(
    first(results[2]),
    '3\nContext: \n{"summary":42,"from":"one","chat":0,"position":1,"total":2,"isLatest":false}\n' +
      '{"summary":"two says","from":"two","chat":1,"position":2,"total":2,"isLatest":true}',
  );
});

test("MULTI-21 the results of the last queue, all and one by one", async () => {
  const [me, one, two] = cast("me", "one", "two");
  assert.deepEqual(me!.getChatResults(), []);
  const results = await me!.initiateChats(
    [
      { recipient: one!, message: "1", maxTurns: 1 },
      { recipient: two!, message: "2", maxTurns: 1 },
    ],
    quiet,
  );
  assert.deepEqual(me!.getChatResults(), results);
  assert.equal(me!.getChatResults(0), results[0]);
  assert.equal(me!.getChatResults(-1), results[1]);
  assert.throws(() => me!.getChatResults(2), { code: "invalid-option" });
});

test("D13-6 a chat has a predicate of its own, which is told who said it in which chat", async () => {
  const [me, one] = [speaker("me"), speaker("one", ["go on", "enough", "more"])];
  const seen: unknown[] = [];
  const isTerminationMsg = (
    { content }: Message,
    { sender, chat }: { sender: { name: string } | null; chat: unknown },
  ): boolean => {
    const { path, from, to } = chat as { path: string; from: string; to: string };
    seen.push([sender?.name, path, from, to]);
    return content === "enough";
  };
  const [result] = await me.initiateChats([{ recipient: one, message: "m", isTerminationMsg }], quiet);
  assert.deepEqual(said(result!.chatHistory), ["me: m", "one: go on", "me: me says", "one: enough"]);
  assert.equal(result!.stopReason, "termination-message");
  assert.deepEqual(seen[1], ["one", "run/chats-0/entry-0/chat-0", "me", "one"]);
});
