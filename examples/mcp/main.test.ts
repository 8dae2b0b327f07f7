import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

test("the example reads the folder, is refused outside of it, and pins the tools", () => {
  const cwd = mkdtempSync(join(tmpdir(), "mcp-example-"));
  try {
    for (const start of ["first", "second"]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM], { cwd, encoding: "utf8" });
      assert.equal(status, 0, `${start}: ${stderr}`);
      assert.match(stdout, /^Tools: files__read_file, /);
      assert.doesNotMatch(stdout, /files__write_file/);
      assert.match(stdout, /\*\nmilk\nbread\n/);
      assert.match(stdout, /\nError: Access denied/);
      assert.equal(stderr, "", start);
    }
    const lock = JSON.parse(readFileSync(join(cwd, "mcp.lock.json"), "utf8"));
    assert.match(lock.servers.files.write_file, /^sha256-/);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
