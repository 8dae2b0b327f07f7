/** Tools that must run once, and the key by which services know a repeated call. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { agents, folder, hostOf, said } from "../../../test/durable.js";
import { rejection } from "../../../test/pairs.js";
import { defineTool, memoryStream, registerFunction, type Json } from "../../index.js";
import { scriptedModel, type ScriptedReply } from "../testing/index.js";
import { conversation, type AnyConversation } from "./index.js";

/** What happens inside of the tool, and what it was called with. */
interface Shop {
  readonly keys: (string | undefined)[];
  during: () => Promise<string>;
}

const CALLING: ScriptedReply = { tool_calls: [{ id: "c1", function: { name: "pay", arguments: '{"amount":5}' } }] };

/** @param replies of the model from here on */
function paying(shop: Shop, once: boolean, replies: readonly ScriptedReply[] = ["Done. TERMINATE"]): AnyConversation {
  return conversation("paying", async (_: Json, { run }) => {
    const { user, bot } = agents(scriptedModel(...replies));
    const pay = defineTool({
      ...{ name: "pay", description: "Pays", once },
      parameters: { type: "object", properties: { amount: { type: "number" } } },
      execute: async (_args, { idempotencyKey }) => {
        shop.keys.push(idempotencyKey);
        return await shop.during();
      },
    });
    registerFunction(pay, { caller: bot, executor: user });
    return said((await user.initiateChat(bot, { message: "Pay.", run })).chatHistory);
  });
}

/** The process dies while the tool runs. */
async function interrupted(dir: string, shop: Shop, once: boolean): Promise<void> {
  const crash = new AbortController();
  shop.during = async () => await new Promise(() => setImmediate(() => crash.abort()));
  const one = paying(shop, once, [CALLING]);
  await rejection(hostOf(dir, one).start(one as never, null, { id: "a", signal: crash.signal }));
  shop.during = async () => "paid";
}

test("an interrupted call is repeated, with the same idempotency key", async () => {
  using place = folder();
  const shop: Shop = { keys: [], during: async () => "" };
  await interrupted(place.dir, shop, false);
  const outcome = await hostOf(place.dir, paying(shop, false)).resume("a");
  assert.deepEqual(outcome.status === "finished" && outcome.result, ["Pay.", "", "paid", "Done. TERMINATE"]);
  assert.equal(shop.keys.length, 2);
  assert.match(shop.keys[0] ?? "", /^a:[0-9a-f]{32}$/);
  assert.equal(shop.keys[1], shop.keys[0]);
});

test("another run, and another call, have another key; without a durable run there is none", async () => {
  using place = folder();
  const shop: Shop = { keys: [], during: async () => "paid" };
  const one = paying(shop, false, [CALLING, "Done. TERMINATE", CALLING, "Done. TERMINATE"]);
  const host = hostOf(place.dir, one);
  await host.start(one as never, null, { id: "a" });
  await host.start(one as never, null, { id: "b" });
  const { user, bot } = agents(scriptedModel(CALLING, "Done. TERMINATE"));
  const seen: unknown[] = [];
  const pay = defineTool({
    name: "pay",
    description: "Pays",
    parameters: { type: "object" },
    execute: (_args, context) => (seen.push("idempotencyKey" in context), ""),
  });
  registerFunction(pay, { caller: bot, executor: user });
  await user.initiateChat(bot, { message: "Pay.", silent: true, stream: memoryStream() });
  assert.equal(new Set(shop.keys).size, 2);
  assert.deepEqual(seen, [false]);
});

for (const [answer, told, calls] of [
  ["paid with receipt 7", "paid with receipt 7", 1],
  ["failed: the bank was closed", "Error: the bank was closed", 1],
  ["repeat", "paid", 2],
] as const) {
  test(`\`once\`: an interrupted call asks instead of repeating: ${answer}`, async () => {
    using place = folder();
    const shop: Shop = { keys: [], during: async () => "" };
    await interrupted(place.dir, shop, true);
    const host = hostOf(place.dir, paying(shop, true));
    const waiting = await host.resume("a");
    const [question] = waiting.status === "waiting" ? waiting.questions : [];
    assert.equal(shop.keys.length, 1);
    assert.deepEqual([question?.purpose, question?.agent], ["repeat", "pay"]);
    assert.match(question?.prompt ?? "", /must not run twice[\s\S]*"amount": 5/);
    await host.answer("a", question?.id ?? "", answer);
    const outcome = await host.resume("a");
    assert.deepEqual(outcome.status === "finished" && outcome.result, ["Pay.", "", told, "Done. TERMINATE"]);
    assert.equal(shop.keys.length, calls);
  });
}

test("`once`: a repeated call that is interrupted again is asked about again", async () => {
  using place = folder();
  const shop: Shop = { keys: [], during: async () => "" };
  await interrupted(place.dir, shop, true);
  const host = hostOf(place.dir, paying(shop, true));
  const first = await host.resume("a");
  await host.answer("a", (first.status === "waiting" && first.questions[0]?.id) || "", "repeat");
  const crash = new AbortController();
  shop.during = async () => await new Promise(() => setImmediate(() => crash.abort()));
  await rejection(host.resume("a", { signal: crash.signal }));
  assert.equal(shop.keys.length, 2);
  const second = await host.resume("a");
  assert.equal(second.status, "waiting");
  assert.notEqual(second.status === "waiting" && second.questions[0]?.id, first.status === "waiting" && first.questions[0]?.id);
  assert.equal(shop.keys.length, 2);
});

test("`once` that completed is not asked about", async () => {
  using place = folder();
  const shop: Shop = { keys: [], during: async () => "paid" };
  const one = paying(shop, true, [CALLING, "Done. TERMINATE"]);
  const host = hostOf(place.dir, one);
  assert.equal((await host.start(one as never, null, { id: "a" })).status, "finished");
  assert.equal(shop.keys.length, 1);
});

test("bad input: `once` that is no yes or no", () => {
  assert.throws(() => defineTool({ name: "pay", description: "Pays", once: "yes" as never, execute: () => "" }), {
    code: "invalid-option",
    message: /`once` of .* is not true or false/,
  });
});
