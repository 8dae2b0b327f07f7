import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, test } from "vitest";
import { hasComponents } from "../../packages/autogen-ts/test/components.js";
import { startPodman } from "../../packages/autogen-ts/test/podman.js";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function run(env: Record<string, string>): { readonly status: number | null; readonly stdout: string } {
  const cwd = mkdtempSync(join(tmpdir(), "example-container-"));
  folders.push(cwd);
  return spawnSync(process.execPath, [PROGRAM], { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...env }, encoding: "utf8" });
}

test("without an engine it says what is missing and ends well", () => {
  const { status, stdout } = run({ DOCKER_HOST: "unix:///nonexistent.sock" });
  assert.equal(status, 0);
  assert.match(stdout, /Not by a container: No container engine answers[^]*Nothing was run\./);
});

test.skipIf(!hasComponents("podman"))(
  "with an engine the second block finds what the first one made",
  { timeout: 120_000 },
  async () => {
    const podman = await startPodman();
    try {
      const { status, stdout } = run({ DOCKER_HOST: podman.settings.engine, IMAGE: podman.image });
      assert.equal(status, 0);
      assert.match(stdout, /Code runs in a container\.\n[^]*10 squares[^]*385/);
    } finally {
      await podman.stop();
    }
  },
);
