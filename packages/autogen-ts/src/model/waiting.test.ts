import assert from "node:assert/strict";
import { test } from "vitest";
import type { FakeHost } from "../../test/fake-host.js";
import { HI, scene, thrownBy } from "../../test/model-scene.js";
import type { ScriptedReply } from "../../test/model-server.js";
import type { Run } from "../run/index.js";
import { modelError, OpenAIWrapper, type ModelClient } from "./index.js";

const slept = (run: Run): readonly number[] => (run.host as FakeHost).slept;
const busy = (headers: Readonly<Record<string, string>>, status = 429): ScriptedReply => ({ status, headers });
const MESSAGE = "Rate limit reached for gpt-4 on tokens per min. Limit: 10000. Please try again in 21.108s. Contact us if not.";

test("INF-42 a busy endpoint is asked again after the time that it names, with one warning", async () => {
  const told = { status: 429, error: { code: "rate_limit_exceeded", message: MESSAGE } };
  await scene({ x: [told, told, "at last"] }, async ({ server, run, events, wrapper }) => {
    // The package would try by itself as well, and wait in real time.
    const response = await wrapper([{ model: "gpt-4", max_retries: 2 }]).create({ messages: HI, run });
    assert.equal(response.choices[0]?.message?.content, "at last");
    assert.deepEqual(slept(run), [21_108, 21_108]);
    assert.equal(server.requests.length, 3);
    const warnings = events.filter((event) => event.type === "warning");
    assert.deepEqual(warnings, [
      { type: "warning", code: "rate-limited", text: "Entry 0 (model `gpt-4`) is busy and is asked again in 21.1 s." },
    ]);
    assert.deepEqual(
      events.map(({ type }) => type).filter((type) => type !== "warning"),
      ["llm.start", "llm.end"],
    );
  });
});

for (const [title, reply, ms] of [
  ["seconds", busy({ "retry-after": "30" }), 30_000],
  ["a status 503", busy({ "retry-after": "2" }, 503), 2000],
  ["a date", busy({ "retry-after": "Thu, 01 Jan 1970 00:00:05 GMT", date: "Thu, 01 Jan 1970 00:00:01 GMT" }), 4000],
  ["a quota's time", busy({ "x-ratelimit-reset-requests": "1m2s" }), 62_000],
] as const) {
  test(`INF-42 ${title} in the headers is waited out`, async () => {
    await scene({ x: [reply, "ok"] }, async ({ run, wrapper }) => {
      await wrapper([{ model: "gpt-4" }]).create({ messages: HI, run });
      assert.deepEqual(slept(run), [ms]);
    });
  });
}

test("INF-42 entries with another one behind them are not waited for; the last one is", async () => {
  const late = busy({ "retry-after": "9" });
  await scene({ x: [late], y: [late, "from y"] }, async ({ run, wrapper }) => {
    const llm = wrapper([
      { model: "gpt-4", max_retries: 2 },
      { model: "gpt-4", at: "y" },
    ]);
    assert.equal((await llm.create({ messages: HI, run })).config_id, 1);
    assert.deepEqual(slept(run), [9000]);
  });
});

test("INF-42 longer waits than `max_rate_limit_wait`, in sum, are a failure that names them", async () => {
  await scene({ x: [busy({ "retry-after": "121" })] }, async ({ run, wrapper }) => {
    const error = await thrownBy(wrapper([{ model: "gpt-4" }]).create({ messages: HI, run }));
    assert.deepEqual([error.details?.["kind"], error.details?.["retryAfterMs"]], ["rate_limit", 121_000]);
  });
  const late = busy({ "retry-after": "4" });
  await scene({ x: [late, late, late] }, async ({ server, run, wrapper }) => {
    await thrownBy(wrapper([{ model: "gpt-4" }], { maxRateLimitWait: 10 }).create({ messages: HI, run }));
    assert.deepEqual(slept(run), [4000, 4000]);
    assert.equal(server.requests.length, 3);
    assert.ok(!("max_rate_limit_wait" in (server.requests[0]?.body ?? {})));
  });
});

test("INF-42 nothing is waited for with the option 0, without a time, or when the account is used up", async () => {
  const spent = { status: 429, error: { code: "insufficient_quota" }, headers: { "retry-after": "2" } };
  await scene({ x: [busy({ "retry-after": "2" }), { status: 429 }, spent] }, async ({ run, wrapper }) => {
    const off = wrapper([{ model: "gpt-4", max_rate_limit_wait: 0 }]);
    assert.equal((await thrownBy(off.create({ messages: HI, run }))).details?.["kind"], "rate_limit");
    const on = wrapper([{ model: "gpt-4" }]);
    for (let turn = 0; turn < 2; turn += 1) await thrownBy(on.create({ messages: HI, run }));
    assert.deepEqual(slept(run), []);
  });
});

test("INF-42 an endpoint that always says 0 is asked less and less often, and not for ever", async () => {
  class Zero implements ModelClient {
    create(): never {
      throw modelError({ kind: "rate_limit", reason: "is busy", status: 429, retryAfterMs: 0 }, { index: 0, model: "m" });
    }
    messageRetrieval = (): [] => [];
    cost = (): number => 0;
    getUsage = (): object => ({});
  }
  await scene({}, async ({ run }) => {
    const llm = new OpenAIWrapper({ model: "m", model_client_cls: Zero, cache_seed: null, max_rate_limit_wait: 1 });
    await thrownBy(llm.create({ messages: HI, run }));
    assert.deepEqual(slept(run), [100, 200, 400]);
  });
});

test("INF-42 an abort ends the wait", async () => {
  const stop = new AbortController();
  const sleep = async (_ms: number, signal?: AbortSignal): Promise<void> => {
    stop.abort();
    signal?.throwIfAborted();
  };
  await scene(
    { x: [busy({ "retry-after": "30" }), "never"] },
    async ({ server, run, wrapper }) => {
      const error = await thrownBy(wrapper([{ model: "gpt-4" }]).create({ messages: HI, run, signal: stop.signal }));
      assert.equal(error.code, "aborted");
      assert.equal(server.requests.length, 1);
    },
    { sleep },
  );
});

for (const limit of [-1, Number.NaN, "long"]) {
  test(`INF-42 a limit of ${String(limit)} is an error`, () => {
    assert.throws(() => new OpenAIWrapper({ model: "m", max_rate_limit_wait: limit }), { code: "invalid-option" });
  });
}
