/** Configs and calls that cannot work are refused before anything is sent, with a word on what to write. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { HI, scene, thrownBy } from "../../test/model-scene.js";
import { InMemoryCache, OpenAIWrapper, type ConfigEntry, type WrapperConfig } from "./index.js";

const CONFIGS: readonly (readonly [config: unknown, message: string])[] = [
  [null, "The config is no object. Pass `{ config_list: [ … ] }`, or the options of one model."],
  [[{ model: "m" }], "The config is no object. Pass `{ config_list: [ … ] }`, or the options of one model."],
  [
    { config_list: [] },
    '`config_list` has no entries. Pass at least one object, such as `{ model: "gpt-4o" }`; a filter that no entry matches leaves none.',
  ],
  [{ config_list: { model: "m" } }, '`config_list` is no list. Pass a list of objects, such as `[ { model: "gpt-4o" } ]`.'],
  [
    { config_list: [{ model: "m" }, "gpt-4o"] },
    '`config_list` has something that is no object as entry 1. Write each as `{ model: "…" }`.',
  ],
  [{ config_list: [null] }, '`config_list` has something that is no object as entry 0. Write each as `{ model: "…" }`.'],
];
for (const [config, message] of CONFIGS) {
  test(`bad input: the config ${JSON.stringify(config)} is refused`, () => {
    assert.throws(() => new OpenAIWrapper(config as WrapperConfig), { code: "invalid-config", message });
  });
}

const SCHEME = "has a `base_url` without `https://` or `http://` in entry 1. Write the whole address, such as `https://host/v1`.";
const ENTRIES: readonly (readonly [entry: object, what: string])[] = [
  [{ base_url: "localhost:8000/v1" }, SCHEME],
  [{ base_url: "api.example.com/v1" }, SCHEME],
  // The package takes it for "not given", and would send everything to OpenAI.
  [{ base_url: "" }, SCHEME],
  [
    { base_url: "http://" },
    "has a `base_url` that is no address in entry 1. Write the whole address, such as `https://host/v1`.",
  ],
  [{ azure_endpoint: "x" }, SCHEME.replace("base_url", "azure_endpoint")],
  [
    { base_url: "http://a", api_base: "http://b" },
    "has both `api_base` and `base_url` in entry 1. Keep `base_url`; `api_base` is its old name.",
  ],
  [{ model: 5 }, "has a `model` that is no text in entry 1. Write it in double quotes."],
  [{ api_key: 12345678 }, "has a `api_key` that is no text in entry 1. Write it in double quotes."],
  [{ api_type: {} }, "has a `api_type` that is no text in entry 1. Write it in double quotes."],
  [
    { default_headers: "x-key: 12345678" },
    "has `default_headers` that are no object in entry 1. Write names and values in braces: `{ name: value }`.",
  ],
  [{ prices: "cheap" }, "has `prices` that are no object in entry 1. Write names and values in braces: `{ name: value }`."],
  [{ max_retries: -1 }, "has a `max_retries` that is no whole number from 0 in entry 1. Write, for example, `max_retries: 2`."],
  [{ max_retries: "2" }, "has a `max_retries` that is no whole number from 0 in entry 1. Write, for example, `max_retries: 2`."],
];
for (const [entry, what] of ENTRIES) {
  test(`bad input: an entry with ${JSON.stringify(entry)} is refused, without showing a value`, () => {
    const config_list = [{ model: "a" }, { model: "m", ...entry }] as ConfigEntry[];
    const message = `\`config_list\` ${what}`;
    assert.throws(() => new OpenAIWrapper({ config_list }), { code: "invalid-config", message });
  });
}

for (const price of [[1], [1, 2, 3], "1", -1, [0.1, Number.NaN]]) {
  test(`bad input: the price ${JSON.stringify(price)} is refused before anything is paid`, () => {
    const refused = { code: "invalid-config", message: /`\[prompt, completion\]`/ };
    assert.throws(() => new OpenAIWrapper({ config_list: [{ model: "m", price: price as never }] }), refused);
    assert.throws(() => new OpenAIWrapper({ config_list: [{ model: "m", prices: { n: price } }] }), refused);
  });
}

test("bad input: options beside the list, and those without a list, are checked too", () => {
  const beside = { config_list: [{ model: "m" }], base_url: "localhost" };
  assert.throws(() => new OpenAIWrapper(beside), { message: /^`config_list` has a `base_url` without/ });
  assert.throws(() => new OpenAIWrapper({ model: "m", base_url: "localhost" }), {
    message: /^The config has a `base_url` without .*`\. Write/,
  });
});

test("null is an option that is not given, and takes back one beside the list", async () => {
  await scene({ x: ["a"] }, async ({ server, run }) => {
    const nothing = { api_key: null, organization: null, max_retries: null, price: null, default_headers: null } as object;
    const llm = new OpenAIWrapper({
      config_list: [{ model: "m", base_url: server.base("x"), ...nothing }],
      organization: "org",
      cache_seed: null,
    });
    await llm.create({ messages: HI, run });
    assert.equal(server.requests[0]?.headers["authorization"], "Bearer not-needed");
    assert.equal(server.requests[0]?.headers["openai-organization"], undefined);
  });
});

test("what a client of one's own makes of its options is its own affair", () => {
  const client = { create: () => ({ model: "m", choices: [] }), messageRetrieval: () => [], cost: () => 0, getUsage: () => ({}) };
  const config_list = [
    { base_url: "unix:/run/model.sock", api_key: { file: "key" }, model_client_cls: () => client },
  ] as object[];
  assert.ok(new OpenAIWrapper({ config_list: config_list as ConfigEntry[] }));
});

const CALLS: readonly (readonly [options: object, message: RegExp])[] = [
  [{}, /^Neither `prompt` nor `messages` is given/],
  [{ messages: "hi" }, /^`messages` is no list/],
  [{ messages: [...HI, null] }, /^`messages` has something in it that is no object/],
  [{ messages: HI, filterFunc: "yes" }, /^`filterFunc` is no function/],
  [{ messages: HI, context: "name" }, /^`context` is no object/],
  [{ messages: HI, cacheSeed: {} }, /^`cacheSeed` is no seed/],
];
for (const [options, message] of CALLS) {
  test(`bad input: a call with ${JSON.stringify(options)} is refused before anything is sent`, async () => {
    await scene({ x: ["a"] }, async ({ server, run, wrapper }) => {
      const call = wrapper([{ model: "m" }], { cache_seed: undefined }).create({ ...options, run });
      const error = await thrownBy(call);
      assert.deepEqual([error.code, server.requests.length], ["invalid-option", 0]);
      assert.match(error.message, message);
    });
  });
}

test("CACHE-04 `cacheSeed: false` is no cache, as null is", async () => {
  const cache = new InMemoryCache();
  await scene(
    { x: ["a", "b"] },
    async ({ server, run, wrapper }) => {
      const llm = wrapper([{ model: "m" }], { cache_seed: false });
      for (let turn = 0; turn < 2; turn += 1) await llm.create({ messages: HI, run });
      assert.deepEqual([server.requests.length, cache.keys()], [2, []]);
    },
    { responseCache: () => cache },
  );
});

const ANSWERS: readonly (readonly [title: string, raw: string, reason: RegExp])[] = [
  [
    "a web page",
    "<!doctype html><title>Welcome</title>",
    /sent a web page that is no model response; `base_url` may lack a path/,
  ],
  ["half of an answer", '{"choices": [', /sent an answer that is no valid JSON, or only the beginning of one/],
  ["nothing", "", /sent an empty answer/],
  ["a text", "OK", /sent something that is no model response/],
  ["no choices", '{"id": "1"}', /sent a response without choices/],
  ["an error with status 200", '{"error": {"message": "overloaded"}}', /answered with an error: overloaded/],
];
for (const [title, raw, reason] of ANSWERS) {
  for (const stream of [false, true]) {
    test(`bad input: ${title} as ${stream ? "a stream" : "an answer"} is a failure that says so; the next entry is tried`, async () => {
      await scene({ x: [{ raw }, { raw }], y: ["from y"] }, async ({ run, wrapper }) => {
        const error = await thrownBy(wrapper([{ model: "m" }], { stream }).create({ messages: HI, run }));
        assert.match(error.message, reason);
        assert.deepEqual([error.code, error.details?.["kind"]], ["model-failed", "server"]);
        const list = [{ model: "m" }, { model: "m", at: "y", stream: false }];
        assert.equal((await wrapper(list, { stream }).create({ messages: HI, run })).config_id, 1);
      });
    });
  }
}
