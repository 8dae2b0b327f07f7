import assert from "node:assert/strict";
import { test } from "vitest";
import { InMemoryCache } from "./cache-memory.js";

test("CACHE-01 the seed stands before the keys; without one they are held as they are", () => {
  const [seeded, plain] = [new InMemoryCache(5), new InMemoryCache()];
  for (const cache of [seeded, plain]) cache.set("k", 1);
  assert.deepEqual([seeded.keys(), plain.keys()], [["5_k"], ["k"]]);
});

test("CACHE-01 the value itself is given back; a stored null counts as absent", () => {
  const cache = new InMemoryCache("s");
  const value = { a: [1] };
  cache.set("k", value);
  cache.set("none", null);
  assert.equal(cache.get("k"), value);
  assert.equal(cache.get("none", "default"), "default");
});

test("CACHE-14 the least recently used entry goes first when there are too many", () => {
  const cache = new InMemoryCache("", { maxEntries: 2 });
  for (const key of ["a", "b"]) cache.set(key, key);
  cache.get("a");
  cache.set("c", "c");
  assert.deepEqual(cache.keys(), ["a", "c"]);
});

test("CACHE-14 bytes are those of keys and values as JSON; a value above the limit is not kept", () => {
  const cache = new InMemoryCache("", { maxBytes: 20 });
  for (const key of ["a", "b", "c"]) cache.set(key, "1234567"); // 10 bytes each
  assert.deepEqual(cache.keys(), ["b", "c"]);
  assert.deepEqual(cache.stats(), { entries: 2, bytes: 20 });
  cache.set("b", "1"); // replaced, not added
  cache.set("d", "12");
  assert.deepEqual(cache.keys(), ["c", "b", "d"]);
  cache.set("e", "x".repeat(100));
  assert.deepEqual(cache.keys(), []);
});

test("CACHE-14 an entry is forgotten when its time has come", () => {
  let now = 0;
  const cache = new InMemoryCache("", { ttlSeconds: 10, now: () => now });
  cache.set("k", 1);
  now = 9_999;
  assert.equal(cache.get("k"), 1);
  now = 10_000;
  assert.equal(cache.get("k"), undefined);
  assert.equal(cache.stats().entries, 0);
});

test("bad input: a time limit without a clock is refused", () => {
  assert.throws(() => new InMemoryCache("", { ttlSeconds: 1 }), { code: "invalid-option" });
});
