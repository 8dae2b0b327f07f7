import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { fakeHost, type FakeHost } from "../../../test/fake-host.js";
import { thrownBy } from "../../../test/model-scene.js";
import { modelServer, type ModelServer, type ScriptedReply } from "../../../test/model-server.js";
import { createRun, type ConfigEntry, type Run } from "../../index.js";
import { ChatCompletion, Completion, LegacyCompletion } from "./index.js";

interface Scene {
  readonly server: ModelServer;
  readonly run: Run;
  readonly api: LegacyCompletion;
  /** An entry that asks the script of this name. */
  entry(name: string, more?: object): ConfigEntry;
}

async function scene(
  scripts: Readonly<Record<string, readonly (string | ScriptedReply)[]>>,
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using server = await modelServer(scripts);
  const entry = (name: string, more: object = {}): ConfigEntry => ({
    model: "gpt-4",
    base_url: server.base(name),
    api_key: "k",
    ...more,
  });
  await play({ server, run: createRun({ host: fakeHost() }), api: new LegacyCompletion("completion"), entry });
}

const slept = ({ host }: Run): readonly number[] => (host as FakeHost).slept;
const BUSY = { status: 429, error: { code: "rate_limit_exceeded" } };
const OFF = { useCache: false } as const;

for (const [title, api, model, path] of [
  ["Completion of an older model", Completion, "davinci-002", "/v1/completions"],
  ["Completion of gpt-3.5-turbo-instruct", Completion, "gpt-3.5-turbo-instruct", "/v1/completions"],
  ["Completion of a model that chats", Completion, "gpt-35-turbo", "/v1/chat/completions"],
  ["ChatCompletion of any model", ChatCompletion, "llama", "/v1/chat/completions"],
] as const) {
  test(`INF-40 a prompt for ${title} goes to ${path}`, async () => {
    const isChat = path.includes("chat");
    await scene({ x: [isChat ? "hello" : { text: ["hello"] }] }, async ({ server, run, entry }) => {
      const response = await api.create({
        ...OFF,
        prompt: "say {what}",
        context: { what: "hello" },
        allowFormatStrTemplate: true,
        configList: [entry("x", { model })],
        run,
      });
      const [request] = server.requests;
      assert.equal(request?.path, path);
      assert.deepEqual(
        request?.body[isChat ? "messages" : "prompt"],
        isChat ? [{ role: "user", content: "say hello" }] : "say hello",
      );
      assert.deepEqual(
        Object.keys(request?.body ?? {}).toSorted(),
        [isChat ? "messages" : "prompt", "model", "stream"].toSorted(),
      );
      assert.ok(response !== null);
      assert.deepEqual(api.extractText(response), ["hello"]);
    });
  });
}

test("INF-40 names of the 0.1 series are understood, and an entry wins over the call", async () => {
  await scene({ x: ["a"] }, async ({ server, run, api }) => {
    const old = { api_base: server.base("x"), engine: "gpt-4", api_key: "k", temperature: 0, request_timeout: 5 };
    await api.create({
      use_cache: false,
      prompt: ({ who }) => `hi ${String(who)}`,
      context: { who: "ann" },
      config_list: [old],
      temperature: 1,
      max_tokens: 7,
      run,
    });
    assert.deepEqual(server.requests[0]?.body, {
      messages: [{ role: "user", content: "hi ann" }],
      model: "gpt-4",
      temperature: 0,
      max_tokens: 7,
      stream: false,
    });
  });
});

test("INF-40 without a list the options make the one entry", async () => {
  await scene({ x: ["a"] }, async ({ server, run, api, entry }) => {
    const response = await api.create({ ...OFF, ...entry("x"), prompt: "p", run });
    assert.deepEqual([response?.config_id, response?.pass_filter, server.requests.length], [0, true, 1]);
  });
});

for (const [title, reply] of [
  ["a busy endpoint", BUSY],
  ["a refused key", { status: 401 }],
  ["an invalid request", { status: 400 }],
  ["a failing endpoint", { status: 500 }],
] as const) {
  test(`INF-40 ${title} sends the call to the next entry at once`, async () => {
    await scene({ x: [reply], y: ["from y"] }, async ({ run, api, entry }) => {
      const response = await api.create({ ...OFF, prompt: "p", configList: [entry("x"), entry("y")], run });
      assert.deepEqual([response?.config_id, slept(run)], [1, []]);
    });
  });
}

test("INF-40 a content filter ends the call", async () => {
  await scene({ x: [{ status: 400, error: { code: "content_filter" } }], y: ["from y"] }, async ({ server, run, api, entry }) => {
    const error = await thrownBy(api.create({ ...OFF, prompt: "p", configList: [entry("x"), entry("y")], run }));
    assert.deepEqual([error.details?.["kind"], server.requests.length], ["content_filter", 1]);
  });
});

test("INF-40 the last entry is asked again every 10 seconds, with a filter each one is", async () => {
  await scene({ x: [BUSY, "no"], y: [BUSY, { status: 500 }, "yes"] }, async ({ run, api, entry }) => {
    const filterFunc = ({ response }: { readonly response: { readonly config_id: number } }): boolean => response.config_id >= 0;
    const alone = await api.create({ ...OFF, prompt: "p", configList: [entry("x")], filterFunc, run });
    assert.deepEqual([alone?.config_id, slept(run)], [0, [10_000]]);
    await api.create({ ...OFF, prompt: "p", configList: [entry("y"), entry("x")], filterFunc, run });
    assert.deepEqual(slept(run), [10_000, 10_000, 10_000]);
  });
});

test("INF-40 trying again ends with the period, for connections too", async () => {
  await scene({ x: Array.from({ length: 9 }, () => BUSY) }, async ({ server, run, api, entry }) => {
    api.maxRetryPeriod = 35;
    const error = await thrownBy(api.create({ ...OFF, prompt: "p", configList: [entry("x")], run }));
    assert.deepEqual([error.details?.["kind"], server.requests.length, slept(run).length], ["rate_limit", 4, 3]);
    const gone = entry("x", { base_url: "http://127.0.0.1:1/v1" });
    const broken = await thrownBy(
      api.create({ ...OFF, prompt: "p", configList: [gone], maxRetryPeriod: 25, retryWaitTime: 5, run }),
    );
    assert.deepEqual([broken.details?.["kind"], slept(run).slice(3)], ["connection", [5000, 5000, 5000, 5000]]);
  });
});

test("INF-40 a request that takes too long gets twice the time, unless its time was given", async () => {
  const slow = { content: "late", delay_ms: 400 };
  await scene({ x: [slow, slow, "in time"], y: [slow] }, async ({ server, run, api, entry }) => {
    api.requestTimeout = 0.1;
    const response = await api.create({ ...OFF, prompt: "p", configList: [entry("x")], run });
    assert.deepEqual([response === null ? null : api.extractText(response), slept(run)], [["in time"], [10_000, 10_000]]);
    const error = await thrownBy(api.create({ ...OFF, prompt: "p", configList: [entry("y")], requestTimeout: 0.1, run }));
    assert.deepEqual([error.code, server.requests.length], ["model-timeout", 4]);
  });
});

test("INF-40 with `raiseOnRatelimitOrTimeout: false` null says that the last entry was too busy; other errors stay errors", async () => {
  await scene({ x: [BUSY, BUSY, { status: 401 }] }, async ({ run, api, entry }) => {
    const options = { ...OFF, prompt: "p", raiseOnRatelimitOrTimeout: false, maxRetryPeriod: 0, run };
    assert.equal(await api.create({ ...options, configList: [entry("x"), entry("x")] }), null);
    assert.equal((await thrownBy(api.create({ ...options, configList: [entry("x")] }))).details?.["kind"], "auth");
  });
});

test("INF-40 the cost of refused answers is added to that of the one that is given", async () => {
  await scene({ x: ["no", "no"], y: ["yes", "no"] }, async ({ run, api, entry }) => {
    const filterFunc = ({ response }: { readonly response: Parameters<LegacyCompletion["extractText"]>[0] }): boolean =>
      api.extractText(response)[0] === "yes";
    const options = { ...OFF, prompt: "p", configList: [entry("x"), entry("y")], filterFunc, run };
    const passed = await api.create(options);
    assert.deepEqual([passed?.cost, passed?.config_id, passed?.pass_filter], [0.0012, 1, true]);
    const refused = await api.create(options);
    assert.deepEqual([refused?.cost, refused?.config_id, refused?.pass_filter], [0.0012, 1, false]);
  });
});

test("INF-40 the error of the last entry names that entry", async () => {
  await scene({ x: [{ status: 401 }], y: [{ status: 401 }] }, async ({ run, api, entry }) => {
    const error = await thrownBy(api.create({ ...OFF, prompt: "p", configList: [entry("x"), entry("y")], run }));
    assert.match(error.message, /^Entry 1 \(model `gpt-4`\) answered 401/);
    assert.equal(error.details?.["index"], 1);
  });
});

test("INF-40 answers are kept in the folder of `setCache`, and `clearCache` removes them and nothing else", async () => {
  const root = await mkdtemp(join(tmpdir(), "legacy-cache-"));
  try {
    await scene({ x: ["a", "b", "c"] }, async ({ server, run, api, entry }) => {
      const ask = async (): Promise<string | undefined> => {
        const response = await api.create({ prompt: "p", configList: [entry("x")], run });
        return response === null ? undefined : api.extractText(response)[0];
      };
      api.setCache(7, root);
      assert.deepEqual([await ask(), await ask(), server.requests.length], ["a", "a", 1]);
      await mkdir(join(root, "mine"));
      await writeFile(join(root, "mine", "notes.json"), "{}");
      await api.clearCache(8, root);
      assert.equal(await ask(), "a");
      await api.clearCache(7, root);
      assert.equal(await ask(), "b");
      await api.clearCache(null, root);
      assert.equal(await ask(), "c");
      assert.deepEqual(await readdir(join(root, "mine")), ["notes.json"]);
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test("INF-40 an abort ends the wait for the next try", async () => {
  const controller = new AbortController();
  const sleep = (_ms: number, signal?: AbortSignal): Promise<void> => {
    controller.abort();
    return signal?.aborted === true ? Promise.reject(new Error("woken by the abort")) : Promise.resolve();
  };
  await scene({ x: [BUSY, "a"] }, async ({ server, api, entry }) => {
    const run = createRun({ host: fakeHost({ sleep }) });
    const error = await thrownBy(api.create({ ...OFF, prompt: "p", configList: [entry("x")], run, signal: controller.signal }));
    assert.deepEqual([error.message, server.requests.length], ["woken by the abort", 1]);
  });
});

for (const [options, code] of [
  [{ configList: [] }, "invalid-config"],
  [{ retryWaitTime: -1 }, "invalid-option"],
  [{ maxRetryPeriod: "long" as never }, "invalid-option"],
] as const) {
  test(`INF-40 bad input: ${JSON.stringify(options)} is refused before anything is sent`, async () => {
    const call = { model: "m", base_url: "http://127.0.0.1:1/v1", prompt: "p", ...options };
    const error = await thrownBy(new LegacyCompletion("chat").create(call));
    assert.equal(error.code, code);
  });
}
