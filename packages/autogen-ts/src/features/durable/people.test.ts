/** Questions to people that outlive the process: answered from elsewhere, early, twice, late, or never. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { agents, folder, hostOf, said } from "../../../test/durable.js";
import { call, DENIED, sending } from "../../../test/sending.js";
import { memoryStream, registerFunction, type Json } from "../../index.js";
import { scriptedModel, type ScriptedModel } from "../testing/index.js";
import { conversation, type RunOutcome } from "./index.js";

const QUESTION = "run/chat-0/human:boss#0";

/** A boss who is asked before each of his messages. */
const asking = (scripted: ScriptedModel) =>
  conversation("asking", async (_: Json, { run }) => {
    const { user, bot } = agents(scripted, { user: { name: "boss", humanInputMode: "ALWAYS" } });
    return said((await user.initiateChat(bot, { message: "Q", maxTurns: 2, run })).chatHistory);
  });

/** Somebody who may mail only after being asked. */
const mailing = (scripted: ScriptedModel, sent: unknown[]) =>
  conversation("mailing", async (_: Json, { run }) => {
    const { user, bot } = agents(scripted);
    registerFunction(sending(sent), { caller: bot, executor: user });
    return said((await user.initiateChat(bot, { message: "Mail Ann.", run })).chatHistory);
  });

const resultOf = (outcome: RunOutcome): unknown => (outcome.status === "finished" ? outcome.result : outcome);

test("a question ends the process's part; an answer from elsewhere goes on, and no model call is repeated", async () => {
  using place = folder();
  const today = scriptedModel("one");
  const waiting = await hostOf(place.dir, asking(today)).start(asking(today), null, { id: "a" });
  assert.equal(waiting.status, "waiting");
  const [question] = waiting.status === "waiting" ? waiting.questions : [];
  assert.deepEqual([question?.run, question?.id, question?.agent, question?.purpose], ["a", QUESTION, "boss", "line"]);
  assert.match(question?.prompt ?? "", /feedback to bot/);

  const tomorrow = scriptedModel("two");
  const host = hostOf(place.dir, asking(tomorrow));
  assert.deepEqual(await host.questions(), [question]);
  assert.deepEqual(
    (await host.list()).map(({ status }) => status),
    ["waiting"],
  );
  assert.equal(await host.answer("a", QUESTION, "Go on."), "accepted");
  assert.deepEqual(
    (await host.list()).map(({ status, questions }) => [status, questions]),
    [["ready", []]],
  );
  const [outcome] = await host.resumeReady();
  assert.deepEqual(outcome && "result" in outcome && outcome.result, ["Q", "one", "Go on.", "two"]);
  assert.equal(tomorrow.requests.length, 1);
});

test("resuming before there is an answer waits again, and asks nothing twice", async () => {
  using place = folder();
  const host = hostOf(place.dir, asking(scriptedModel("one")));
  const first = await host.start(asking(scriptedModel()), null, { id: "a" });
  assert.deepEqual(await host.resume("a"), first);
  assert.equal(place.lines("a").filter((line) => "ask" in line).length, 1);
});

test("the first answer counts, and the second is told so; a closed question too", async () => {
  using place = folder();
  const host = hostOf(place.dir, asking(scriptedModel("one", "two")));
  await host.start(asking(scriptedModel()), null, { id: "a" });
  assert.equal(await host.answer("a", QUESTION, "first"), "accepted");
  assert.equal(await host.answer("a", QUESTION, "second"), "answered");
  assert.deepEqual(resultOf(await host.resume("a")), ["Q", "one", "first", "two"]);
  assert.equal(await host.answer("a", QUESTION, "third"), "closed");
  assert.equal(await host.answer("a", "run/chat-0/human:boss#7", "never asked"), "closed");
  await assert.rejects(host.answer("b", QUESTION, "x"), { code: "unknown-run" });
});

test("of two processes that answer at the same moment one is accepted", async () => {
  using place = folder();
  const host = hostOf(place.dir, asking(scriptedModel("one", "two")));
  await host.start(asking(scriptedModel()), null, { id: "a" });
  const receipts = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, index) => await hostOf(place.dir, asking(scriptedModel())).answer("a", QUESTION, String(index)),
    ),
  );
  assert.deepEqual(receipts.toSorted(), ["accepted", ...Array.from({ length: 19 }, () => "answered")]);
});

test("DUR-08 an answer that comes before its question is reached answers it, 60 times", async () => {
  using place = folder();
  for (let index = 0; index < 60; index += 1) {
    const host = hostOf(place.dir, asking(scriptedModel("one", "two")), { people: index % 2 === 0 ? "later" : "wait" });
    const id = `a${String(index)}`;
    const running = host.start(asking(scriptedModel()), null, {
      id,
      // At another moment each time: before the question, with it, after it.
      onEvent: ({ seq }) => {
        if (seq === index % 6) void host.answer(id, QUESTION, "Go on.");
      },
    });
    const outcome = await running;
    assert.deepEqual(resultOf(outcome.status === "waiting" ? await host.resume(id) : outcome), ["Q", "one", "Go on.", "two"]);
  }
});

test("with `wait` the run stays, and goes on when another process answers", async () => {
  using place = folder();
  const host = hostOf(place.dir, asking(scriptedModel("one", "two")), { people: "wait" });
  const elsewhere = hostOf(place.dir, asking(scriptedModel()));
  const outcome = await host.start(asking(scriptedModel()), null, {
    id: "a",
    onEvent: (event) => {
      if (event.type === "human.ask") void elsewhere.answer("a", QUESTION, "Go on.");
    },
  });
  assert.deepEqual(resultOf(outcome), ["Q", "one", "Go on.", "two"]);
});

test("with `stream` people are asked as without all this, and what they said is stored", async () => {
  using place = folder();
  const stream = memoryStream(["Go on."]);
  const host = hostOf(place.dir, asking(scriptedModel("one", "two")), { people: "stream", stream });
  assert.deepEqual(resultOf(await host.start(asking(scriptedModel()), null, { id: "a" })), ["Q", "one", "Go on.", "two"]);
  assert.deepEqual(place.lines("a")[1]?.["v"], "Go on.");
});

for (const [answer, last, reached] of [
  ["yes", "sent to ann", ["ann"]],
  ["no: on holiday", `${DENIED} Reason: on holiday\nDo not repeat it unchanged.`, []],
] as const) {
  test(`an approval is a question like any other: ${answer}`, async () => {
    using place = folder();
    const sent: unknown[] = [];
    const one = mailing(scriptedModel({ tool_calls: [call("ann")] } as never), sent);
    const waiting = await hostOf(place.dir, one).start(one, null, { id: "a" });
    const [question] = waiting.status === "waiting" ? waiting.questions : [];
    assert.match(question?.prompt ?? "", /about to run the tool send for bot with:\n\{\n {2}"to": "ann"\n\}/);
    assert.deepEqual(sent, []);

    const host = hostOf(place.dir, mailing(scriptedModel("Done. TERMINATE"), sent));
    await host.answer("a", question?.id ?? "", answer);
    assert.deepEqual(resultOf(await host.resume("a")), ["Mail Ann.", "", last, "Done. TERMINATE"]);
    assert.deepEqual(sent, reached);
  });
}

test("an approver that is a function of the program is no person: nothing is asked", async () => {
  using place = folder();
  const sent: unknown[] = [];
  const one = conversation("mailing", async (_: Json, { run }) => {
    const { user, bot } = agents(scriptedModel({ tool_calls: [call("ann")] } as never, "Done. TERMINATE"), {
      user: { toolExecution: { approver: () => "approve" } },
    });
    registerFunction(sending(sent), { caller: bot, executor: user });
    return (await user.initiateChat(bot, { message: "Mail Ann.", run })).stopReason;
  });
  assert.deepEqual(resultOf(await hostOf(place.dir, one).start(one, null, { id: "a" })), "termination-message");
  assert.deepEqual(sent, ["ann"]);
});

test("a question that expires counts as answered by what was set, and a late answer is told so", async () => {
  using place = folder();
  const expiry = { afterMs: 1, answer: "exit" };
  const host = hostOf(place.dir, asking(scriptedModel("one")), { expiry, people: "wait" });
  assert.deepEqual(resultOf(await host.start(asking(scriptedModel()), null, { id: "a" })), ["Q", "one"]);
  const other = conversation("asking", async (_: Json, { run }) => {
    await run.perform("human", "boss", { prompt: "?" }, async () => "");
    return await run.perform("human", "boss", { prompt: "again?" }, async () => "");
  });
  const late = hostOf(place.dir, other, { expiry: { afterMs: 1, answer: "nobody" }, people: "later" });
  await late.start(other, null, { id: "b" });
  const outcome = await late.resume("b");
  if (outcome.status === "waiting") await late.resume("b");
  assert.notEqual(await late.answer("b", "run/human:boss#0", "I am here"), "accepted");
});

test("a question that expires without such an answer fails the run by `question-expired`", async () => {
  using place = folder();
  const host = hostOf(place.dir, asking(scriptedModel("one")), { expiry: { afterMs: 1 }, people: "wait" });
  const outcome = await host.start(asking(scriptedModel()), null, { id: "a" });
  assert.equal(outcome.status === "failed" ? outcome.error.code : outcome.status, "question-expired");
});

test("a run that waits can be cancelled; its question is closed then", async () => {
  using place = folder();
  const host = hostOf(place.dir, asking(scriptedModel("one")));
  await host.start(asking(scriptedModel()), null, { id: "a" });
  assert.equal(await host.cancel("a", "too late"), true);
  assert.deepEqual(await host.questions(), []);
  assert.equal(await host.answer("a", QUESTION, "Go on."), "closed");
  assert.deepEqual(await host.resume("a"), { id: "a", status: "cancelled", reason: "too late" });
});

test("while one branch waits for a person the others go on to their ends", async () => {
  using place = folder();
  const done: string[] = [];
  const one = conversation(
    "branches",
    async (_: Json, { run }) =>
      await run.join([
        async () => await run.child("asks").perform("human", "boss", { prompt: "?" }, async () => ""),
        async () => {
          const part = run.child("works");
          for (let index = 0; index < 5; index += 1)
            await part.perform(
              "io",
              "shop",
              { index },
              async () => await new Promise((resolve) => setImmediate(() => (done.push("x"), resolve(index)))),
            );
          return "worked";
        },
      ]),
  );
  const host = hostOf(place.dir, one);
  assert.equal((await host.start(one, null, { id: "a" })).status, "waiting");
  assert.equal(done.length, 5);
  await host.answer("a", "run/asks-0/human:boss#0", "yes");
  assert.deepEqual(resultOf(await host.resume("a")), ["yes", "worked"]);
  assert.equal(done.length, 5);
});

test("DUR-07 60 runs wait for an answer, and are all answered twice and finished by another host", async () => {
  using place = folder();
  const scripted = scriptedModel(...Array.from({ length: 60 }, (_, index) => `one ${String(index)}`));
  const host = hostOf(place.dir, asking(scripted));
  const ids = Array.from({ length: 60 }, (_, index) => `a${String(index)}`);
  const started = await Promise.all(ids.map(async (id) => (await host.start(asking(scripted), null, { id })).status));
  assert.deepEqual(new Set(started), new Set(["waiting"]));

  const later = hostOf(place.dir, asking(scriptedModel(...ids.map(() => "two"))));
  for (const { run, id } of await later.questions()) {
    assert.deepEqual([await later.answer(run, id, `to ${run}`), await later.answer(run, id, "again")], ["accepted", "answered"]);
  }
  const outcomes = await later.resumeReady();
  assert.equal(outcomes.length, 60);
  for (const outcome of outcomes) {
    assert.equal(outcome.status === "finished" && (outcome.result as string[])[2], `to ${outcome.id}`);
  }
});
