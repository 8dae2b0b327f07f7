/** The sandbox of `srt`, beyond what all executors must do. Design `sandbox`, section 7. */
import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "vitest";
import { inFolder, python, sandboxRuntime } from "../../../../../test/executors.js";
import { SandboxRuntimeCodeExecutor } from "../optional/index.js";
import type { SandboxRuntimeOptions } from "../optional/index.js";

test("BOX-12 srt: a network that it cannot give, and limits that make no sense, are refused when it is made", () => {
  for (const network of [true, "public", ["example.com:8080"], ["http://example.com"], [7], {}]) {
    const options = { network } as unknown as SandboxRuntimeOptions;
    assert.throws(() => new SandboxRuntimeCodeExecutor(options), { code: "invalid-option" }, JSON.stringify(network));
  }
  assert.throws(() => new SandboxRuntimeCodeExecutor({ limits: { processes: 0 } }), { code: "invalid-option" });
  assert.throws(() => new SandboxRuntimeCodeExecutor({ timeoutSeconds: 0.5 }), { code: "invalid-option" });
});

describe.skipIf(!sandboxRuntime.present)("srt", { timeout: 30_000 }, () => {
  test("BOX-10 srt: folders are hidden by denyRead, and shown again by allowRead", async () => {
    await inFolder(async (folder, workDir) => {
      await chmod(folder, 0o755);
      for (const name of ["shown", "hidden"]) {
        await mkdir(join(folder, name));
        await writeFile(join(folder, name, "text"), `text of ${name}`);
      }
      const look = [
        "for path in ('/etc/hostname', *PATHS):".replace("*PATHS", `'${folder}/shown/text', '${folder}/hidden/text'`),
        "    try: print(len(open(path).read()) > 0)",
        "    except OSError: print('refused')",
      ];
      await using plain = new SandboxRuntimeCodeExecutor({ workDir });
      assert.equal((await python(plain, ...look)).output, "True\nrefused\nrefused\n");
      await using mixed = new SandboxRuntimeCodeExecutor({
        workDir,
        denyRead: ["/etc/hostname"],
        allowRead: [join(folder, "shown")],
      });
      assert.equal((await python(mixed, ...look)).output, "refused\nTrue\nrefused\n");
    });
  });

  test("BOX-12 srt: hosts that are not on the list are not reached, and the model is told why", async () => {
    await inFolder(async (_, workDir) => {
      await using executor = new SandboxRuntimeCodeExecutor({ workDir, network: ["allowed.example.com"] });
      const result = await python(
        executor,
        "import urllib.request",
        "urllib.request.urlopen('https://other.example.com/', timeout=5).read()",
      );
      assert.equal(result.exitCode, 1);
      assert.match(result.output, /403/);
      assert.equal(result.wanted, "network");
    });
  });

  test("EXE-21 srt: a program that is missing is named", async () => {
    await inFolder(async (_, workDir) => {
      await using executor = new SandboxRuntimeCodeExecutor({ workDir, executionPolicies: { nowhere: true } });
      const result = await executor.executeCodeBlocks([{ language: "nowhere", code: "1" }]);
      assert.equal(result.exitCode, 127);
      assert.match(result.output, /^No program for nowhere was found \(looked for nowhere in /);
    });
  });
});
