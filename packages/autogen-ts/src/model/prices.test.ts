import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { HI, scene } from "../../test/model-scene.js";
import { createRun } from "../run/index.js";
import { isPrivateEndpoint, publicEndpoint } from "./endpoint.js";
import { computeCost, OpenAIClient, OpenAIWrapper, priceOf, type ListedPrice } from "./index.js";

const LOCAL = "http://127.0.0.1:1/v1";

for (const [model, prompt, completion, price, expected] of [
  ["gpt-4", 1000, 1000, undefined, 0.09],
  ["gpt-4o", 1234, 567, undefined, 0.014675],
  ["gpt-4o-mini", 1, 1, undefined, 0.00000075],
  ["gpt-3.5-turbo", 10, 5, undefined, 0.0000125],
  ["gpt-4-turbo-2024-04-09", 9, 9, undefined, 0.00036],
  ["gpt-35-turbo", 100, 100, undefined, 0.0002],
  ["gpt-4o-2024-08-06", 3, 7, undefined, 0.0000775],
  ["gpt-4-32k", 11, 13, undefined, 0.00222],
  ["gpt-3.5-turbo-instruct", 10, 5, undefined, 0.000025],
  ["davinci-002", 100, 50, undefined, 0.0003],
  ["text-davinci-003", 100, 50, undefined, 0.003],
  ["x", 10, 20, [0.1, 0.2], 0.005],
  ["x", 1000, 100, 2, 2.2],
  ["gpt-4", 10, null, undefined, 0.0003],
  ["unknown", 100, 50, undefined, null],
] as const) {
  test(`PRC-02 INF-23 ${String(prompt)} and ${String(completion)} tokens of ${model} cost ${String(expected)}`, async () => {
    const usage = {
      prompt_tokens: prompt,
      ...(completion === null ? { completion_tokens: null } : { completion_tokens: completion }),
    };
    const cost = computeCost(usage as never, await priceOf(model, { price, endpoint: LOCAL }));
    if (expected === null) assert.equal(cost, null);
    else assert.ok(Math.abs((cost ?? 0) - expected) < 1e-12, String(cost));
  });
}

test("PRC-01 PRC-03 the entry's price, then the user's, then the table, then the catalogue", async () => {
  const prices = { "gpt-4": [1, 2], mine: 3 } as const;
  assert.deepEqual(await priceOf("gpt-4", { price: [5, 6], prices }), { prompt: 5, completion: 6 });
  assert.deepEqual(await priceOf("gpt-4", { prices }), { prompt: 1, completion: 2 });
  assert.deepEqual(await priceOf("mine", { prices }), { prompt: 3, completion: 3 });
  assert.deepEqual(await priceOf("gpt-4"), { prompt: 0.03, completion: 0.06 });
  const newer = await priceOf("gpt-4.1-2025-04-14");
  assert.deepEqual([newer?.prompt, newer?.completion], [0.002, 0.008]);
  assert.equal((await priceOf("deepseek-chat", { endpoint: "https://api.deepseek.com" })) === null, false);
  assert.equal(await priceOf("gpt-4.1", { endpoint: LOCAL }), null);
  await assert.rejects(priceOf("x", { price: [1] }), { code: "invalid-config" });
});

const LISTED = { prompt: 0.002, completion: 0.008, cachedPrompt: 0.0005 };
for (const [model, expected] of [
  ["gpt-4.1", LISTED],
  ["gpt-4.1-2025-04-14", LISTED],
  ["gpt-4.1-2031-01-01", { ...LISTED, estimated: true }],
  ["gpt-4.1-latest", { ...LISTED, estimated: true }],
  ["openai/gpt-4.1", { ...LISTED, estimated: true }],
  ["azure/gpt-35-turbo-0125", { prompt: 0.0005, completion: 0.0015, estimated: true }],
  ["gpt-4-32k-0999", { prompt: 0.06, completion: 0.12, estimated: true }],
  ["no-such-model-2025-04-14", null],
] as const) {
  test(`PRC-01 the list price of ${model} is ${expected === null ? "not known" : "estimated" in expected ? "estimated" : "exact"}`, async () => {
    assert.deepEqual(await priceOf(model), expected);
  });
}

test("PRC-01 names that are nearly those of a list have no price behind a private address", async () => {
  assert.equal(await priceOf("openai/gpt-4.1", { endpoint: LOCAL }), null);
});

test("PRC-01 a model without a price is warned about once, whatever the number of answers", async () => {
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const events: string[] = [];
  const run = createRun({
    host: fakeHost(),
    subscribers: [(event) => void (event.type === "warning" && events.push(event.code))],
  });
  // A service without a known price, reached through a `fetch` of the entry's own.
  const body = JSON.stringify({ model: "odd", choices: [{ index: 0, message: { role: "assistant", content: "a" } }], usage });
  const fetch = (): Promise<Response> => Promise.resolve(new Response(body, { headers: { "content-type": "application/json" } }));
  const config_list = [{ model: "odd", base_url: "https://models.example.com/v1", api_key: "k", fetch }];
  const llm = new OpenAIWrapper({ config_list, cache_seed: null });
  for (let turn = 0; turn < 3; turn += 1) assert.equal((await llm.create({ messages: HI, run })).cost, null);
  assert.deepEqual(events, ["unknown-price"]);
  assert.match(llm.usageSummaryText("total"), /^\* Model 'odd': cost: 0, /mu);
});

test("PRC-03 prices of the host win over lists, also those registered later, and lose against the entry's", async () => {
  const registered = new Map<string, ListedPrice>([["gpt-4", [1, 2]]]);
  await scene(
    { x: ["a", "b", "c", "d"] },
    async ({ run, wrapper }) => {
      const llm = wrapper([{ model: "gpt-4" }]);
      assert.equal((await llm.create({ messages: HI, run })).cost, 0.02);
      registered.set("gpt-4", [2, 4]);
      assert.equal((await llm.create({ messages: HI, run })).cost, 0.04);
      assert.equal((await wrapper([{ model: "gpt-4", prices: { "gpt-4": [3, 3] } }]).create({ messages: HI, run })).cost, 0.045);
      assert.equal((await wrapper([{ model: "gpt-4", price: [4, 4] }]).create({ messages: HI, run })).cost, 0.06);
    },
    { listedPrice: (model) => registered.get(model) },
  );
});

test('PRC-04 `costModel: "simple"` charges prompt tokens from the endpoint\'s cache in full', async () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000, prompt_tokens_details: { cached_tokens: 400 } };
  const response = { model: "gpt-4.1", choices: [], usage };
  const costs = [undefined, "cached", "simple"].map(async (costModel) => {
    const client = new OpenAIClient({ model: "gpt-4.1", base_url: "https://api.openai.com/v1", cost_model: costModel });
    return await client.cost(response);
  });
  assert.deepEqual(await Promise.all(costs), [0.0014, 0.0014, 0.002]);
  await scene({ x: ["a"] }, async ({ server, run, wrapper }) => {
    await wrapper([{ model: "gpt-4", costModel: "simple" }]).create({ messages: HI, run });
    assert.equal("cost_model" in (server.requests[0]?.body ?? {}), false);
  });
  assert.throws(() => new OpenAIWrapper({ model: "m", costModel: "easy" }), {
    code: "invalid-config",
    message: /"simple" or "cached"/,
  });
});

test("PRC-04 prompt tokens from the endpoint's cache cost less where a rate is known", () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 400 } };
  assert.equal(computeCost(usage, { prompt: 1, completion: 2, cachedPrompt: 0.5 }), 0.8);
  assert.equal(computeCost(usage, { prompt: 1, completion: 2 }), 1);
});

test("INF-23 an unknown price is null with one warning, none behind a private address; one number is warned about", async () => {
  await scene({ x: ["a", "b", "c"] }, async ({ run, events, wrapper }) => {
    assert.equal((await wrapper([{ model: "own" }]).create({ messages: HI, run })).cost, null);
    assert.equal(events.filter((event) => event.type === "warning").length, 0);
    const priced = wrapper([{ model: "own", price: 2 }]);
    for (let turn = 0; turn < 2; turn += 1) assert.equal((await priced.create({ messages: HI, run })).cost, 0.03);
    assert.deepEqual(
      events.filter((event) => event.type === "warning").map((event) => event.code),
      ["single-price"],
    );
  });
});

test("INF-23 a response without usage costs nothing and counts as zero tokens", async () => {
  await scene({ x: [{ content: "free", usage: null }] }, async ({ run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }]);
    assert.equal((await llm.create({ messages: HI, run })).cost, 0);
    const usage = { cost: 0, prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    assert.deepEqual(llm.totalUsageSummary, { total_cost: 0, "gpt-4": usage });
  });
});

for (const [url, expected] of [
  ["http://localhost:1234/v1", true],
  ["http://10.1.2.3", true],
  ["http://172.20.0.1", true],
  ["http://192.168.1.1", true],
  ["http://[::1]:80/", true],
  ["http://ollama:11434", true],
  ["http://box.local", true],
  ["https://api.openai.com/v1", false],
  ["http://172.40.0.1", false],
  ["https://10.example.com", false],
] as const) {
  test(`${url} is ${expected ? "" : "not "}private`, () => assert.equal(isPrivateEndpoint(url), expected));
}

test("INF-38 an endpoint is shown without credentials and query", () => {
  assert.equal(publicEndpoint("https://user:secret@host:8/v1/?key=abc#x"), "https://host:8/v1");
});
