/** New runs out of the first steps of others. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { agents, chatting, folder, hostOf, model, said } from "../../../test/durable.js";
import { scriptedModel } from "../testing/index.js";
import { conversation } from "./index.js";

test("a fork keeps the first steps, says something else in the last of them, and goes on from there", async () => {
  using place = folder();
  const scripted = model("one", "two", "three");
  const one = chatting(scripted);
  await hostOf(place.dir, one).start(one, { question: "Q" }, { id: "a" });
  const other = model("drei");
  const host = hostOf(place.dir, chatting(other));
  const id = await host.fork("a", { step: 2, message: "zwei", id: "b" });
  assert.deepEqual([id, (await host.show("b")).forkedFrom], ["b", "a"]);
  const outcome = await host.resume("b");
  assert.deepEqual(outcome.status === "finished" && (outcome.result as { texts: string[] }).texts, [
    "Q",
    "one",
    "",
    "zwei",
    "",
    "drei",
  ]);
  assert.equal(JSON.stringify(other.requests[0]).includes("zwei"), true);
  for (const bad of [{ step: 4 }, { step: -1 }, { step: 0, message: "x" }])
    await assert.rejects(host.fork("a", bad), { code: "invalid-option" });
});

test("a fork with another input goes on with another model from there", async () => {
  using place = folder();
  const scripted = scriptedModel("one", "two", "three");
  const one = conversation("c", async ({ name }: { name: string }, { run }) => {
    const { user, bot } = agents(scripted, { bot: { llmConfig: { ...(scripted.llmConfig as object), model: name } } });
    return said((await user.initiateChat(bot, { message: "Q", maxTurns: 2, run })).chatHistory);
  });
  const host = hostOf(place.dir, one);
  await host.start(one, { name: "small" }, { id: "a" });
  const outcome = await host.resume(await host.fork("a", { step: 1, input: { name: "large" } }));
  assert.deepEqual(outcome.status === "finished" && outcome.result, ["Q", "one", "", "three"]);
});
