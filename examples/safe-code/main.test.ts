import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, test } from "vitest";
import { hasComponents } from "../../packages/autogen-ts/test/components.js";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function run(...args: readonly string[]): string {
  const cwd = mkdtempSync(join(tmpdir(), "example-safe-code-"));
  folders.push(cwd);
  const env = { PATH: process.env.PATH, HOME: cwd, DOCKER_HOST: "unix:///nonexistent.sock" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { cwd, env, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  assert.deepEqual(
    readdirSync(cwd).filter((name) => name === "safe-code"),
    [],
  );
  return stdout;
}

test.skipIf(!hasComponents("bubblewrap", "python3"))(
  "in a sandbox every attempt fails, and the work is done",
  { timeout: 60_000 },
  () => {
    const stdout = run();
    assert.match(stdout, /^Code runs in the system's sandbox \(bubblewrap\), which passed its self-test/);
    const codes = [...stdout.matchAll(/^(.*): exit code (\d+), by bubblewrap$/gm)].map(([, what, code]) => [what, Number(code)]);
    assert.deepEqual(codes, [
      ["read the key in a file", 1],
      ["read the key in a variable", 1],
      ["call a server of this machine", 1],
      ["run for ever", 124],
      ["take 2 GB of memory", 1],
      ["do the work", 0],
    ]);
    assert.match(stdout, /The key was not seen, the server was called 0 times\.\nThe work is there: 0, 1, 4, 9, 16\n$/);
  },
);

test.skipIf(!hasComponents("python3"))("without one the code reaches what the user reaches", { timeout: 60_000 }, () => {
  const stdout = run("--unconfined");
  assert.match(stdout, /unconfined, because `useDocker` is false/);
  assert.match(stdout, /Warning: Code of models runs on this machine without a sandbox/);
  assert.match(stdout, /The key was read, the server was called 1 times\./);
});
