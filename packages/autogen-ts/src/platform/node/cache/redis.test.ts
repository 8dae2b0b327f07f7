import assert from "node:assert/strict";
import { Keyv } from "keyv";
import KeyvRedis from "@keyv/redis";
import { afterEach, describe, test } from "vitest";
import { hasComponent } from "../../../../test/components.js";
import { scene } from "../../../../test/model-scene.js";
import { freePort, redisServer, type RedisServer } from "../../../../test/redis-server.js";
import { Cache } from "./index.js";
import { requirePackage } from "./require-package.js";

const servers: RedisServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
});

async function start(port?: number): Promise<RedisServer> {
  const server = await redisServer(port);
  servers.push(server);
  return server;
}

/** One call for each text, all in one run. */
async function play(cache: Cache, texts: readonly string[], between: (index: number) => Promise<void> = async () => {}) {
  const warnings: string[] = [];
  const cached: boolean[] = [];
  await scene({ x: texts.map(() => "answer") }, async ({ run, events, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }]);
    for (const [index, content] of texts.entries()) {
      await between(index);
      cached.push((await llm.create({ messages: [{ role: "user", content }], cache, run })).cached);
    }
    for (const event of events) if (event.type === "warning") warnings.push(`${event.code}: ${event.text}`);
  });
  return { cached, warnings };
}

describe.skipIf(!hasComponent("redis-server"))("Redis", () => {
  test("CACHE-01 keys are `autogen:SEED:KEY`, values JSON with a version, as another client sees them", async () => {
    const { url } = await start();
    await using cache = Cache.redis({ cacheSeed: 5, redisUrl: url });
    await cache.set("k", { a: 1 });
    const other = new KeyvRedis<string>(url);
    const { at, ...entry } = JSON.parse((await other.get<string>("autogen:5:k")) ?? "{}");
    await other.disconnect();
    assert.equal(typeof at, "number");
    assert.deepEqual(entry, { v: 1, response: { a: 1 } });
  });

  test("two programs share one Redis; equal requests are answered from it", async () => {
    const { url } = await start();
    await using first = Cache.redis({ redisUrl: url });
    assert.deepEqual(await play(first, ["a", "a"]), { cached: [false, true], warnings: [] });
  });

  test("bad input: Redis down at the start is one warning, without the password; the calls succeed", async () => {
    const port = await freePort();
    await using cache = Cache.redis({ redisUrl: `redis://user:secret@127.0.0.1:${port}/0` });
    const { cached, warnings } = await play(cache, ["a", "b", "a"]);
    assert.deepEqual(cached, [false, false, false]);
    assert.deepEqual(warnings, [
      `cache-unreachable: The response cache in Redis at \`127.0.0.1:${port}\` does not answer (ECONNREFUSED); calls go on without it.`,
    ]);
  });

  test("bad input: Redis killed in mid-run is one warning; the calls go on, and find it again when it is back", async () => {
    let now = 0;
    const server = await start();
    await using cache = Cache.redis({ redisUrl: server.url, now: () => now });
    const { cached, warnings } = await play(cache, ["a", "a", "a", "b", "c", "c"], async (index) => {
      if (index === 2) await server.kill();
      if (index !== 4) return;
      await start(Number(new URL(server.url).port));
      now = 10_000;
    });
    assert.deepEqual(cached, [false, true, false, false, false, true]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^cache-unreachable: /);
  });

  test("bad input: a Redis that hangs costs two seconds once", async () => {
    const server = await start();
    await using cache = Cache.redis({ redisUrl: server.url });
    const begin = performance.now();
    const { cached, warnings } = await play(cache, ["a", "a", "b"], async (index) => {
      if (index === 1) server.freeze();
      return await Promise.resolve();
    });
    server.thaw();
    assert.deepEqual(cached, [false, false, false]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /no answer within 2000 ms/);
    assert.ok(performance.now() - begin < 6_000);
  });

  test("CACHE-14 an entry is forgotten when its time has come", async () => {
    const { url } = await start();
    await using cache = Cache.redis({ redisUrl: url, ttlSeconds: 100 });
    await cache.set("k", 1);
    assert.equal(await cache.get("k"), 1);
    await using later = Cache.redis({ redisUrl: url, ttlSeconds: 100, now: () => Date.now() + 100_000 });
    assert.equal(await later.get("k"), undefined);
  });

  test("a Keyv of one's own over Redis", async () => {
    const { url } = await start();
    const keyv = new Keyv(new KeyvRedis(url));
    const cache = Cache.keyv(keyv, { cacheSeed: 5 });
    await cache.set("k", { a: 1 });
    assert.deepEqual(await cache.get("k"), { a: 1 });
    await cache.close(); // stays open: it is the user's
    assert.deepEqual(await cache.get("k"), { a: 1 });
    await keyv.disconnect();
  });

  test("a closed cache connects again when it is used", async () => {
    const { url } = await start();
    const cache = Cache.redis({ redisUrl: url });
    await cache.set("k", 1);
    await cache.close();
    assert.equal(await cache.get("k"), 1);
    await cache.close();
  });
});

test("CACHE-02 bad input: a package that is missing is an error that says what to install", () => {
  assert.throws(() => requirePackage("@keyv/no-such-backend", "A cache in Redis"), {
    code: "missing-package",
    message:
      "A cache in Redis needs the package `@keyv/no-such-backend`, which is not installed. Install it: `npm install @keyv/no-such-backend`.",
  });
});
