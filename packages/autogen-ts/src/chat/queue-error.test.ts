/** What the error of several chats says, and what it counts as a failure (D13-1). */
import assert from "node:assert/strict";
import { test } from "vitest";
import { speaker } from "../../test/groups.js";
import { rejection, texts } from "../../test/pairs.js";
import { ChatQueueError, ConversableAgent, initiateChats, isAutogenError, memoryStream, type GraphEntry } from "../index.js";

const quiet = { stream: memoryStream(), silent: true };

/** A chat whose recipient answers by `answer`. */
function chat(chatId: number, answer: () => string | Promise<string>): GraphEntry {
  const recipient = new ConversableAgent({ name: `bot${String(chatId)}`, humanInputMode: "NEVER" });
  recipient.registerReply(
    () => true,
    async () => [true, await answer()],
  );
  return { chatId, sender: speaker("user"), recipient, message: "go", maxTurns: 1 };
}

const fails = (): never => {
  throw new Error("out of paper");
};

test("MULTI-22 an abort comes before failures of other chats", async () => {
  const stopping = new AbortController();
  const queue = [
    chat(0, fails),
    chat(1, () => {
      stopping.abort();
      return "too late";
    }),
  ];
  const error = await rejection(initiateChats(queue, { ...quiet, signal: stopping.signal }));
  assert.ok(isAutogenError(error, "aborted"), String(error));
  assert.ok(error instanceof ChatQueueError);
  assert.deepEqual(
    error.failures.map(({ index }) => index),
    [0, 1],
  );
});

test("MULTI-22 chats that an abort keeps from starting have not failed", async () => {
  const stopping = new AbortController();
  const queue = Array.from({ length: 50 }, (_, id) =>
    chat(id, () => {
      if (id === 2) stopping.abort();
      return "done";
    }),
  );
  const error = await rejection(initiateChats(queue, { ...quiet, signal: stopping.signal, maxConcurrent: 1 }));
  assert.ok(error instanceof ChatQueueError);
  assert.deepEqual(
    error.failures.map(({ index }) => index),
    [2],
  );
  assert.deepEqual(
    error.results.map(({ chatHistory }) => texts(chatHistory)[1]),
    ["done", "done"],
  );
  assert.match(error.message, /47 of 50 chats did not start\./);
});

test("MULTI-22 a message names the first failures, and tells how many more there are; its parts are sentences", async () => {
  const error = await rejection(
    initiateChats(
      Array.from({ length: 300 }, (_, id) => chat(id, fails)),
      quiet,
    ),
  );
  assert.ok(error instanceof ChatQueueError);
  assert.equal(error.failures.length, 300);
  assert.match(
    error.message,
    /failed: out of paper\. So did \[1\], id 1, .* \[5\], id 5, of `user` with `bot5` and 294 more\. `results`/,
  );
});
