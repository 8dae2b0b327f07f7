import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, test } from "vitest";
import { Cache } from "./index.js";

const WRITER = fileURLToPath(new URL("fixtures/writer.mjs", import.meta.url));
const WRITES = 300;
const execute = promisify(execFile);

let folder = "";
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "processes-"))));
afterAll(async () => await rm(folder, { recursive: true, force: true }));

test("CACHE-10 four processes write and read one cache: nothing is lost, nothing is torn, nothing is left over", async () => {
  const reports = await Promise.all(
    [0, 1, 2, 3].map(async (writer) => {
      const { stdout } = await execute(process.execPath, [WRITER, String(writer), String(WRITES)], { cwd: folder });
      return JSON.parse(stdout) as { readonly torn: number; readonly warnings: readonly string[] };
    }),
  );
  assert.deepEqual(
    reports,
    [0, 1, 2, 3].map(() => ({ torn: 0, warnings: [] })),
  );

  const cache = Cache.disk({ cacheSeed: "shared", cachePathRoot: join(folder, ".cache") });
  for (let index = 0; index < WRITES; index++) {
    const keys = index % 2 === 0 ? [`shared-${index}`] : [0, 1, 2, 3].map((writer) => `own-${writer}-${index}`);
    for (const key of keys) {
      const value = await cache.get<{ readonly choices: readonly [{ readonly message: { readonly content: string } }] }>(key);
      assert.equal(value?.choices[0].message.content, `${key} `.repeat(400), `lost: ${key}`);
    }
  }
  assert.equal((await cache.stats()).entries, WRITES / 2 + 4 * (WRITES / 2));
  const names = await readdir(join(folder, ".cache", "shared"), { recursive: true });
  assert.deepEqual(
    names.filter((name) => name.endsWith(".tmp")),
    [],
  );
});
