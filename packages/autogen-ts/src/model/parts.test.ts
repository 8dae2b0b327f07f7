import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { HI, scene, thrownBy } from "../../test/model-scene.js";
import { abortError } from "../run/index.js";
import { instantiate, normaliseKeys, OpenAIWrapper, TimeRateLimiter } from "./index.js";

const fill = ({ a }: { readonly a?: unknown }): string => `f${String(a)}`;

for (const [template, context, allow, expected] of [
  ["x {a}", { a: 1 }, true, "x 1"],
  ["x {a}", { a: 1 }, false, "x {a}"],
  ["x {a}", null, true, "x {a}"],
  ["x {a}", {}, true, "x {a}"],
  [null, { a: 1 }, true, null],
  ["{{a}} {a}", { a: "z" }, true, "{a} z"],
  ["{a[k]} {a.k}", { a: { k: 5 } }, true, "5 5"],
  ["{a:>4}|{b:.2f}|{b:05.1f}|{a:^3}|{c:.1%}", { a: "x", b: 1.239, c: 0.5 }, true, "   x|1.24|001.2| x |50.0%"],
  ["{a} {b}", { a: [1, "x"], b: null }, true, '[1,"x"] null'],
  [fill, { a: 1 }, false, "f1"],
  ["{missing}", { a: 1 }, true, "invalid-message"],
  ["{0}", { a: 1 }, true, "invalid-message"],
  ["a } b", { a: 1 }, true, "invalid-message"],
] as const) {
  test(`INF-16 ${String(template)} with ${JSON.stringify(context)}, ${allow ? "a template" : "no template"}, gives ${String(expected)}`, () => {
    if (expected === "invalid-message") assert.throws(() => instantiate(template, context, allow), { code: expected });
    else assert.equal(instantiate(template, context, allow), expected);
  });
}

test("options may be written in camelCase; others stay", () => {
  const options = { cacheSeed: 1, baseURL: "u", apiKey: "k", maxRetries: 0, modelClientCls: "C", topK: 3, none: undefined };
  assert.deepEqual(normaliseKeys(options), {
    cache_seed: 1,
    base_url: "u",
    api_key: "k",
    max_retries: 0,
    model_client_cls: "C",
    topK: 3,
  });
  const same = { cache_seed: 1 };
  assert.equal(normaliseKeys(same), same);
});

test("INF-34 requests start a fixed time apart, in order, also in parallel; the first does not wait", async () => {
  const host = fakeHost();
  const waits: number[] = [];
  const still = { now: () => 0, sleep: async (ms: number) => void waits.push(ms) };
  const limiter = new TimeRateLimiter(4);
  await Promise.all([limiter.wait(still), limiter.wait(still), limiter.wait(still)]);
  assert.deepEqual(waits, [250, 500]);
  const other = new TimeRateLimiter(2);
  for (let turn = 0; turn < 3; turn += 1) await other.wait(host);
  assert.deepEqual(host.slept, [500, 500]);
});

test("INF-34 each entry has its own limit; the option is never sent; answers of a cache are free", async () => {
  await scene({ x: ["a", "b"] }, async ({ server, run, wrapper }) => {
    const stored = new Map();
    const cache = { get: (key: string) => stored.get(key), set: (key: string, value: unknown) => void stored.set(key, value) };
    const llm = wrapper([{ model: "gpt-4", api_rate_limit: 10 }]);
    for (const content of ["1", "1", "2"]) await llm.create({ messages: [{ role: "user", content }], cache, run });
    assert.deepEqual((run.host as ReturnType<typeof fakeHost>).slept, [100]);
    assert.ok(!("api_rate_limit" in (server.requests[0]?.body ?? {})));
  });
});

test("INF-37 an abort ends the wait for the limiter, and nothing is sent", async () => {
  const controller = new AbortController();
  const sleep = (_ms: number, signal?: AbortSignal): Promise<void> => {
    controller.abort();
    return signal?.aborted === true ? Promise.reject(abortError(signal)) : Promise.resolve();
  };
  await scene(
    { x: ["a", "b"] },
    async ({ server, run, wrapper }) => {
      const llm = wrapper([
        { model: "gpt-4", api_rate_limit: 1 },
        { model: "other", at: "y" },
      ]);
      await llm.create({ messages: HI, run });
      const error = await thrownBy(llm.create({ messages: HI, run, signal: controller.signal }));
      assert.deepEqual([error.code, server.requests.length], ["aborted", 1]);
    },
    { sleep },
  );
});

for (const rate of [0, -1, Number.NaN, "fast"]) {
  test(`INF-34 a rate of ${String(rate)} is an error`, () => {
    assert.throws(() => new OpenAIWrapper({ model: "m", api_rate_limit: rate }), { code: "invalid-option" });
  });
}

test("INF-34 a rate that holds for all entries is not sent either", async () => {
  await scene({ x: ["a"] }, async ({ server, run, wrapper }) => {
    await wrapper([{ model: "gpt-4" }], { apiRateLimit: 5 }).create({ messages: HI, run });
    assert.deepEqual(Object.keys(server.requests[0]?.body ?? {}).toSorted(), ["messages", "model", "stream"]);
  });
});
