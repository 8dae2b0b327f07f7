import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Keyv } from "keyv";
import { afterAll, beforeAll, describe, test } from "vitest";
import { hasComponent } from "../../../../test/components.js";
import { redisServer, type RedisServer } from "../../../../test/redis-server.js";
import { InMemoryCache } from "../../../model/cache-memory.js";
import { Cache, type CosmosClientLike, type CosmosItem } from "./index.js";

type AnyCache = Cache | InMemoryCache;

let folder = "";
let redis: RedisServer | undefined;
const withRedis = hasComponent("redis-server");
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "caches-"));
  if (withRedis) redis = await redisServer();
});
afterAll(async () => {
  await redis?.kill();
  await rm(folder, { recursive: true, force: true });
});

/** A service in memory that refuses ids as the real one does. */
function fakeCosmos(): { readonly client: CosmosClientLike; readonly items: Map<string, CosmosItem>; readonly made: string[] } {
  const items = new Map<string, CosmosItem>();
  const made: string[] = [];
  const missing = (): Error => Object.assign(new Error("not found"), { code: 404 });
  const container = {
    items: {
      upsert: (item: CosmosItem) => {
        assert.doesNotMatch(item.id, /[/\\?#]/);
        assert.ok(item.id.length <= 255);
        items.set(`${item.partitionKey}/${item.id}`, item);
        return Promise.resolve({ statusCode: 201 });
      },
    },
    item: (id: string, partitionKey: string) => ({
      // A missing item is no error of the real client's `read`.
      read: () => Promise.resolve({ resource: items.get(`${partitionKey}/${id}`) }),
      delete: () => (items.delete(`${partitionKey}/${id}`) ? Promise.resolve({ statusCode: 204 }) : Promise.reject(missing())),
    }),
  };
  const containers = {
    createIfNotExists: ({ id, partitionKey }: { readonly id: string; readonly partitionKey: { readonly paths: string[] } }) => {
      made.push(`${id}${partitionKey.paths.join()}`);
      return Promise.resolve({ container });
    },
  };
  const databases = {
    createIfNotExists: ({ id }: { readonly id: string }) => {
      made.push(id);
      return Promise.resolve({ database: { containers } });
    },
  };
  return { client: { databases }, items, made };
}

const cosmos = fakeCosmos();
const map = new Map<string, string>();
const keyv = new Keyv();

const BACKENDS: Readonly<Record<string, { readonly skip?: boolean; readonly open: (seed: string | number) => AnyCache }>> = {
  memory: { open: (seed) => new InMemoryCache(seed) },
  disk: { open: (cacheSeed) => Cache.disk({ cacheSeed, cachePathRoot: folder }) },
  "keyv over a map": { open: (cacheSeed) => Cache.keyv(map, { cacheSeed }) },
  keyv: { open: (cacheSeed) => Cache.keyv(keyv, { cacheSeed }) },
  redis: { skip: !withRedis, open: (cacheSeed) => Cache.redis({ cacheSeed, ...(redis && { redisUrl: redis.url }) }) },
  cosmos: { open: (cacheSeed) => Cache.cosmosDb({ cacheSeed, client: cosmos.client, containerId: "answers" }) },
};

/** Keys are JSON in real life. */
const KEY = '{"messages":[{"content":"a/b\\\\c?d#e ✓","role":"user"}],"model":"m"}';
const VALUE = { model: "m", choices: [{ message: { content: "«ü» \u2028 \n", role: "assistant" } }], cost: 0.1, usage: null };

for (const [name, { skip = false, open }] of Object.entries(BACKENDS)) {
  describe.skipIf(skip)(`CACHE-01 ${name}`, () => {
    test("gives what was stored, the default for what was not, and the newest of two", async () => {
      await using cache = open("first");
      assert.equal(await cache.get(KEY), undefined);
      assert.equal(await cache.get(KEY, "default"), "default");
      await cache.set(KEY, { old: true });
      await cache.set(KEY, VALUE);
      assert.deepEqual(await cache.get(KEY), VALUE);
      assert.deepEqual(await cache.get(KEY, "default"), VALUE);
    });

    test("removes one entry, and says whether there was one", async () => {
      await using cache = open("second");
      await cache.set("a", 1);
      await cache.set("b", 2);
      assert.equal(await cache.delete("a"), true);
      assert.equal(await cache.delete("a"), false);
      assert.deepEqual([await cache.get("a"), await cache.get("b")], [undefined, 2]);
    });

    test('CACHE-06 another seed is another cache; 7 and "7" are the same', async () => {
      await using cache = open(7);
      await using other = open("8");
      await cache.set("k", "seven");
      assert.equal(await other.get("k"), undefined);
      if (name === "memory") return; // each object has a memory of its own
      await using same = open("7");
      assert.equal(await same.get("k"), "seven");
    });

    test("a value of a megabyte and a key of a hundred kilobytes survive", async () => {
      await using cache = open("large");
      const [key, value] = [`k${"€".repeat(30_000)}`, { text: "é".repeat(500_000) }];
      await cache.set(key, value);
      assert.deepEqual(await cache.get(key), value);
    });

    test("many writes and reads at once", async () => {
      await using cache = open("many");
      await Promise.all(Array.from({ length: 200 }, async (_, index) => await cache.set(`k${String(index % 50)}`, index % 50)));
      const values = await Promise.all(Array.from({ length: 50 }, async (_, index) => await cache.get(`k${String(index)}`)));
      assert.deepEqual(
        values,
        Array.from({ length: 50 }, (_, index) => index),
      );
    });
  });
}

for (const name of ["disk", "redis", "memory"]) {
  describe.skipIf(name === "redis" && !withRedis)(`maintenance, ${name}`, () => {
    test("counts and removes the entries of its seed only", async () => {
      const open = BACKENDS[name]?.open ?? assert.fail();
      await using cache = open("upkeep");
      await using star = open("up*");
      await cache.set("a", "1234");
      await cache.set("b", "1234");
      await star.set("c", 1);
      const { entries, bytes } = await cache.stats();
      assert.equal(entries, 2);
      assert.ok(bytes >= 14 && bytes < 400, String(bytes));
      await star.clear();
      assert.deepEqual([await star.get("c"), await cache.get("a")], [undefined, "1234"]);
      await cache.clear();
      assert.deepEqual([await cache.get("a"), (await cache.stats()).entries], [undefined, 0]);
    });
  });
}

test("CACHE-01 keys of a Keyv are `autogen:SEED:KEY`; values are JSON with a version", () => {
  assert.ok(map.has(`autogen:first:${KEY}`));
  const { at, ...entry } = JSON.parse(map.get(`autogen:first:${KEY}`) ?? "");
  assert.equal(typeof at, "number");
  assert.deepEqual(entry, { v: 1, response: VALUE });
});

test("Cosmos: database and container are made with the seed as partition, once for each cache", async () => {
  const { client, items, made } = fakeCosmos();
  const cache = Cache.cosmosDb({ client, containerId: "c", cacheSeed: 5 });
  await Promise.all([cache.set("k", 1), cache.set("l", 2)]);
  assert.deepEqual(made, ["autogen_cache", "c/partitionKey"]);
  assert.match([...items.keys()][0] ?? "", /^5\/[0-9a-f]{64}$/);
});

test("caches in a Keyv or in Cosmos cannot be cleared or counted from here, and say so", async () => {
  for (const cache of [Cache.keyv(map), Cache.cosmosDb({ client: cosmos.client, containerId: "c" })]) {
    await assert.rejects(cache.clear(), { code: "unsupported" });
    await assert.rejects(cache.stats(), { code: "unsupported" });
  }
});

test("a service that fails is a miss with one warning, tried again later", async () => {
  let now = 0;
  let broken = true;
  let calls = 0;
  const warnings: string[] = [];
  const store = new Map<string, string>();
  const failing = {
    get: (key: string) => {
      calls += 1;
      if (broken) throw new Error("no route");
      return store.get(key);
    },
    set: (key: string, value: string) => void store.set(key, value),
    delete: (key: string) => store.delete(key),
  };
  const cache = Cache.keyv(failing, { now: () => now, warn: (code, text) => void warnings.push(`${code}: ${text}`) });
  assert.equal(await cache.get("k", "default"), "default");
  await cache.set("k", 1);
  assert.equal(await cache.get("k"), undefined);
  assert.deepEqual(
    new Set(warnings),
    new Set(["cache-unreachable: The Keyv of the response cache failed (no route); calls go on without it."]),
  );
  assert.equal(calls, 1); // not asked while it is known to be away
  broken = false;
  now = 10_000;
  await cache.set("k", 2);
  assert.equal(await cache.get("k"), 2);
});

test("CACHE-02 bad input: an unknown key of a config is named; places that are none are refused", () => {
  assert.throws(() => new Cache({ cacheSeed: 1, redis: "x" } as object), {
    code: "invalid-option",
    message: "Invalid config key: redis",
  });
  assert.throws(() => Cache.redis({ redisUrl: "localhost:6379" }), { code: "invalid-option" });
  assert.throws(() => Cache.cosmosDb({ connectionString: "x", containerId: "c" }), {
    code: "invalid-option",
    message: /new CosmosClient/,
  });
  assert.throws(() => Cache.cosmosDb({ client: cosmos.client } as never), { code: "invalid-option", message: /containerId/ });
});

test("CACHE-02 Redis if an address is given, else Cosmos, else a folder; names of the reference are understood", async () => {
  const { client, items } = fakeCosmos();
  const place = { client, containerId: "c" };
  const config = { cache_seed: 3, cache_path_root: folder, cosmos_db_config: place } as object;
  await new Cache(config).set("k", 1);
  assert.equal(items.size, 1);
  assert.throws(() => new Cache({ ...config, redisUrl: "none" }), { code: "invalid-option", message: /redis/ });
  await new Cache({ cacheSeed: 3, cachePathRoot: folder, redisUrl: null, cosmosDbConfig: null }).set("k", "on disk");
  assert.equal(await Cache.disk({ cacheSeed: 3, cachePathRoot: folder }).get("k"), "on disk");
});

test("bad input: a value that is no JSON is refused, and nothing is stored", async () => {
  const cache = Cache.keyv(map, { cacheSeed: "strange" });
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  for (const value of [undefined, () => 1, 1n, cycle]) await assert.rejects(cache.set("k", value), { code: "invalid-option" });
  assert.equal(await cache.get("k"), undefined);
});
