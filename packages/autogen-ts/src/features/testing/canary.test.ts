/** A key planted in every way of configuration is found nowhere: not in events, errors, recordings, caches or text. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format, inspect } from "node:util";
import { test, vi } from "vitest";
import { modelServer, type ScriptedReply } from "../../../test/model-server.js";
import {
  AssistantAgent,
  Cache,
  configListFromDotenv,
  configListFromJson,
  configListFromModels,
  configListGpt4Gpt35,
  configListOpenaiAoai,
  filterConfig,
  getConfigList,
  memoryStream,
  OpenAIWrapper,
  UserProxyAgent,
  type ConfigEntry,
  type ModelClient,
  type RunEvent,
  type WrapperConfig,
} from "../../index.js";
import { record } from "./index.js";

const CANARY = "zq7f3e9a1b2c5d8e6fzq";

interface Place {
  /** Base URL of the scripted endpoint. */
  readonly base: string;
  readonly folder: string;
}

type Planted = WrapperConfig | Promise<WrapperConfig>;
const one = (entry: Readonly<Record<string, unknown>>, base: object = {}): WrapperConfig => ({
  config_list: [{ model: "m", ...entry }],
  ...base,
});
const azure = (base: string, more: object): WrapperConfig =>
  one({ base_url: base, api_type: "azure", api_version: "2024-02-01", ...more });

/** A client of the user's own that quotes the key it was given. */
const quoting = ({ api_key: key, service_token: token = key }: ConfigEntry): ModelClient => ({
  create: () => {
    throw new Error(`refused: ${String(token)}`, { cause: new Error(`key ${String(token)}`) });
  },
  messageRetrieval: () => [],
  cost: () => 0,
  getUsage: () => ({}),
});

const WAYS: Readonly<Record<string, (place: Place) => Planted>> = {
  "api_key of an entry": ({ base }) => one({ base_url: base, api_key: CANARY }),
  "apiKey of an entry": ({ base }) => one({ base_url: base, apiKey: CANARY }),
  "api_key beside the list": ({ base }) => one({ base_url: base }, { api_key: CANARY }),
  "api_key without a list": ({ base }) => ({ model: "m", base_url: base, api_key: CANARY }),
  "api_key env:NAME": ({ base }) => {
    vi.stubEnv("CANARY_KEY", CANARY);
    return one({ base_url: base, api_key: "env:CANARY_KEY" });
  },
  "default_headers, authorization": ({ base }) =>
    one({ base_url: base, default_headers: { authorization: `Bearer ${CANARY}` }, api_key: "none" }),
  "default_headers, another name": ({ base }) => one({ base_url: base, defaultHeaders: { "x-gateway": CANARY } }),
  "default_headers, an object of fetch": ({ base }) =>
    one({ base_url: base, default_headers: new Headers({ "x-gateway": CANARY }) }),
  default_query: ({ base }) => one({ base_url: base, default_query: { code: CANARY } }),
  "password in base_url": ({ base }) => one({ base_url: base.replace("://", `://user:${CANARY}@`) }),
  "user in base_url": ({ base }) => one({ base_url: base.replace("://", `://${CANARY}@`) }),
  "query in base_url": ({ base }) => one({ base_url: `${base}?subscription=${CANARY}` }),
  "api_key of Azure": ({ base }) => azure(base, { api_key: CANARY }),
  azure_ad_token: ({ base }) => azure(base, { azure_ad_token: CANARY }),
  azureAdToken: ({ base }) => azure(base, { azureAdToken: CANARY }),
  azure_ad_token_provider: ({ base }) => azure(base, { azure_ad_token_provider: async () => await Promise.resolve(CANARY) }),
  "keys of AWS": ({ base }) =>
    one({ base_url: base, api_type: "bedrock", aws_access_key: CANARY, awsSecretKey: CANARY, awsSessionToken: CANARY }),
  "default_query of Azure": ({ base }) => azure(base, { api_key: "none", default_query: { code: CANARY } }),
  "password in azure_endpoint": ({ base }) => azure(base, { azure_endpoint: base.replace("://", `://user:${CANARY}@`) }),
  "headers of fetch_options": ({ base }) => one({ base_url: base, fetch_options: { headers: { "x-gateway": CANARY } } }),
  "token in the request": ({ base }) => one({ base_url: base, token: CANARY }),
  "client_secret beside the list": ({ base }) => one({ base_url: base }, { client_secret: CANARY }),
  "nested credentials": ({ base }) => one({ base_url: base, credentials: { account: { private_key: CANARY } } }),
  extra_headers: ({ base }) => one({ base_url: base, extra_headers: { "x-gateway": CANARY } }),
  OPENAI_CUSTOM_HEADERS: ({ base }) => {
    vi.stubEnv("OPENAI_CUSTOM_HEADERS", `X-Gateway: ${CANARY}\nX-Other: other`);
    return one({ base_url: base });
  },
  OPENAI_API_KEY: ({ base }) => {
    vi.stubEnv("OPENAI_API_KEY", CANARY);
    vi.stubEnv("OPENAI_BASE_URL", base);
    return one({});
  },
  OPENAI_BASE_URL: ({ base }) => {
    vi.stubEnv("OPENAI_API_KEY", "none");
    vi.stubEnv("OPENAI_BASE_URL", `${base}?key=${CANARY}`);
    return one({});
  },
  AZURE_OPENAI_API_KEY: ({ base }) => {
    vi.stubEnv("AZURE_OPENAI_API_KEY", CANARY);
    return azure(base, {});
  },
  ".env": async ({ base, folder }) => {
    const dotenvFilePath = join(folder, ".env");
    await writeFile(dotenvFilePath, `PLANTED_KEY=${CANARY}\n`);
    const modelApiKeyMap = { m: { api_key_env_var: "PLANTED_KEY", base_url: base } };
    return { config_list: await configListFromDotenv({ dotenvFilePath, modelApiKeyMap, filterDict: { model: ["m"] } }) };
  },
  OAI_CONFIG_LIST: async ({ base }) => {
    vi.stubEnv("OAI_CONFIG_LIST", JSON.stringify([{ model: "m", base_url: base, api_key: CANARY }]));
    return { config_list: await configListFromJson("OAI_CONFIG_LIST") };
  },
  "a list in a file": async ({ base, folder }) => {
    await writeFile(join(folder, "LIST.json"), JSON.stringify([{ model: "m", base_url: base, api_key: CANARY }]));
    return { config_list: filterConfig(await configListFromJson("LIST", { fileLocation: folder }), { model: ["m"] }) };
  },
  "files of keys": async ({ base, folder }) => {
    await writeFile(join(folder, "key_openai.txt"), `${CANARY}\n`);
    await writeFile(join(folder, "base_openai.txt"), `${base}\n`);
    const list = await configListOpenaiAoai({ keyFilePath: folder, exclude: "aoai" });
    return { config_list: list, model: "m" };
  },
  getConfigList: ({ base }) => ({ config_list: getConfigList([CANARY], { baseUrls: [base] }), model: "m" }),
  "api_key of an own client": ({ base }) => one({ base_url: base, api_key: CANARY, model_client_cls: quoting }),
  "a field of an own client": ({ base }) => one({ base_url: base, service_token: CANARY, model_client_cls: quoting }),
};

const quote = `Incorrect key ${CANARY}, header Bearer ${CANARY}`;
const FATES: Readonly<Record<string, ScriptedReply>> = {
  success: { content: "hello" },
  "a 401 that quotes it": { status: 401, error: { message: quote, code: CANARY, param: CANARY } },
  "a 500 that quotes it": { status: 500, error: { message: quote, type: CANARY } },
  "an error with status 200": { raw: JSON.stringify({ error: { message: quote, code: CANARY } }) },
  "a page that quotes it": { raw: `${quote}, no JSON`, contentType: "text/plain" },
  "a cut stream": { stream: [{ content: "hel" }], end: "cut" },
  "a stream with an error": { stream: [{ content: "hel" }, { json: { error: { message: quote, code: CANARY } } }] },
};

interface Outcome {
  /** What programs, logs and files show of the chat, by name. */
  readonly shown: Readonly<Record<string, string>>;
  /** What the endpoint got. */
  readonly sent: string;
}

async function play(plant: (place: Place) => Planted, fate: ScriptedReply): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "canary-"));
  await using server = await modelServer({ x: [fate] });
  try {
    const config = { ...(await plant({ base: server.base("x"), folder })), max_retries: 0, stream: fate.stream !== undefined };
    const bot = new AssistantAgent({ name: "bot", llmConfig: config });
    const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
    const events: RunEvent[] = [];
    const stream = memoryStream();
    let error: unknown = null;
    let result: unknown = null;
    const [recording, cachePathRoot] = [join(folder, "recording.jsonl"), join(folder, "cache")];
    {
      await using cache = Cache.disk({ cacheSeed: 1, cachePathRoot });
      const layers = [record(recording)];
      const onEvent = (event: RunEvent): void => void events.push(event);
      try {
        result = await user.initiateChat(bot, { message: "m", maxTurns: 1, stream, onEvent, layers, cache });
      } catch (thrown) {
        error = thrown;
      }
    }
    const shown = {
      events: JSON.stringify(events),
      result: inspect(result, { depth: 20 }),
      error: shownOf(error),
      recording: await readFile(recording, "utf8"),
      cache: await filesIn(cachePathRoot),
      printed: [stream.text, ...stream.notes, ...stream.warnings].join("\n"),
      agent: inspect(bot, { depth: 20, showHidden: true }),
      llmConfig: inspect(bot.llmConfig, { depth: 20 }),
      serialised: JSON.stringify([bot, bot.llmConfig, bot.client]),
      wrapper: inspect([bot.client, new OpenAIWrapper(config)], { depth: 20, showHidden: true }),
      state: JSON.stringify(bot.saveState()),
    };
    return { shown, sent: JSON.stringify(server.requests) };
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  }
}

/** With all causes, as text and as data. */
function shownOf(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  const { message, stack = "", cause } = error;
  const more = JSON.stringify(Object.entries(error));
  return [message, stack, more, inspect(error, { depth: 20, showHidden: true }), cause === undefined ? "" : shownOf(cause)].join(
    "\n",
  );
}

async function filesIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(async ({ name, parentPath }) => `${name}\n${await readFile(join(parentPath, name), "utf8")}`);
  return (await Promise.all(texts)).join("\n");
}

/** Refused before anything is sent: by `fetch`, for want of a client, and by the client itself. */
const UNSENT = new Set([
  "password in base_url",
  "user in base_url",
  "password in azure_endpoint",
  "keys of AWS",
  "api_key of an own client",
  "a field of an own client",
]);

for (const [way, plant] of Object.entries(WAYS)) {
  for (const [fate, reply] of Object.entries(FATES)) {
    test(`a key planted as ${way} is shown nowhere: ${fate}`, async () => {
      const { shown, sent } = await play(plant, reply);
      const leaks = Object.entries(shown).filter(([, text]) => text.includes(CANARY));
      assert.deepEqual(
        leaks.map(([name, text]) => `${name}: ${around(text)}`),
        [],
      );
      assert.equal(sent.includes(CANARY), !UNSENT.has(way), "whether it was sent");
    });
  }
}

const LISTS: Readonly<Record<string, (folder: string) => readonly object[] | Promise<readonly object[]>>> = {
  getConfigList: () => getConfigList([CANARY]),
  filterConfig: () => filterConfig([{ model: "m", api_key: CANARY, azure_ad_token: CANARY }], { model: "m" }),
  configListFromJson: () => configListFromJson("CANARY_LIST"),
  configListFromModels: () => configListFromModels({ keyFilePath: null, modelList: ["m"] }),
  configListGpt4Gpt35: () => configListGpt4Gpt35({ keyFilePath: null }),
  configListOpenaiAoai: () => configListOpenaiAoai({ keyFilePath: null }),
  configListFromDotenv: async (folder) => {
    await writeFile(join(folder, ".env"), `OPENAI_API_KEY=${CANARY}\n`);
    return await configListFromDotenv({ dotenvFilePath: join(folder, ".env") });
  },
};
for (const [helper, make] of Object.entries(LISTS)) {
  test(`CFG-09 a list of ${helper} shows no key when it is printed, thrown or serialised, and has it all the same`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "canary-"));
    vi.stubEnv("OPENAI_API_KEY", CANARY);
    vi.stubEnv("CANARY_LIST", JSON.stringify([{ model: "m", api_key: CANARY, token: CANARY }]));
    try {
      const list = await make(folder);
      const thrown = Object.assign(new Error("it failed"), { list });
      const shown = [
        inspect(list, { depth: 20 }),
        inspect(thrown, { depth: 20 }),
        JSON.stringify({ list }),
        format("%j %o", list, list),
      ];
      assert.deepEqual(
        shown.filter((text) => text.includes(CANARY)).map((text) => around(text)),
        [],
      );
      assert.equal((list[0] as { readonly api_key?: string }).api_key, CANARY);
      assert.equal({ ...(list[0] as { readonly api_key?: string }) }.api_key, CANARY);
    } finally {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true, force: true });
    }
  });
}

const around = (text: string): string => text.slice(Math.max(0, text.indexOf(CANARY) - 80), text.indexOf(CANARY) + 40);
