/** Runs that are started, interrupted, gone on with and cancelled. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { agents, chatting, crashAt, folder, hostOf, model } from "../../../test/durable.js";
import { rejection } from "../../../test/pairs.js";
import { contentText, defineTool, GroupChat, GroupChatManager, registerFunction, type Json, type RunEvent } from "../../index.js";
import { failing, scriptedModel, type ScriptedModel } from "../testing/index.js";
import { conversation } from "./index.js";

test("DUR-01 a run has the result of its program, and each step once in the journal", async () => {
  using place = folder();
  const scripted = model("one", "two", "three");
  const outcome = await hostOf(place.dir, chatting(scripted)).start(chatting(scripted), { question: "Q" }, { id: "a" });
  assert.equal(outcome.status, "finished");
  assert.deepEqual(outcome.status === "finished" && outcome.result.texts, ["Q", "one", "", "two", "", "three"]);
  const lines = place.lines("a");
  assert.deepEqual(
    lines.map(({ k, end }) => k ?? end),
    ["run/chat-0/model:bot#0", "run/chat-0/model:bot#1", "run/chat-0/model:bot#2", "finished"],
  );
  const head = JSON.parse(readFileSync(join(place.dir, "a.jsonl"), "utf8").split("\n")[0] ?? "") as Record<string, Json>;
  assert.deepEqual(
    [head["format"], head["version"], head["program"], head["input"]],
    ["autogen-ts-journal", 1, "1", { question: "Q" }],
  );
});

test("DUR-02 what was completed before a crash is not asked again, and the transcript is that of an undisturbed run", async () => {
  using place = folder();
  const undisturbed = model("one", "two", "three");
  const expected = await hostOf(place.dir, chatting(undisturbed)).start(
    chatting(undisturbed),
    { question: "Q" },
    { id: "whole" },
  );

  const first = model("one", "two");
  const error = await rejection(
    hostOf(place.dir, chatting(first)).start(chatting(first), { question: "Q" }, { id: "a", ...crashAt(3) }),
  );
  assert.equal((error as { code?: unknown }).code, "aborted");
  assert.equal(first.requests.length, 2);

  const second = model("three");
  const host = hostOf(place.dir, chatting(second));
  assert.deepEqual(
    (await host.list()).map(({ id, status, steps }) => [id, status, steps]),
    [
      ["whole", "finished", 3],
      ["a", "ready", 2],
    ],
  );
  const outcome = await host.resume("a");
  assert.deepEqual(outcome, { ...expected, id: "a" });
  assert.equal(second.requests.length, 1);
});

test("starting an id again gives the outcome of its run; with another input it is refused", async () => {
  using place = folder();
  const scripted = model("one", "two", "three");
  const one = chatting(scripted);
  const host = hostOf(place.dir, one);
  const [a, b] = await Promise.all([
    host.start(one, { question: "Q" }, { id: "x" }),
    host.start(one, { question: "Q" }, { id: "x" }),
  ]);
  assert.deepEqual(a, b);
  assert.deepEqual(await host.start(one, { question: "Q" }, { id: "x" }), a);
  assert.equal(scripted.requests.length, 3);
  const error = (await rejection(host.start(one, { question: "R" }, { id: "x" }))) as { code: string };
  assert.equal(error.code, "run-conflict");
});

test("streamed pieces are told by the live step only; a replay tells the rest as it was", async () => {
  using place = folder();
  const streaming = (scripted: ScriptedModel) =>
    conversation("stream", async (_: null, { run }) => {
      const { user, bot } = agents(scripted);
      return (await user.initiateChat(bot, { message: "Q", maxTurns: 2, run })).summary;
    });
  const seen: [string, boolean][] = [];
  const note = (event: RunEvent, { replayed }: { replayed: boolean }): void => void seen.push([event.type, replayed]);
  const first = scriptedModel({ stream: ["o", "ne"] });
  const crash = crashAt(2);
  await rejection(
    hostOf(place.dir, streaming(first)).start(streaming(first), null, {
      ...{ id: "a", signal: crash.signal },
      onEvent: (event, info) => {
        note(event, info);
        crash.onEvent(event, info);
      },
    }),
  );
  assert.equal(seen.filter(([type]) => type === "llm.delta").length, 2);
  seen.length = 0;
  const second = scriptedModel({ stream: ["t", "wo"] });
  const outcome = await hostOf(place.dir, streaming(second)).resume("a", { onEvent: note });
  assert.deepEqual(outcome, { id: "a", status: "finished", result: "two" });
  assert.deepEqual(
    seen.filter(([type]) => type === "llm.delta" || type === "llm.end"),
    [
      ["llm.end", false],
      ["llm.delta", false],
      ["llm.delta", false],
      ["llm.end", false],
    ],
  );
});

test("an error of a step is stored with its name, code and message", async () => {
  using place = folder();
  const closed = conversation("fail", async (_: null, { run }) => {
    const failed = await run
      .perform("io", "shop", { order: 1 }, async () => {
        throw Object.assign(new TypeError("the shop is closed"), { code: "ECLOSED" });
      })
      .catch((error: unknown) => error as Error & { code: string });
    await run.perform("io", "next", null, async () => "done");
    return (failed as Error).message;
  });
  const host = hostOf(place.dir, closed);
  assert.deepEqual(await host.start(closed, null, { id: "a" }), { id: "a", status: "finished", result: "the shop is closed" });
  assert.deepEqual(place.lines("a")[0]?.["e"], { name: "TypeError", code: "ECLOSED", message: "the shop is closed" });
});

test("a revived error has the name, message and code of the one that was thrown", async () => {
  using place = folder();
  let again = false;
  const closed = conversation("fail", async (_: null, { run }) => {
    const error = await run
      .perform("io", "shop", null, async () => {
        throw Object.assign(new TypeError("closed"), { code: "ECLOSED" });
      })
      .then(
        () => null,
        (thrown: unknown) => thrown as Error & { code: string },
      );
    if (!again)
      await run.perform(
        "io",
        "crash",
        null,
        async ({ signal }) => await new Promise((_r, reject) => signal?.addEventListener("abort", () => reject(new Error("x")))),
      );
    return [error?.name ?? "", error?.message ?? "", error?.code ?? ""];
  });
  const crash = new AbortController();
  const running = hostOf(place.dir, closed).start(closed, null, { id: "a", signal: crash.signal });
  setImmediate(() => crash.abort());
  await rejection(running);
  again = true;
  const outcome = await hostOf(place.dir, closed).resume("a");
  assert.deepEqual(outcome, { id: "a", status: "finished", result: ["TypeError", "closed", "ECLOSED"] });
});

test("a failed run keeps its error; resuming performs the steps again by which it failed", async () => {
  using place = folder();
  const bad = scriptedModel("one", failing({ status: 500, message: "out of order" }));
  const host = hostOf(place.dir, chatting(bad));
  const failed = await host.start(chatting(bad), { question: "Q" }, { id: "a" });
  assert.equal(failed.status, "failed");
  assert.deepEqual(await host.start(chatting(bad), { question: "Q" }, { id: "a" }), failed);

  const good = model("two", "three");
  const outcome = await hostOf(place.dir, chatting(good)).resume("a");
  assert.deepEqual(outcome.status === "finished" && (outcome.result as { texts: string[] }).texts, [
    "Q",
    "one",
    "",
    "two",
    "",
    "three",
  ]);
  assert.equal(good.requests.length, 2);
});

test("effects inside of an effect are not stored: the tool call is repeated as a whole", async () => {
  using place = folder();
  const inner = model("inner");
  const outer = scriptedModel({ tool_calls: [{ id: "c1", function: { name: "ask", arguments: "{}" } }] }, "done TERMINATE");
  const one = conversation("c", async (_: null, { run }) => {
    const { user, bot } = agents(outer);
    const ask = defineTool({
      ...{ name: "ask", description: "Asks", parameters: { type: "object", properties: {} } },
      execute: async (_args, context) => {
        const pair = agents(inner);
        return (await pair.user.initiateChat(pair.bot, { message: "Q", maxTurns: 1, run: context.run })).summary;
      },
    });
    registerFunction(ask, { caller: bot, executor: user });
    return (await user.initiateChat(bot, { message: "Q", run })).summary;
  });
  assert.equal((await hostOf(place.dir, one).start(one, null, { id: "a" })).status, "finished");
  assert.deepEqual(
    place.lines("a").map(({ k, end }) => k ?? end),
    ["run/chat-0/model:bot#0", "run/chat-0/tool:ask#0", "run/chat-0/model:bot#1", "finished"],
  );
});

test("DUR-09 cancelling from outside fires the signal of the running step, and no later step is performed", async () => {
  using place = folder();
  const reached: string[] = [];
  let begun: () => void = () => undefined;
  const running = new Promise<void>((resolve) => (begun = resolve));
  const one = conversation("c", async (_: null, { run }) => {
    await run.perform("io", "slow", null, async ({ signal }) => {
      begun();
      return await new Promise((resolve) => signal?.addEventListener("abort", () => (reached.push("fired"), resolve("late"))));
    });
    reached.push("later");
    return await run.perform("io", "later", null, async () => (reached.push("performed"), 1));
  });
  const outcome = hostOf(place.dir, one).start(one, null, { id: "a" });
  await running;
  const elsewhere = hostOf(place.dir, one); // Another host, as in another process: told by the folder alone.
  assert.equal(await elsewhere.cancel("a", "not needed"), true);
  assert.deepEqual(await outcome, { id: "a", status: "cancelled", reason: "not needed" });
  assert.deepEqual(reached, ["fired"]);
  assert.equal(await elsewhere.cancel("a"), false);
  assert.deepEqual(await elsewhere.resume("a"), await outcome);
  assert.deepEqual(
    place.lines("a").map(({ end }) => end),
    ["cancelled"],
  );
});

test("cancelling a run that nobody goes on with ends it at once", async () => {
  using place = folder();
  const before = model("one");
  const host = hostOf(place.dir, chatting(before));
  await rejection(host.start(chatting(before), { question: "Q" }, { id: "a", ...crashAt(2) }));
  assert.equal(await host.cancel("a"), true);
  assert.deepEqual((await host.show("a")).end, { id: "a", status: "cancelled", reason: null });
});

test("a removed run is gone, and its id is free", async () => {
  using place = folder();
  const scripted = model("one", "two", "three");
  const one = chatting(scripted);
  const host = hostOf(place.dir, one);
  await host.start(one, { question: "Q" }, { id: "a" });
  await host.remove("a");
  assert.deepEqual(await host.list(), []);
  await assert.rejects(host.show("a"), { code: "unknown-run" });
});

test("a group chat goes on after a crash with the same transcript", async () => {
  using place = folder();
  const grouping = (scripted: ScriptedModel) =>
    conversation("group", async (_: null, { run }) => {
      const { user, bot } = agents(scripted);
      const other = agents(scripted, { bot: { name: "critic" } }).bot;
      const groupChat = new GroupChat({ agents: [user, bot, other], maxRound: 6, speakerSelectionMethod: "random" });
      const manager = new GroupChatManager({ groupChat });
      await user.initiateChat(manager, { message: "Q", run });
      return groupChat.messages.map(({ name, content }) => [name ?? "", contentText(content)]);
    });
  const whole = model("1", "2", "3", "4", "5");
  const first = hostOf(place.dir, grouping(whole));
  const crash = new AbortController();
  let messages = 0;
  await rejection(
    first.start(grouping(whole), null, {
      ...{ id: "a", signal: crash.signal },
      onEvent: ({ type }) => {
        if (type === "message.received") messages += 1;
        if (messages === 5) crash.abort();
      },
    }),
  );
  const before = place.lines("a").map(({ k }) => k);
  const outcome = await hostOf(place.dir, grouping(whole)).resume("a");
  assert.equal(outcome.status, "finished");
  const keys = place.lines("a").flatMap(({ k }) => k ?? []);
  assert.deepEqual(
    keys.slice(0, before.length),
    before.filter((key) => key !== undefined),
  );
  assert.equal(new Set(keys).size, keys.length);
});

test("a branch that failed is performed again by `resume`, whatever the others did after it", async () => {
  using place = folder();
  let isOpen = false;
  const done: string[] = [];
  const branches = conversation(
    "branches",
    async (_: null, { run }) =>
      await run.join([
        async () =>
          await run.child("a").perform("io", "shop", null, async () => {
            done.push("a");
            if (!isOpen) throw new Error("the shop is closed");
            return "bought";
          }),
        async () => {
          const part = run.child("b");
          for (let index = 0; index < 3; index += 1) await part.perform("io", "count", { index }, async () => done.push("b"));
          return "counted";
        },
      ]),
  );
  const host = hostOf(place.dir, branches);
  assert.equal((await host.start(branches, null, { id: "a" })).status, "failed");
  isOpen = true;
  assert.deepEqual(await host.resume("a"), { id: "a", status: "finished", result: ["bought", "counted"] });
  assert.equal(done.filter((one) => one === "a").length, 2);
});

test("one damaged journal is shown as such, and the others are gone on with", async () => {
  using place = folder();
  const before = model("one");
  await rejection(hostOf(place.dir, chatting(before)).start(chatting(before), { question: "Q" }, { id: "a", ...crashAt(2) }));
  writeFileSync(join(place.dir, "broken.jsonl"), "hello\n");
  const host = hostOf(place.dir, chatting(model("two", "three")));
  assert.deepEqual(
    (await host.list()).map(({ id, status }) => [id, status]),
    [
      ["broken", "damaged"],
      ["a", "ready"],
    ],
  );
  assert.deepEqual(
    (await host.resumeReady()).map(({ id, status }) => [id, status]),
    [["a", "finished"]],
  );
});
