import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "vitest";
import { modelServer, type ModelServer } from "../../../../test/model-server.js";
import { AssistantAgent, UserProxyAgent, type WrapperConfig } from "../../../index.js";
import { InMemoryCache } from "../../../model/cache-memory.js";

const CHAT = fileURLToPath(new URL("fixtures/chat.mjs", import.meta.url));
const execute = promisify(execFile);

/** The program runs in a folder of its own, which is gone afterwards. */
async function inFolder(play: (folder: string, chat: (env?: object) => Promise<unknown>) => Promise<void>, server: ModelServer) {
  const folder = await mkdtemp(join(tmpdir(), "default-"));
  const chat = async (env: object = {}): Promise<unknown> => {
    const options = { cwd: folder, env: { PATH: process.env["PATH"], ...env } };
    return JSON.parse((await execute(process.execPath, [CHAT, server.base("x")], options)).stdout);
  };
  try {
    await play(folder, chat);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const PAID = { text: "one", cached: [false], warnings: [], paid: 0.0006, total: 0.0006 };

test("CACHE-04 CACHE-05 agents cache by default in `.cache/41`: the second program makes no request and pays nothing", async () => {
  await using server = await modelServer({ x: ["one"] });
  await inFolder(async (folder, chat) => {
    assert.deepEqual(await chat(), PAID);
    assert.deepEqual(await readdir(join(folder, ".cache")), ["41"]);
    assert.deepEqual(await chat(), { ...PAID, cached: [true], paid: 0 });
  }, server);
  assert.equal(server.requests.length, 1);
});

test("CACHE-04 AUTOGEN_CACHE=off switches it off: nothing is read, nothing is written", async () => {
  await using server = await modelServer({ x: ["one", "one"] });
  await inFolder(async (folder, chat) => {
    for (let turn = 0; turn < 2; turn++) assert.deepEqual(await chat({ AUTOGEN_CACHE: "off" }), PAID);
    assert.deepEqual(await readdir(folder), []);
  }, server);
});

test("CACHE-09 bad input: where the default folder cannot be made, the chat goes on with one warning", async () => {
  await using server = await modelServer({ x: ["one"] });
  await inFolder(async (folder, chat) => {
    await writeFile(join(folder, ".cache"), "a file");
    assert.deepEqual(await chat(), { ...PAID, warnings: ["cache-unwritable"] });
  }, server);
});

function agents(server: ModelServer, options: Partial<WrapperConfig> = {}) {
  const llmConfig = (at: string): WrapperConfig => ({
    config_list: [{ model: "gpt-4", base_url: server.base(at), api_key: "test-key", max_retries: 0 }],
    cache_seed: null,
    ...options,
  });
  return {
    bot: new AssistantAgent({ name: "bot", systemMessage: "S", llmConfig: llmConfig("bot") }),
    boss: new AssistantAgent({ name: "boss", systemMessage: "T", llmConfig: llmConfig("boss") }),
    user: new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false }),
  };
}

test("CACHE-07 the cache of a chat serves both agents and the summary, and leaves with the chat", async () => {
  await using server = await modelServer({ bot: ["b1", "b2", "sum"], boss: ["a2"] });
  await using cache = new InMemoryCache("chat");
  const { bot, boss } = agents(server);
  const chat = async () =>
    await boss.initiateChat(bot, { message: "hi", maxTurns: 2, cache, silent: true, summaryMethod: "reflection_with_llm" });
  const first = await chat();
  assert.equal(server.requests.length, 4);
  const second = await chat();
  assert.equal(server.requests.length, 4);
  assert.deepEqual([second.summary, second.chatHistory], [first.summary, first.chatHistory]);
  assert.equal(second.cost.usageExcludingCachedInference.total_cost, 0);
  assert.deepEqual([boss.clientCache, bot.clientCache], [null, null]);
});

test("CACHE-07 the caches of the agents are back after a chat that failed", async () => {
  await using server = await modelServer({ bot: [{ status: 500 }] });
  const [own, cache] = [new InMemoryCache("own"), new InMemoryCache("chat")];
  const { bot, user } = agents(server);
  bot.clientCache = own;
  await assert.rejects(user.initiateChat(bot, { message: "hi", cache, silent: true }));
  assert.deepEqual([user.clientCache, bot.clientCache], [null, own]);
});

test("CACHE-07 an agent in two chats at once uses the cache of each", async () => {
  await using server = await modelServer({ bot: ["one", "two"] });
  const [first, second] = [new InMemoryCache("first"), new InMemoryCache("second")];
  const { bot, user } = agents(server);
  const other = user.clone("other");
  const chat = async (from: UserProxyAgent, cache: InMemoryCache): Promise<unknown> =>
    (await from.initiateChat(bot, { message: "hi", maxTurns: 1, cache, silent: true })).summary;

  const summaries = await Promise.all([chat(user, first), chat(other, second)]);
  assert.deepEqual(new Set(summaries), new Set(["one", "two"]));
  assert.deepEqual(await Promise.all([chat(user, first), chat(other, second)]), summaries);
  assert.equal(server.requests.length, 2);
});

test("a cache in the options of an agent's model serves this agent in all of its chats", async () => {
  await using server = await modelServer({ bot: ["one"] });
  await using cache = new InMemoryCache("agent");
  const { bot, user } = agents(server, { cache });
  for (let turn = 0; turn < 2; turn++) {
    const { summary } = await user.initiateChat(bot, { message: "hi", maxTurns: 1, silent: true });
    assert.equal(summary, "one");
  }
  assert.equal(server.requests.length, 1);
});
