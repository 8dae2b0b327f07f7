import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

test("two chats are counted apart and together, an unknown price is no zero, and no log holds the key", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "example-logging-"));
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM], { cwd });
    assert.match(stdout, /^reader +1 +0 .* 0\.\d{6}\nwriter +1 +0 .* unknown\n/mu);
    assert.match(stdout, /^The key is in none of the four logs\.$/mu);
    assert.equal(stderr, "");
    assert.match(await readFile(join(cwd, "usage.svg"), "utf8"), />reader</u);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
});
