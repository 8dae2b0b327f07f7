import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost, type FakeHost } from "../../test/fake-host.js";
import { HI, scene } from "../../test/model-scene.js";
import { createRun, type Run } from "../run/index.js";
import { OpenAIWrapper, RateLimit, TimeRateLimiter, type ConfigEntry } from "./index.js";

const slept = (run: Run): readonly number[] => (run.host as FakeHost).slept;

test("INF-43 no more requests in any 60 seconds than allowed; the first ones do not wait", async () => {
  const host = fakeHost();
  const limit = new RateLimit({ requestsPerMinute: 2 });
  const starts: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    await limit.wait(0, host);
    starts.push(host.now());
    await host.sleep(10_000);
  }
  assert.deepEqual(starts, [0, 10_000, 60_000, 70_000, 120_000]);
});

test("INF-43 tokens are counted as estimated, and as used once that is known", async () => {
  const host = fakeHost();
  const limit = new RateLimit({ tokensPerMinute: 100 });
  const first = await limit.wait(90, host);
  first.used(40);
  await limit.wait(60, host);
  assert.deepEqual(host.slept, []);
  await limit.wait(1, host);
  assert.deepEqual(host.slept, [60_000]);
});

test("INF-43 a request that is larger than the limit goes alone", async () => {
  const host = fakeHost();
  const limit = new RateLimit({ tokensPerMinute: 100 });
  await limit.wait(500, host);
  await limit.wait(500, host);
  assert.deepEqual(host.slept, [60_000]);
});

test("INF-43 who asks first goes first, also when a later request would fit", async () => {
  const host = fakeHost();
  const limit = new RateLimit({ tokensPerMinute: 100 });
  const order: string[] = [];
  const ask = async (name: string, tokens: number): Promise<void> => {
    await limit.wait(tokens, host);
    order.push(name);
  };
  await Promise.all([ask("a", 80), ask("big", 50), ask("small", 5)]);
  assert.deepEqual(order, ["a", "big", "small"]);
  assert.deepEqual(host.slept, [60_000]);
});

test("INF-43 an aborted wait rejects, uses nothing up and lets the next one through", async () => {
  const host = fakeHost();
  const limit = new RateLimit({ requestsPerMinute: 1 });
  const stop = new AbortController();
  stop.abort();
  await limit.wait(0, host);
  await assert.rejects(limit.wait(0, host, stop.signal));
  await limit.wait(0, host);
  assert.equal(host.now(), 60_000);
  await assert.rejects(new RateLimit({}).wait(0, host, stop.signal), { code: "aborted" });
});

for (const back of [3_600_000, 5000]) {
  test(`INF-43 a clock that is put back by ${String(back)} ms makes nobody wait longer`, async () => {
    const host = fakeHost();
    let shift = 0;
    const odd = { ...host, now: () => host.now() + shift };
    const limit = new RateLimit({ requestsPerMinute: 1 });
    const spaced = new TimeRateLimiter(1);
    await limit.wait(0, odd);
    await spaced.wait(odd);
    shift = -back;
    await limit.wait(0, odd);
    assert.deepEqual(host.slept, [60_000]);
    shift -= back;
    await spaced.wait(odd);
    await spaced.wait(odd);
    assert.ok(host.slept.slice(1).every((ms) => ms <= 1000));
  });
}

test("INF-43 sleeping that takes no time, as in deterministic engines, still gets everybody through", async () => {
  const still = { now: () => 0, sleep: async () => undefined };
  const limit = new RateLimit({ requestsPerMinute: 1 });
  for (let turn = 0; turn < 3; turn += 1) await limit.wait(0, still);
});

test("INF-43 each entry has its own limit; the options are never sent", async () => {
  await scene({ x: ["a", "b"], y: ["c"] }, async ({ server, run, wrapper }) => {
    const base = { requestsPerMinute: 1, tokensPerMinute: 1000 };
    const one = wrapper([{ model: "gpt-4" }], base);
    await one.create({ messages: HI, run });
    await wrapper([{ model: "gpt-4", at: "y" }], base).create({ messages: HI, run });
    assert.deepEqual(slept(run), []);
    await one.create({ messages: HI, run });
    assert.deepEqual(slept(run), [60_000]);
    for (const { body } of server.requests) assert.deepEqual(Object.keys(body).toSorted(), ["messages", "model", "stream"]);
  });
});

test("INF-43 one limit for several wrappers; an entry's own limit takes its place", async () => {
  await scene({ x: ["a", "b", "c"] }, async ({ run, wrapper }) => {
    const rate_limit = new RateLimit({ requestsPerMinute: 1 });
    await wrapper([{ model: "gpt-4", rate_limit }]).create({ messages: HI, run });
    await wrapper([{ model: "gpt-4", requests_per_minute: 5 }], { rate_limit }).create({ messages: HI, run });
    assert.deepEqual(slept(run), []);
    await wrapper([{ model: "gpt-4" }], { rateLimit: rate_limit }).create({ messages: HI, run });
    assert.deepEqual(slept(run), [60_000]);
  });
});

test("INF-43 entries of one group share a limit by its name, in whichever client they are; the smallest number holds", async () => {
  await scene({ x: ["a", "b"], y: ["c", "d", "e"] }, async ({ server, run, wrapper }) => {
    const one = wrapper([{ model: "gpt-4", rate_limit_group: "team", requests_per_minute: 5 }]);
    const two = wrapper([{ model: "gpt-4", at: "y" }], { rateLimitGroup: "team", requestsPerMinute: 2 });
    await one.create({ messages: HI, run });
    await two.create({ messages: HI, run });
    await wrapper([{ model: "gpt-4", at: "y", rate_limit_group: "other", requests_per_minute: 1 }]).create({ messages: HI, run });
    assert.deepEqual(slept(run), []);
    await one.create({ messages: HI, run });
    assert.deepEqual(slept(run), [60_000]);
    for (const { body } of server.requests) assert.deepEqual(Object.keys(body).toSorted(), ["messages", "model", "stream"]);
  });
});

test("INF-34 entries of one group are spaced together, as slowly as the slowest of them asks for", async () => {
  await scene({ x: ["a", "b", "c"] }, async ({ run, wrapper }) => {
    const entry = (api_rate_limit: number): ConfigEntry => ({ model: "gpt-4", rate_limit_group: "team", api_rate_limit });
    for (const rate of [10, 4, 10]) await wrapper([entry(rate)]).create({ messages: HI, run });
    assert.deepEqual(slept(run), [100, 250]);
  });
});

test("INF-43 groups of two hosts are two groups", async () => {
  const list = [{ model: "gpt-4", rate_limit_group: "team", requests_per_minute: 1 }];
  await scene({ x: ["a", "b"] }, async ({ run, wrapper }) => {
    const llm = wrapper(list);
    const other = createRun({ host: fakeHost() });
    for (const each of [run, other]) await llm.create({ messages: HI, run: each });
    assert.deepEqual([...slept(run), ...slept(other)], []);
  });
});

for (const bad of [
  { rate_limit_group: "" },
  { rate_limit_group: 5 },
  { rate_limit_group: "g", rate_limit: new RateLimit({}) },
  { rate_limit_group: "g", api_rate_limit: new TimeRateLimiter(1) },
  { rate_limit_group: "g", requests_per_minute: 0 },
]) {
  test(`INF-43 bad input: ${JSON.stringify(bad)} is an error`, () => {
    assert.throws(() => new OpenAIWrapper({ config_list: [{ model: "m", ...bad }] }), { code: "invalid-option" });
  });
}

test("INF-43 the answer's tokens count, and the limit of the answer while it is not there", async () => {
  await scene({ x: [{ content: "a", usage: [10, 5] }, { content: "b", usage: [50, 40] }, "c"] }, async ({ run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4", tokens_per_minute: 100 }]);
    await llm.create({ messages: HI, max_tokens: 90, run });
    await llm.create({ messages: HI, max_tokens: 60, run });
    assert.deepEqual(slept(run), []);
    await llm.create({ messages: HI, run });
    assert.deepEqual(slept(run), [60_000]);
  });
});

test("INF-43 when the endpoint tells one to wait, all who share the limit wait", async () => {
  const busy = { status: 429, headers: { "retry-after": "30" } };
  await scene({ x: [busy, "a", "b"] }, async ({ run, wrapper }) => {
    const rateLimit = new RateLimit({ requestsPerMinute: 10 });
    const starts: number[] = [];
    const ask = async (content: string): Promise<void> => {
      const entry = { model: "gpt-4", rate_limit: rateLimit };
      await wrapper([entry]).create({ messages: [{ role: "user", content }], run });
      starts.push(run.host.now());
    };
    await ask("1");
    rateLimit.close(5000, run.host);
    await ask("2");
    assert.deepEqual(starts, [30_000, 35_000]);
  });
});

for (const [headers, ms] of [
  [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-limit-requests": "60", "x-ratelimit-reset-requests": "1m0s" }, 1000],
  [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "250ms" }, 250],
  [{ "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "21.108s" }, 21_108],
  [{ "x-ratelimit-remaining-tokens": "1", "x-ratelimit-reset-tokens": "21.108s" }, null],
  [{ "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "23h59m" }, null],
  [{ "x-ratelimit-remaining-requests": "0" }, null],
] as const) {
  test(`INF-43 after an answer with ${JSON.stringify(headers)} those who share the limit wait ${String(ms)} ms`, async () => {
    await scene({ x: [{ content: "a", headers }, "b"] }, async ({ run, wrapper }) => {
      const entry = { model: "gpt-4", rate_limit: new RateLimit({}) };
      for (let turn = 0; turn < 2; turn += 1) await wrapper([entry]).create({ messages: HI, run });
      assert.deepEqual(slept(run), ms === null ? [] : [ms]);
    });
  });
}

for (const bad of [
  { requests_per_minute: 0 },
  { tokens_per_minute: -1 },
  { tokens_per_minute: Number.NaN },
  { requests_per_minute: "60" },
  { rate_limit: 60 },
  { rate_limit: new RateLimit({}), requests_per_minute: 5 },
]) {
  test(`INF-43 ${JSON.stringify(bad)} is an error`, () => {
    assert.throws(() => new OpenAIWrapper({ model: "m", ...bad }), { code: "invalid-option" });
  });
}
