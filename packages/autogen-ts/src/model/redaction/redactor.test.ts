import assert from "node:assert/strict";
import * as fc from "fast-check";
import { test } from "vitest";
import { createRedactor, type Json } from "../../index.js";

const SEED = 20_250_925;
const { text, value } = createRedactor();

const PLANTED = "planted-9f2c4e7a1b";

for (const [what, given] of [
  ["a key of OpenAI", "use sk-proj-Ab12_cd34ef56 now"],
  ["a key that the endpoint has half hidden", "Incorrect API key provided: sk-abcd****wxyz."],
  ["a key of Google", "AIzaSyA1234567890abcdefghijk_-"],
  ["an id of AWS", "AKIAIOSFODNN7EXAMPLE"],
  ["a secret of AWS in a settings file", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG".replace(" = ", "=")],
  ["a token of GitHub", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"],
  ["a bearer token", "authorization: Bearer abc.def-ghi"],
  ["a name and password", "Authorization: Basic dXNlcjpwYXNzd29yZA=="],
  ["a JSON Web Token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"],
  ["a password in an address", "postgres://bob:hunter2hunter2@db.example/x"],
  ["a key in the query of an address", "https://example.org/v1?x=1&key=abcd1234&y=2"],
  ["an assignment in code", `client = Client(api_key="my-own-key-1")`],
  ["JSON within a text", String.raw`{\"client_secret\": \"my-own-key-1\"}`],
  ["a line of a settings file", "password: hunter2!"],
  ["a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"],
] as const) {
  test(`LOG-05 ${what} is hidden in texts`, () => {
    const result = text(given);
    assert.ok(result.includes("***"), result);
    const secrets = /abcd1234|my-own-key-1|hunter2|Ab12_cd34|wJalr|16C7e42|abc\.def|dXNlcj|dozjg|AKIA|AIza|MIIEp|wxyz/u;
    assert.doesNotMatch(result, secrets);
  });
}

for (const plain of [
  "The tokens of a risk-free task: see https://example.org/a?b=c#d, at 12:30.",
  "password: required",
  "Bring a bearer certificate.",
  '{"prompt_tokens": 12, "total_tokens": 30, "finish_reason": "stop"}',
  "mail bob@example.org, or ssh://host/path@2",
  "SELECT pk_customer FROM secret_santa",
]) {
  test(`an ordinary text stays: ${plain}`, () => assert.equal(text(plain), plain));
}

test("LOG-05 values under the names of secrets are hidden at every level, and everything else stays", () => {
  const given = {
    config_list: [
      { model: "m", api_key: PLANTED, default_headers: { "x-team": PLANTED }, base_url: `https://u:${PLANTED}@h/v1?k=1` },
    ],
    aws_secret_key: PLANTED,
    nested: { deep: [{ "Api-Key": PLANTED, password: 1234 }] },
    organization: "ACME",
    logprobs: [{ token: "Paris", logprob: -0.5 }],
    secret: true,
    nothing: { api_key: null },
  };
  assert.deepEqual(value(given), {
    config_list: [{ model: "m", api_key: "***", default_headers: { "x-team": "***" }, base_url: "https://h/v1" }],
    aws_secret_key: "***",
    nested: { deep: [{ "Api-Key": "***", password: "***" }] },
    organization: "ACME",
    logprobs: [{ token: "Paris", logprob: -0.5 }],
    secret: true,
    nothing: { api_key: null },
  });
});

test("what the user adds is hidden too: names, patterns, values, variables", () => {
  const own = createRedactor({
    keys: ["customerId", /^x_/u],
    patterns: [/\bCASE-\d+/u],
    values: ["Grace Hopper", "short"],
    environment: { DEPLOY_TOKEN: `${PLANTED}\n`, HOME: "/home/somebody", EMPTY_KEY: "" },
  });
  assert.deepEqual(
    own.value({ customer_id: 7, x_ray: "a", note: `CASE-12 and CASE-13: Grace Hopper, short, ${PLANTED}, /home/somebody` }),
    {
      customer_id: "***",
      x_ray: "***",
      note: "*** and ***: ***, short, ***, /home/somebody",
    },
  );
});

test("secrets of settings are hidden wherever they stand once they are learned, stand-ins are not", () => {
  const redactor = createRedactor();
  redactor.learn({
    config_list: [{ model: "m", api_key: PLANTED }, { api_key: "lm-studio" }, { api_key: "EMPTY" }],
  });
  assert.equal(
    redactor.text(`${PLANTED} of lm-studio is EMPTY, ${encodeURIComponent(PLANTED)}`),
    "*** of lm-studio is EMPTY, ***",
  );
});

test("LOG-06 what is no JSON is named, `toJSON` is used, and nothing is changed", () => {
  class Station {
    readonly name = "north";
  }
  const circle: Record<string, unknown> = { name: "c" };
  circle["self"] = circle;
  const failing = {
    get never(): never {
      throw new Error("no");
    },
  };
  assert.deepEqual(
    value({
      station: new Station(),
      f: Math.max,
      big: 12n,
      not: Number.NaN,
      when: new Date(0),
      bytes: new Uint8Array(2),
      gone: undefined,
    }),
    {
      station: "<<non-serializable: Station>>",
      f: "<<non-serializable: Function>>",
      big: "12",
      not: null,
      when: "1970-01-01T00:00:00.000Z",
      bytes: "<<non-serializable: Uint8Array>>",
    },
  );
  assert.deepEqual(value([circle, { failing }, new Set([1]), new Map([["k", new Error("bad")]])]), [
    { name: "c", self: "<<non-serializable: Object>>" },
    { failing: "<<non-serializable: Object>>" },
    [1],
    { k: { name: "Error", message: "bad" } },
  ]);
  let deep: unknown = 0;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  assert.match(JSON.stringify(value(deep)), /^\[+"<<non-serializable: Array>>"\]+$/u);
});

/** Where people and models put keys. */
const planting: readonly ((key: string) => Json)[] = [
  (key) => ({ api_key: key }),
  (key) => ({ headers: { Authorization: `Bearer ${key}`, cookie: key } }),
  (key) => `call it with api_key="${key}" please`,
  (key) => JSON.stringify({ access_token: key }),
  (key) => JSON.stringify(JSON.stringify({ password: key })),
  (key) => `https://user:${key}@example.org/`,
  (key) => `export OPENAI_API_KEY=${key}`,
  (key) => `Authorization: Bearer ${key}`,
  (key) => `sk-${key}`,
  (key) => ({ [`sk-${key}`]: 1 }),
];
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const keys = fc.string({ unit: fc.constantFrom(...Array.from(letters)), minLength: 20, maxLength: 40 });

test("LOG-05 no planted key survives, whatever stands around it", () => {
  const planted = fc.tuple(keys, fc.constantFrom(...planting), fc.jsonValue(), fc.array(fc.string(), { maxLength: 4 }));
  fc.assert(
    fc.property(planted, ([key, plant, beside, path]) => {
      const held = path.reduce<unknown>((inner, name) => ({ beside, [name]: [inner] }), plant(key));
      assert.ok(!JSON.stringify(value(held)).includes(key));
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});

test("LOG-05 what holds no secret is copied as it is, and redacting twice is redacting once", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (given) => {
      const once = value(given);
      assert.deepEqual(value(once), once);
      // `-0` is `0` in JSON.
      if (!JSON.stringify(once).includes("***")) assert.equal(JSON.stringify(once), JSON.stringify(given));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

// Patterns that go back and try again would need hours for these.
for (const [what, unit] of [
  ["words", "word "],
  ["beginnings of web tokens", "eyJ-"],
  ["beginnings of addresses", "://a:"],
  ["beginnings of keys", "sk-"],
  ["names of secrets", "token="],
  ["one long word", "a"],
  ["quotes", `api_key="`],
] as const) {
  test(`LOG-05 20 MB of ${what} are done in linear time`, () => {
    const large = unit.repeat(20_000_000 / unit.length);
    assert.ok(text(large).length <= large.length);
  });
}
