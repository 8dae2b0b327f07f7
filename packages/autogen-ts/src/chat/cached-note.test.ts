import assert from "node:assert/strict";
import { test } from "vitest";
import { pair } from "../../test/pairs.js";
import { InMemoryCache, type RunEvent } from "../index.js";

test("a hit is marked in events, in the usage and beside the printed text, not in it", async () => {
  const { user, bot, model, stream } = pair(["only once"]);
  const events: RunEvent[] = [];
  const chat = async (): ReturnType<typeof user.initiateChat> =>
    await user.initiateChat(bot, { message: "m", maxTurns: 1, cache, stream, onEvent: (event) => events.push(event) });
  const cache = new InMemoryCache();

  await chat();
  const printed = stream.text;
  const { cost, summary } = await chat();

  assert.deepEqual([summary, model.requests.length], ["only once", 1]);
  assert.deepEqual(
    events.filter(({ type }) => type === "llm.end").map((event) => event.type === "llm.end" && event.cached),
    [false, true],
  );
  assert.deepEqual(Object.keys(cost.usageExcludingCachedInference), ["total_cost"]);
  assert.deepEqual(Object.keys(cost.usageIncludingCachedInference), ["total_cost", "scripted"]);
  assert.equal(stream.text, printed.repeat(2));
  assert.deepEqual(stream.notes, ["bot: answer of scripted from the cache"]);
});
