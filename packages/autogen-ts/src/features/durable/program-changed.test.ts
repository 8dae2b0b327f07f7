/** Programs that are no longer the one that was stored. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { agents, chatting, crashAt, folder, hostOf, model } from "../../../test/durable.js";
import { rejection } from "../../../test/pairs.js";
import { conversation } from "./index.js";

test("a chat that is started without the run is refused, since it would not be stored", async () => {
  using place = folder();
  const scripted = model("one");
  const one = conversation("c", async () => {
    const { user, bot } = agents(scripted);
    return (await user.initiateChat(bot, { message: "Q", maxTurns: 1, silent: true })).summary;
  });
  const outcome = await hostOf(place.dir, one).start(one, null, { id: "a" });
  assert.match(outcome.status === "failed" ? outcome.error.message : "", /started without its `run`/);
  assert.equal(scripted.requests.length, 0);
});

test("DUR-11 a program with another message at the same step is stopped, and shows the difference", async () => {
  using place = folder();
  const before = model("one");
  await rejection(hostOf(place.dir, chatting(before)).start(chatting(before), { question: "Q" }, { id: "a", ...crashAt(2) }));
  const other = model("never");
  const changed = conversation("chat", async (_: { question: string }, { run }) => {
    const { user, bot } = agents(other, { bot: { systemMessage: "You are a pirate." } });
    return (await user.initiateChat(bot, { message: "Q", maxTurns: 3, run })).summary;
  });
  const error = (await rejection(hostOf(place.dir, changed).resume("a"))) as Error & { code: string };
  assert.equal(error.code, "replay-diverged");
  assert.match(error.message, /`run\/chat-0\/model:bot#0` was performed with another input/);
  assert.match(error.message, /\+.*You are a pirate\./);
  assert.equal(other.requests.length, 0);
  // With the old program it goes on.
  const rest = model("two", "three");
  assert.equal((await hostOf(place.dir, chatting(rest)).resume("a")).status, "finished");
});

test("DUR-11 a program whose keys are others is stopped with both keys, and no new step is performed", async () => {
  using place = folder();
  const before = model("one");
  await rejection(hostOf(place.dir, chatting(before)).start(chatting(before), { question: "Q" }, { id: "a", ...crashAt(2) }));
  const other = model("never");
  const renamed = conversation("chat", async (_: { question: string }, { run }) => {
    const { user, bot } = agents(other, { bot: { name: "robot" } });
    return (await user.initiateChat(bot, { message: "Q", maxTurns: 3, run })).summary;
  });
  const start = Date.now();
  const error = (await rejection(hostOf(place.dir, renamed, { replayQuietMs: 1_000 }).resume("a"))) as Error & { code: string };
  assert.ok(Date.now() - start < 10_000);
  assert.equal(error.code, "replay-diverged");
  assert.match(
    error.message,
    /`run\/chat-0\/model:bot#0` was performed, and the program now asks for `run\/chat-0\/model:robot#0`/,
  );
  assert.equal(other.requests.length, 0);
});

test("DUR-11 a program that ends before it came by all that was stored is stopped", async () => {
  using place = folder();
  const before = model("one");
  await rejection(hostOf(place.dir, chatting(before)).start(chatting(before), { question: "Q" }, { id: "a", ...crashAt(2) }));
  const shorter = conversation("chat", async () => "done");
  const error = (await rejection(hostOf(place.dir, shorter).resume("a"))) as Error & { code: string };
  assert.equal(error.code, "replay-diverged");
  assert.match(error.message, /comes to its end instead/);
  assert.deepEqual(place.lines("a").length, 1);
});

test("DUR-10 another version leaves a run alone; the old one finishes it, a fork goes on with the new one", async () => {
  using place = folder();
  const before = model("one");
  await rejection(hostOf(place.dir, chatting(before)).start(chatting(before), { question: "Q" }, { id: "a", ...crashAt(2) }));

  const next = model("zwei", "drei");
  const v2 = hostOf(place.dir, chatting(next, "2"));
  assert.deepEqual(await v2.resumeReady(), []);
  const error = (await rejection(v2.resume("a"))) as Error & { code: string };
  assert.match(`${error.code}: ${error.message}`, /run-conflict: .* version `1` .* has `2`/);
  const forked = await v2.fork("a");
  const outcome = await v2.resume(forked);
  assert.deepEqual(outcome.status === "finished" && (outcome.result as { texts: string[] }).texts, [
    "Q",
    "one",
    "",
    "zwei",
    "",
    "drei",
  ]);

  const rest = model("two", "three");
  const [old] = await hostOf(place.dir, chatting(rest)).resumeReady();
  assert.equal(old?.status, "finished");
});
