import assert from "node:assert/strict";
import { test } from "vitest";
import { HI, scene } from "../../test/model-scene.js";
import type { ModelResponse } from "../run/index.js";
import { CallsUnderWay, type CachedCall } from "./cached-call.js";
import { cacheKey, InMemoryCache, type ResponseCache } from "./index.js";

function memory(): ResponseCache & { readonly stored: Map<string, ModelResponse> } {
  const stored = new Map<string, ModelResponse>();
  return { stored, get: (key) => stored.get(key), set: (key, value) => void stored.set(key, value) };
}

test("CACHE-03 the key depends on parameters and endpoint, not on the order of keys, keys of access or the version of it", () => {
  const key = cacheKey({ model: "m", messages: [{ role: "user", content: "x" }] });
  assert.equal(key, '{"messages":[{"content":"x","role":"user"}],"model":"m"}');
  const secret = { api_key: "s", base_url: "u", api_type: "t", api_version: "v" };
  assert.equal(cacheKey({ messages: [{ content: "x", role: "user" }], model: "m", ...secret }), key);
  assert.notEqual(cacheKey({ model: "m", messages: [{ role: "user", content: "x" }] }, "http://h/v1"), key);
  assert.notEqual(cacheKey({ model: "m", messages: [{ role: "user", content: "x" }], temperature: 0 }), key);
  assert.equal(cacheKey({ model: "m", big: 1n }), null);
});

test("CACHE-03 nested order does not count, tools do; a part that is not sent counts as missing", () => {
  const tool = (properties: object): object => ({
    model: "m",
    tools: [{ type: "function", function: { name: "f", properties } }],
  });
  assert.equal(cacheKey({ ...tool({ a: 1, b: 2 }) }), cacheKey({ ...tool({ b: 2, a: 1 }) }));
  assert.notEqual(cacheKey({ ...tool({ a: 1 }) }), cacheKey({ ...tool({ a: 2 }) }));
  assert.equal(cacheKey({ model: "m", temperature: undefined }), cacheKey({ model: "m" }));
  assert.notEqual(cacheKey({ model: "m", stop: ["a", "b"] }), cacheKey({ model: "m", stop: ["b", "a"] }));
});

test("CACHE-12 what JSON would leave out makes no key, so that two requests never share an answer by it; classes count by name", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  for (const value of [() => 1, Symbol("s"), new Map([[1, 2]]), NaN, cycle, { deep: [() => 1] }]) {
    assert.equal(cacheKey({ model: "m", value }), null);
  }
  class First {
    create(): void {}
  }
  class Second {
    create(): void {}
  }
  const keys = [First, Second].map((type) => cacheKey({ model: "m", model_client_cls: type }));
  assert.ok(keys[0] !== null && keys[1] !== null && keys[0] !== keys[1]);
});

test("CACHE-05 the second equal call makes no request; it counts in the total only, and says so", async () => {
  await scene({ x: ["one"] }, async ({ server, run, events, wrapper }) => {
    const cache = memory();
    const llm = wrapper([{ model: "gpt-4" }]);
    const first = await llm.create({ messages: HI, cache, run });
    const second = await llm.create({ messages: HI, cache, run });
    assert.deepEqual(second, { ...first, cached: true });
    assert.equal(server.requests.length, 1);
    assert.equal(llm.actualUsageSummary?.total_cost, 0.0006);
    assert.equal(llm.totalUsageSummary?.total_cost, 0.0012);
    assert.deepEqual(
      events.filter((event) => event.type === "llm.end").map((event) => event.cached),
      [false, true],
    );
    assert.ok(!JSON.stringify([...cache.stored]).includes("test-key"));
  });
});

test("INF-15 a refused answer of a cache counts nowhere", async () => {
  await scene({ x: ["no"], y: ["yes", "yes"] }, async ({ run, wrapper }) => {
    const cache = memory();
    const llm = wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]);
    const filterFunc = ({ response }: { response: ModelResponse }): boolean => response.choices[0]?.message?.content === "yes";
    await llm.create({ messages: HI, cache, filterFunc, run });
    llm.clearUsageSummary();
    await llm.create({ messages: HI, cache, filterFunc, run });
    assert.equal(llm.actualUsageSummary, null);
    assert.equal(llm.totalUsageSummary?.total_cost, 0.0006);
  });
});

test("INF-24 a stored answer keeps its cost; a missing one is computed and stored", async () => {
  await scene({ x: ["one"] }, async ({ run, wrapper }) => {
    const cache = memory();
    await wrapper([{ model: "gpt-4" }]).create({ messages: HI, cache, run });
    const priced = wrapper([{ model: "gpt-4", price: [1, 1] }]);
    assert.equal((await priced.create({ messages: HI, cache, run })).cost, 0.0006);
    for (const [key, { cost: _cost, ...rest }] of cache.stored) cache.stored.set(key, rest);
    assert.equal((await priced.create({ messages: HI, cache, run })).cost, 0.015);
    assert.equal([...cache.stored.values()][0]?.cost, 0.015);
  });
});

test("CACHE-11 INF-36 equal calls at the same time ask once", async () => {
  await scene({ x: ["one"] }, async ({ server, run, wrapper }) => {
    const cache = memory();
    const llm = wrapper([{ model: "gpt-4" }]);
    const responses = await Promise.all([1, 2, 3].map(() => llm.create({ messages: HI, cache, run })));
    assert.deepEqual(
      responses.map((response) => response.cached),
      [false, true, true],
    );
    assert.equal(server.requests.length, 1);
  });
});

test("CACHE-04 the host's cache is used for the seed, 41 unless another is given, none for null; an object wins", async () => {
  const caches = new Map<string, ReturnType<typeof memory>>();
  const responseCache = (seed: string): ResponseCache => {
    const cache = caches.get(seed) ?? memory();
    caches.set(seed, cache);
    return cache;
  };
  await scene(
    { x: ["1", "2", "3", "4"] },
    async ({ run, wrapper }) => {
      const llm = wrapper([{ model: "gpt-4", cache_seed: undefined }], { cache_seed: undefined });
      const text = async (options: object): Promise<unknown> =>
        (await llm.create({ messages: HI, run, ...options })).choices[0]?.message?.content;
      assert.equal(await text({}), "1");
      assert.equal(await text({}), "1");
      assert.equal(await text({ cacheSeed: 7 }), "2");
      assert.equal(await text({ cacheSeed: null }), "3");
      assert.equal(await text({ cache: memory() }), "4");
      assert.deepEqual([...caches.keys()], ["41", "7"]);
    },
    { responseCache },
  );
});

test("CACHE-09 a cache that fails is a miss, with one warning; failures of endpoints are not stored", async () => {
  await scene({ x: ["one", { status: 500 }] }, async ({ run, events, wrapper }) => {
    const broken: ResponseCache = { get: () => Promise.reject(new Error("disk")), set: () => Promise.reject(new Error("disk")) };
    const llm = wrapper([{ model: "gpt-4" }]);
    assert.equal((await llm.create({ messages: HI, cache: broken, run })).cached, false);
    assert.deepEqual(
      events.filter((event) => event.type === "warning"),
      [{ type: "warning", code: "cache-failed", text: "The response cache failed: disk. Calls go on without it." }],
    );
    const cache = memory();
    await assert.rejects(llm.create({ messages: HI, cache, run }));
    assert.equal(cache.stored.size, 0);
  });
});

test("CACHE-09 something else than a response in a cache is a miss, with a warning, and is replaced", async () => {
  await scene({ x: ["one"] }, async ({ run, events, wrapper }) => {
    const cache = memory();
    const stored = cache.stored as Map<string, unknown>;
    const llm = wrapper([{ model: "gpt-4" }]);
    const strange: ResponseCache = { ...cache, get: (key) => (stored.get(key) ?? { answer: 42 }) as ModelResponse };
    assert.equal((await llm.create({ messages: HI, cache: strange, run })).cached, false);
    assert.equal((await llm.create({ messages: HI, cache: strange, run })).cached, true);
    assert.equal(events.filter((event) => event.type === "warning").length, 1);
  });
});

test("answers of a content filter, answers without choices and streams that were cut are not stored", async () => {
  const cut = { stream: [{ content: "a" }], end: "cut" } as const;
  await scene({ x: [{ content: "", finish_reason: "content_filter" }, { choices: [] }, cut] }, async ({ run, wrapper }) => {
    const cache = memory();
    const llm = wrapper([{ model: "gpt-4" }]);
    await llm.create({ messages: HI, cache, run }).catch(() => undefined);
    await llm.create({ messages: HI, cache, run }).catch(() => undefined);
    await assert.rejects(llm.create({ messages: HI, stream: true, cache, run }));
    assert.equal(cache.stored.size, 0);
  });
});

function callOf(cache: ResponseCache, ask: CachedCall["ask"], signal?: AbortSignal): CachedCall {
  const complete: CachedCall["complete"] = (stored) => Promise.resolve(stored);
  return { cache, key: "k", ask, complete, warn: () => undefined, ...(signal === undefined ? {} : { signal }) };
}

const ANSWER: ModelResponse = { model: "m", choices: [{ message: { content: "part" } }] };

test("what a client gives after an abort is not stored", async () => {
  const cache = memory();
  const stop = new AbortController();
  const ask = (): Promise<ModelResponse> => {
    stop.abort();
    return Promise.resolve(ANSWER);
  };
  await new CallsUnderWay().answer(callOf(cache, ask, stop.signal));
  assert.equal(cache.stored.size, 0);
});

test("CACHE-11 equal calls of two wrappers with one cache ask once; when the first fails, the second asks itself", async () => {
  const cache = memory();
  const [first, second] = [new CallsUnderWay(), new CallsUnderWay()];
  let asked = 0;
  const ask = async (): Promise<ModelResponse> => {
    asked += 1;
    await Promise.resolve();
    if (asked === 1) throw new Error("aborted");
    return ANSWER;
  };
  const results = await Promise.allSettled([first.answer(callOf(cache, ask)), second.answer(callOf(cache, ask))]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["rejected", "fulfilled"],
  );
  cache.stored.clear();
  const both = await Promise.all([first.answer(callOf(cache, ask)), second.answer(callOf(cache, ask))]);
  assert.deepEqual(
    both.map(({ cached }) => cached === true),
    [false, true],
  );
  assert.equal(asked, 3);
});

test("CACHE-04 CACHE-06 a seed of the host's cache may be a text or a number; the same one either way", async () => {
  const seeds: string[] = [];
  const responseCache = (seed: string): ResponseCache => (seeds.push(seed), memory());
  await scene(
    { x: ["1", "2"] },
    async ({ run, wrapper }) => {
      const llm = wrapper([{ model: "gpt-4", cache_seed: undefined }], { cache_seed: undefined });
      await llm.create({ messages: HI, run, cacheSeed: 7 });
      await llm.create({ messages: HI, run, cacheSeed: "7" });
      assert.deepEqual(seeds, ["7", "7"]);
    },
    { responseCache },
  );
});

test("a streamed call that a cache answers gives its text in one piece", async () => {
  await scene({ x: [{ stream: [{ content: "a" }, { content: "b" }, { finish_reason: "stop" }] }] }, async ({ run, wrapper }) => {
    const cache = memory();
    const llm = wrapper([{ model: "gpt-4" }]);
    const heard: string[] = [];
    const onToken = (text: string): void => void heard.push(text);
    for (let turn = 0; turn < 2; turn += 1) await llm.create({ messages: HI, stream: true, cache, onToken, run });
    assert.deepEqual(heard, ["a", "b", "ab"]);
  });
});

test("CACHE-12 a call with something that is no plain data is made without a cache, with one warning", async () => {
  const cache = new InMemoryCache();
  await scene({ x: ["a", "b"] }, async ({ run, events, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }]);
    const odd = { toString: () => "odd" };
    for (const text of ["a", "b"])
      assert.equal((await llm.create({ messages: HI, odd, cache, run })).choices[0]?.message?.content, text);
    assert.deepEqual(cache.keys(), []);
    assert.deepEqual(
      events.filter((event) => event.type === "warning").map((event) => event.code),
      ["not-cacheable"],
    );
  });
});
