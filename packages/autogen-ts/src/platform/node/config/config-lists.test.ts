import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, test } from "vitest";
import {
  configListFromDotenv,
  configListFromJson,
  configListFromJsonSync,
  configListFromModels,
  configListGpt4Gpt35,
  configListOpenaiAoai,
} from "./index.js";

const NAMES = [
  "OPENAI_API_KEY",
  "OPENAI_API_BASE",
  "AZURE_OPENAI_API_KEY",
  "AZURE_OPENAI_API_BASE",
  "AZURE_OPENAI_ENDPOINT",
  "CFG",
  "KEY_FOUR",
  "KEY_OWN",
];
const AZURE = { api_type: "azure", api_version: "2024-02-01" };
const BOTH = { OPENAI_API_KEY: "key-a", AZURE_OPENAI_API_KEY: "key-z", AZURE_OPENAI_API_BASE: "https://z.example" };

let folder = "";
let before: NodeJS.ProcessEnv = {};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "autogen-config-"));
  before = { ...process.env };
  for (const name of NAMES) delete process.env[name];
});

afterEach(async () => {
  for (const name of NAMES) delete process.env[name];
  Object.assign(process.env, before);
  await rm(folder, { recursive: true, force: true });
});

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
  return path;
};

const LIST = '[{"model": "gpt-4", "api_key": "k1"}, {"model": "gpt-3.5-turbo", "api_key": "k2", "tags": ["t"]}]';

for (const [title, read] of [
  ["async", configListFromJson],
  ["sync", async (...args: Parameters<typeof configListFromJsonSync>) => configListFromJsonSync(...args)],
] as const) {
  test(`CFG-05 (${title}) a variable holds JSON or a path; else there is a file, with or without .json; then the filter`, async () => {
    process.env["CFG"] = LIST;
    assert.deepEqual(await read("CFG"), JSON.parse(LIST));
    assert.deepEqual(await read("CFG", { filterDict: { tags: ["t"] } }), JSON.parse(LIST).slice(1));
    process.env["CFG"] = await file("sub/cfg.json", '[{"model": "from-sub"}]');
    assert.deepEqual(await read("CFG"), [{ model: "from-sub" }]);
    assert.deepEqual(await read("cfg.json", { fileLocation: join(folder, "sub") }), [{ model: "from-sub" }]);
    assert.deepEqual(await read("cfg", { fileLocation: join(folder, "sub") }), [{ model: "from-sub" }]);
    assert.deepEqual(await read(join(folder, "sub/cfg.json"), { fileLocation: null }), [{ model: "from-sub" }]);
  });

  test(`CFG-05 CFG-06 (${title}) a missing or malformed list is an error that names what was tried and never shows a key`, async () => {
    process.env["CFG"] = "";
    await assert.rejects(async () => await read("CFG", { fileLocation: folder }), {
      code: "invalid-config",
      message: /CFG is not set.*no file .*CFG/,
    });
    const path = await file("OAI_CONFIG_LIST", '[{"model": "m",\n "api_key": "sk-secret-1234567890" "x": 1}]');
    const error = await Promise.resolve()
      .then(() => read("OAI_CONFIG_LIST", { fileLocation: folder }))
      .catch((thrown: unknown) => thrown);
    assert.match(String(error), /line 2, column 36/);
    assert.ok(String(error).includes(path) && !inspect(error).includes("secret"));
    process.env["CFG"] = "{not json";
    await assert.rejects(async () => await read("CFG"), /environment variable CFG is not valid JSON: line 1/);
  });
}

test("CFG-06 a list that may not be read is an error that names the file", async () => {
  const path = await file("OAI_CONFIG_LIST", "[]");
  await chmod(path, 0o000);
  if (process.getuid?.() === 0) return; // Nothing is unreadable for the superuser.
  await assert.rejects(configListFromJson("OAI_CONFIG_LIST", { fileLocation: folder }), /cannot be read/);
});

test("CFG-10 `env:NAME` is the variable's value; a variable that is not set is an error naming entry and variable", async () => {
  process.env["CFG"] = '[{"model": "m", "api_key": "env:KEY_OWN"}]';
  await assert.rejects(configListFromJson("CFG"), /KEY_OWN, named by `api_key` of entry 0/);
  process.env["KEY_OWN"] = "own";
  const list = await configListFromJson("CFG");
  assert.deepEqual(list, [{ model: "m", api_key: "own" }]);
  assert.ok(!inspect(list).includes("own'"));
});

test("CFG-02 CFG-03 keys come from the environment or from files, OpenAI's before Azure's; the environment stays as it is", async () => {
  Object.assign(process.env, BOTH);
  const azure = { api_key: "key-z", base_url: "https://z.example", ...AZURE };
  assert.deepEqual(await configListOpenaiAoai({ keyFilePath: null }), [{ api_key: "key-a" }, azure]);
  assert.deepEqual(await configListOpenaiAoai({ keyFilePath: null, exclude: "openai" }), [azure]);
  assert.deepEqual(await configListOpenaiAoai({ keyFilePath: folder, exclude: "aoai", openaiApiKeyFile: null }), [
    { api_key: "key-a" },
  ]);
  await file("key_openai.txt", "file-1 \nfile-2\n");
  await file("base_openai.txt", "https://b1\nhttps://b2\n");
  const files = [
    { api_key: "file-1", base_url: "https://b1" },
    { api_key: "file-2", base_url: "https://b2" },
  ];
  assert.deepEqual(await configListOpenaiAoai({ keyFilePath: folder, exclude: "aoai" }), files);
  assert.equal(process.env["OPENAI_API_KEY"], "key-a");
});

test("CFG-02 nothing found is an empty list; a wrong number of addresses names both sources", async () => {
  assert.deepEqual(await configListOpenaiAoai({ keyFilePath: folder }), []);
  Object.assign(process.env, { OPENAI_API_KEY: "a1\na2", OPENAI_API_BASE: "https://b1" });
  await assert.rejects(configListOpenaiAoai({ keyFilePath: null }), /2 from OPENAI_API_KEY, 1 from OPENAI_API_BASE/);
});

test("CFG-04 models come first", async () => {
  Object.assign(process.env, BOTH);
  const list = await configListFromModels({ keyFilePath: null, modelList: ["m1", "m2"] });
  assert.deepEqual(
    list.map(({ model, api_key }) => [model, api_key]),
    [
      ["m1", "key-a"],
      ["m1", "key-z"],
      ["m2", "key-a"],
      ["m2", "key-z"],
    ],
  );
  const two = await configListGpt4Gpt35({ keyFilePath: null, exclude: "aoai" });
  assert.deepEqual(two, [
    { api_key: "key-a", model: "gpt-4" },
    { api_key: "key-a", model: "gpt-3.5-turbo" },
  ]);
});

test("CFG-07 an .env file gives keys for models", async () => {
  const dotenvFilePath = await file(".env", "OPENAI_API_KEY=dot-key\nKEY_FOUR='four'\nKEY_OWN=\"own key\"\nBASE=http://own\n");
  const both = [
    { api_key: "dot-key", model: "gpt-4" },
    { api_key: "dot-key", model: "gpt-3.5-turbo" },
  ];
  assert.deepEqual(await configListFromDotenv({ dotenvFilePath }), both);
  const own = { api_key_env_var: "KEY_OWN", base_url: "BASE", api_type: "x", api_version: "1" };
  assert.deepEqual(await configListFromDotenv({ dotenvFilePath, modelApiKeyMap: { "gpt-4": "KEY_FOUR", own } }), [
    { api_key: "four", model: "gpt-4" },
    { api_key: "own key", base_url: "http://own", api_type: "x", api_version: "1", model: "own" },
    { api_key: "dot-key", model: "gpt-3.5-turbo" },
  ]);
  assert.equal(process.env["KEY_FOUR"], undefined);
});

test("CFG-07 a missing file and missing keys are told, and the environment wins", async () => {
  const warnings: string[] = [];
  const options = { dotenvFilePath: join(folder, "none.env"), onWarning: (text: string) => warnings.push(text) };
  assert.deepEqual(await configListFromDotenv(options), []);
  assert.deepEqual(warnings, [
    `The specified .env file ${options.dotenvFilePath} does not exist.`,
    "API key not found or empty for model gpt-4. Please ensure path to .env file is correct.",
    "API key not found or empty for model gpt-3.5-turbo. Please ensure path to .env file is correct.",
    "No configurations loaded.",
  ]);
  process.env["OPENAI_API_KEY"] = "env-key";
  const list = await configListFromDotenv({ ...options, filterDict: { model: ["gpt-4"] } });
  assert.deepEqual(list, [{ api_key: "env-key", model: "gpt-4" }]);
  await assert.rejects(configListFromDotenv({ ...options, modelApiKeyMap: { m: { key: "x" } as never } }), /not known: key/);
});
