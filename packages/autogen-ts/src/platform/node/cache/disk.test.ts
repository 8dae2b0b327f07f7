import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "vitest";
import { HI, scene } from "../../../../test/model-scene.js";
import { Cache, DefaultCaches, type DiskCacheOptions } from "./index.js";

let root = "";
let warnings: string[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "disk-"));
  warnings = [];
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

const open = (options: DiskCacheOptions = {}): Cache =>
  Cache.disk({ cacheSeed: 5, cachePathRoot: root, warn: (code) => void warnings.push(code), ...options });

const digest = (key: string): string => createHash("sha256").update(key).digest("hex");
const fileOf = (key: string, seed = "5"): string => join(root, seed, digest(key).slice(0, 2), `${digest(key)}.json`);

test("CACHE-06 an entry is `ROOT/SEED/xx/SHA256.json`, data-only JSON with a version, for nobody else to read", async () => {
  const cache = open();
  assert.deepEqual(await readdir(root), []); // nothing is made before the first write
  await cache.get("k");
  assert.deepEqual(await readdir(root), []);
  await cache.set("k", { a: 1 });
  const { at, ...entry } = JSON.parse(await readFile(fileOf("k"), "utf8"));
  assert.equal(typeof at, "number");
  assert.deepEqual(entry, { v: 1, key: "k", response: { a: 1 } });
  if (process.platform !== "win32") {
    assert.equal((await stat(fileOf("k"))).mode & 0o777, 0o600);
    assert.equal((await stat(dirname(fileOf("k")))).mode & 0o777, 0o700);
  }
  assert.equal(await readFile(join(root, "5", ".gitignore"), "utf8"), "*\n");
});

test("CACHE-06 a seed that could leave the root, or that is no name of a folder, gets a folder of its own in the root", async () => {
  const seeds = ["../../out", "a/b", "a_b", "..", "", "x".repeat(300), "a b", "ä-1.2"];
  for (const cacheSeed of seeds) await open({ cacheSeed }).set("k", cacheSeed);
  for (const cacheSeed of seeds) assert.equal(await open({ cacheSeed }).get("k"), cacheSeed);
  const folders = await readdir(root);
  assert.equal(folders.length, seeds.length);
  assert.ok(folders.includes("a_b") && folders.includes("ä-1.2"));
});

test("a cache that was removed while it is in use begins anew", async () => {
  const cache = open();
  await cache.set("k", 1);
  await rm(join(root, "5"), { recursive: true });
  assert.equal(await cache.get("k"), undefined);
  await cache.set("k", 2);
  assert.equal(await cache.get("k"), 2);
});

for (const [what, text] of [
  ["cut off", '{"v":1,"at":1,"key":"k","respon'],
  ["empty", ""],
  ["binary", "\u0000\u0001\uFFFD"],
  ["no object", "17"],
  ["without a version", '{"key":"k","response":1}'],
  ["of a later version", '{"v":2,"at":1,"key":"k","response":1}'],
  ["without an answer", '{"v":1,"at":1,"key":"k"}'],
  ["of another request", '{"v":1,"at":1,"key":"other","response":1}'],
] as const) {
  test(`CACHE-09 bad input: an entry that is ${what} is a miss with one warning, and is replaced`, async () => {
    const cache = open();
    await cache.set("k", 1);
    await writeFile(fileOf("k"), text);
    assert.equal(await cache.get("k", "default"), "default");
    assert.deepEqual(warnings, ["cache-corrupt"]);
    await cache.set("k", 2);
    assert.equal(await cache.get("k"), 2);
  });
}

test("CACHE-09 bad input: an entry that cannot be read is a miss with a warning", async () => {
  await mkdir(fileOf("k"), { recursive: true }); // a folder in place of the file: root may read everything else
  assert.equal(await open().get("k"), undefined);
  assert.deepEqual(warnings, ["cache-unreadable"]);
});

/** Where nobody can write, root included: a file stands in place of the folder. */
async function unwritable(): Promise<string> {
  const file = join(root, "file");
  await writeFile(file, "");
  return file;
}

test("CACHE-09 bad input: a folder that cannot be written is one warning for a run, and its calls succeed", async () => {
  const cache = Cache.disk({ cachePathRoot: await unwritable() });
  await scene({ x: ["one", "two", "three"] }, async ({ run, events, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }]);
    for (const content of ["a", "b", "c"]) await llm.create({ messages: [{ role: "user", content }], cache, run });
    const found = events.filter((event) => event.type === "warning");
    assert.equal(found.length, 1);
    assert.match(found[0]?.text ?? "", /cannot be written \(E[A-Z]+\).*cachePathRoot.*AUTOGEN_CACHE=off/);
  });
});

test("CACHE-09 a folder that may only be read still answers", async () => {
  await open().set("k", 1);
  await chmod(dirname(fileOf("k")), 0o500);
  const cache = open();
  await cache.set("k", 2).catch(() => undefined); // root may write all the same
  assert.ok([1, 2].includes((await cache.get<number>("k")) ?? 0));
  await chmod(dirname(fileOf("k")), 0o700);
});

test("writing is tried again after a minute", async () => {
  let now = 0;
  const place = await unwritable();
  const cache = open({ cachePathRoot: place, now: () => now });
  await cache.set("k", 1);
  await rm(place);
  await cache.set("k", 2);
  assert.deepEqual(warnings, ["cache-unwritable", "cache-unwritable"]);
  now = 60_000;
  await cache.set("k", 3);
  assert.equal(await cache.get("k"), 3);
});

/** A file system of 64 kilobytes, where the system lets us have one. */
const mounted = process.platform === "linux" && process.getuid?.() === 0 && canMount();
function canMount(): boolean {
  return spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"]).status === 0;
}

test.skipIf(!mounted)(
  "CACHE-09 bad input: a full disk is a warning; what was stored stays, and nothing half-written is left",
  async () => {
    const disk = join(root, "full");
    await mkdir(disk);
    assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", disk]).status, 0);
    try {
      let now = 0;
      const cache = open({ cachePathRoot: disk, now: () => now });
      await cache.set("small", "text");
      await cache.set("large", "x".repeat(100_000));
      assert.deepEqual(warnings, ["cache-unwritable"]);
      assert.deepEqual([await cache.get("small"), await cache.get("large")], ["text", undefined]);
      assert.deepEqual(
        (await readdir(disk, { recursive: true })).filter((name) => name.endsWith(".tmp")),
        [],
      );
      now = 60_000;
      await cache.set("small", "more");
      assert.equal(await cache.get("small"), "more");
    } finally {
      spawnSync("umount", [disk]);
    }
  },
);

test("what Node's own warnings are told is told once per cause", async () => {
  const told: string[] = [];
  const listen = (warning: Error & { readonly code?: string }): void => void told.push(`${warning.name} ${String(warning.code)}`);
  process.on("warning", listen);
  try {
    const cache = Cache.disk({ cachePathRoot: await unwritable() });
    await cache.set("a", 1);
    await cache.set("b", 1);
    await new Promise(setImmediate);
  } finally {
    process.off("warning", listen);
  }
  assert.deepEqual(told, ["CacheWarning cache-unwritable"]);
});

test("only what the cache wrote is removed", async () => {
  const cache = open();
  await cache.set("k", 1);
  const shelf = dirname(fileOf("k"));
  const own = [join(root, "5", "notes.txt"), join(shelf, "notes.json"), join(root, "5", "zz")];
  for (const file of own) await writeFile(file, "mine");
  await writeFile(join(shelf, `${digest("k")}.${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}.tmp`), "half");
  await cache.clear();
  for (const file of own) assert.equal(await readFile(file, "utf8"), "mine");
  assert.deepEqual(await readdir(shelf), ["notes.json"]);
});

test("an entry is never followed out of the folder when it is replaced", async () => {
  const outside = join(root, "outside.txt");
  await writeFile(outside, "mine");
  await mkdir(dirname(fileOf("k")), { recursive: true });
  await symlink(outside, fileOf("k"));
  await open().set("k", 1);
  assert.equal(await readFile(outside, "utf8"), "mine");
});

test("CACHE-14 entries above the number go, the least recently used first", async () => {
  let now = Date.now();
  const cache = open({ maxEntries: 3, now: () => (now += 1_000) });
  for (const key of ["a", "b", "c"]) await cache.set(key, key);
  await cache.get("a");
  await cache.set("d", "d");
  const left = await Promise.all(["a", "b", "c", "d"].map(async (key) => await cache.get(key)));
  assert.deepEqual(left, ["a", undefined, "c", "d"]);
});

test("CACHE-14 bytes are limited likewise, and what another process wrote counts", async () => {
  let now = Date.now();
  const options = { maxBytes: 5_000, now: () => (now += 1_000) };
  for (const key of ["a", "b", "c"]) await open(options).set(key, "x".repeat(1_000));
  const cache = open(options);
  for (const key of ["d", "e", "f"]) await cache.set(key, "x".repeat(1_000));
  const { entries, bytes } = await cache.stats();
  assert.equal(entries, 4);
  assert.ok(bytes <= 5_000);
  assert.equal(await cache.get("a"), undefined);
  assert.equal((await cache.get<string>("f"))?.length, 1_000);
});

test("CACHE-14 an entry is forgotten when its time has come", async () => {
  let now = 1_000;
  const cache = open({ ttlSeconds: 10, now: () => now });
  await cache.set("k", 1);
  now += 9_999;
  assert.equal(await cache.get("k"), 1);
  now += 1;
  assert.equal(await cache.get("k"), undefined);
});

test("withDisk gives what its work gives", async () => {
  const options = { cacheSeed: 1, cachePathRoot: root };
  assert.equal(await Cache.withDisk(options, async (cache) => (await cache.set("k", 2), await cache.get("k"))), 2);
});

test("CACHE-13 CACHE-05 an answer survives the program, marked as cached; another endpoint does not get it", async () => {
  await scene({ x: ["one"], y: ["two"] }, async ({ server, run, events, wrapper }) => {
    const ask = async (at: string) => await wrapper([{ model: "gpt-4", at }]).create({ messages: HI, cache: open(), run });
    const first = await ask("x");
    assert.deepEqual(await ask("x"), { ...first, cached: true });
    assert.equal((await ask("y")).choices[0]?.message?.content, "two");
    assert.equal(server.requests.length, 2);
    assert.deepEqual(
      events.filter((event) => event.type === "llm.end").map(({ cached }) => cached),
      [false, true, false],
    );
    const text = await readFile(
      join(root, "5", (await readdir(join(root, "5"), { recursive: true })).find((name) => name.endsWith(".json")) ?? ""),
      "utf8",
    );
    assert.ok(!text.includes("test-key"));
  });
});

test("CACHE-04 the default caches are one for each seed, and none when AUTOGEN_CACHE is off", () => {
  let value: string | undefined;
  const caches = new DefaultCaches(() => value);
  assert.equal(caches.open("41"), caches.open("41"));
  assert.notEqual(caches.open("41"), caches.open("42"));
  for (value of ["off", "OFF", "0", "false"]) assert.equal(caches.open("41"), null);
  value = "on";
  assert.notEqual(caches.open("41"), null);
});
