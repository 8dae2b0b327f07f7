import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "vitest";
import {
  checkLlmConfig,
  filterConfig,
  getConfigList,
  hideSecrets,
  parseConfigList,
  parseLenientJson,
  redact,
  withModels,
} from "../index.js";

const LIST = [
  { model: "gpt-4", tags: ["smart", "slow"], api_type: "azure" },
  { model: "gpt-3.5", tags: ["fast"] },
  { model: "llama", base_url: "u" },
  { model: "gpt-4", tags: [] },
];

for (const [filter, exclude, expected] of [
  [null, false, [0, 1, 2, 3]],
  [{}, false, [0, 1, 2, 3]],
  [{ model: ["gpt-4", "llama"] }, false, [0, 2, 3]],
  [{ tags: ["slow", "x"] }, false, [0]],
  [{ tags: [] }, false, []],
  [{ model: ["gpt-4"], tags: ["smart"] }, false, [0]],
  [{ missing: ["x"] }, false, []],
  [{ model: "gpt-4" }, false, [0, 3]],
  [{ model: new Set(["llama"]) }, false, [2]],
  [{ api_type: ["azure", null] }, false, [0, 1, 2, 3]],
  [{ api_type: [null] }, false, [1, 2, 3]],
  [{ model: ["gpt-4"] }, true, [1, 2]],
  [{ tags: ["fast"] }, true, [0, 2, 3]],
  [{ model: ["gpt-4"], tags: ["smart"] }, true, [1, 2]],
] as const) {
  test(`CFG-08 ${JSON.stringify(filter)} ${exclude ? "excludes" : "keeps"} the right entries`, () => {
    const kept = filterConfig(LIST, filter, { exclude });
    assert.deepEqual(
      kept,
      expected.map((index) => LIST[index]),
    );
    assert.ok(kept.every((entry) => !LIST.some((own) => own === entry)));
  });
}

test("CFG-01 keys make entries; blank ones are left out with their addresses", () => {
  assert.deepEqual(getConfigList(["k1", " ", "k3"], { baseUrls: ["u1", "u2", "u3"], apiType: "azure", apiVersion: "v" }), [
    { api_key: "k1", base_url: "u1", api_type: "azure", api_version: "v" },
    { api_key: "k3", base_url: "u3", api_type: "azure", api_version: "v" },
  ]);
  const wrong = { code: "invalid-config", message: "The length of api_keys must match the length of base_urls" };
  assert.throws(() => getConfigList(["k1"], { baseUrls: ["u1", "u2"] }), wrong);
  assert.throws(() => getConfigList(["k1"], { baseUrls: [] }), wrong);
});

test("CFG-04 all entries for the first model, then all for the second", () => {
  const list = withModels([{ api_key: "a" }, { api_key: "b" }], ["m1", "m2"]);
  assert.deepEqual(
    list.map(({ model, api_key }) => `${String(model)}${String(api_key)}`),
    ["m1a", "m1b", "m2a", "m2b"],
  );
  assert.deepEqual(withModels([{ api_key: "a" }], []), [{ api_key: "a" }]);
});

test("CFG-06 comments and trailing commas are read", () => {
  const text = '\uFEFF[ // first\n # second\n {"model": "m", /* c */ "n": [1, -2.5e3, true, null,],}, \n]';
  assert.deepEqual(parseLenientJson(text, "x"), [{ model: "m", n: [1, -2500, true, null] }]);
  assert.deepEqual(parseLenientJson('{"u": "http://x//y # z, ]", "e": "\\u00e9\\\\",}', "x"), {
    u: "http://x//y # z, ]",
    e: "é\\",
  });
});

const KEY = "sk-secret-1234567890";
for (const [text, line, column, fix] of [
  ["{not json", 1, 2, /double quotes/],
  ["[1,", 1, 4, /Complete/],
  [`[\n {"api_key": "${KEY}"\n  "model": "m"}\n]`, 3, 3, /comma/],
  [`[{'api_key': '${KEY}'}]`, 1, 3, /double quotes/],
  [`[{"api_key": '${KEY}'}]`, 1, 14, /double quotes/],
  [`[{"api_key": "${KEY}, "model": "m"}]`, 1, 38, /comma/],
  [`[{"api_key": "${KEY}]`, 1, 14, /Close it/],
  ['[{"a": True}]', 1, 8, /`true`/],
  ['[{"path": "C:\\Users"}]', 1, 11, /backslash/],
  ['[{"a" 1}]', 1, 7, /key/],
  ["[1] [2]", 1, 5, /one list/],
  ["", 1, 1, /Complete/],
] as const) {
  test(`CFG-06 a mistake is named by line and column, with a fix and without content: ${JSON.stringify(text)}`, () => {
    try {
      parseLenientJson(text, "The file x");
      assert.fail("it was read");
    } catch (error) {
      assert.deepEqual((error as { details?: unknown }).details, { source: "The file x", line, column }, String(error));
      assert.match(String(error), fix);
      assert.ok(!inspect(error).includes("secret"));
    }
  });
}

for (const [text, problem] of [
  ["{}", /one object, not a list/],
  ["3", /a number, not a list/],
  ['["gpt-4"]', /entry 0/],
  ['[{"model": "m"}, {"model": 3}]', /`model` that is no text in entry 1/],
  ['[{"base_url": "localhost:8000/v1"}]', /`base_url` without .* in entry 0/],
  ['[{"base_url": "http://a", "api_base": "http://b"}]', /both/],
] as const) {
  test(`CFG-06 ${text} is no config list`, () => {
    assert.throws(() => parseConfigList(text, "OAI_CONFIG_LIST"), { code: "invalid-config", message: problem });
  });
}

test("CFG-09 secrets are replaced at any depth; long ones keep their end", () => {
  const value = {
    api_key: "1234567890abcdef",
    list: [{ default_headers: { Authorization: "x" }, token: 3, model: "m" }],
    password: null,
  };
  const redacted = {
    api_key: "***cdef",
    list: [{ default_headers: { Authorization: "***" }, token: "***", model: "m" }],
    password: null,
  };
  assert.deepEqual(redact(value), redacted);
  const circle: Record<string, unknown> = { api_key: "k" };
  circle["self"] = circle;
  assert.equal((redact(circle) as { self: { api_key: string } }).self.api_key, "***");
});

test("CFG-09 a hidden entry is shown without its key and is otherwise the same", () => {
  const entry = hideSecrets({ model: "m", api_key: KEY });
  assert.equal(inspect({ list: [entry] }), "{ list: [ { model: 'm', api_key: '***7890' } ] }");
  assert.equal(JSON.stringify([entry]), '[{"model":"m","api_key":"***7890"}]');
  assert.deepEqual({ ...entry }, { model: "m", api_key: KEY });
});

for (const [config, accepted] of [
  [{}, false],
  [{ config_list: [] }, false],
  [{ config_list: [{ model: "" }] }, false],
  [{ config_list: [{ model: "", api_key: "k" }] }, false],
  [{ config_list: [{ model: "a" }, { api_key: "k" }] }, false],
  [{ config_list: [{ api_key: "k" }], model: "a" }, true],
  [{ model: "a" }, true],
  [{ configList: [{ model: "a" }] }, true],
] as const) {
  test(`INF-39 ${JSON.stringify(config)} is ${accepted ? "accepted" : "refused"} for an agent`, () => {
    if (accepted) checkLlmConfig(config);
    else assert.throws(() => checkLlmConfig(config), { code: "invalid-config" });
  });
}
