/** How the embedded sandbox starts its Python. Design `sandbox`, section 3. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import { embedded, inFolder, isRunning, python } from "../../../../test/executors.js";
import { slowDeno } from "../../../../test/slow-deno.js";
import { ExitCleanup } from "./exit-cleanup.js";
import { EmbeddedCodeExecutor } from "./index.js";
import { Interpreter } from "./interpreter.js";

const BLOCK = { id: 1, fileName: "a.py", files: [], removed: [], maxFiles: 1, maxBytes: 1_000 };
const LIMITS = { timeoutMs: 20_000, maxOutputBytes: 1_000, maxFolderBytes: 1_000 };

describe.skipIf(!embedded.present || process.platform !== "linux")("interpreter", { timeout: embedded.testLimit }, () => {
  test("BOX-19 a deno that hangs at its start is ended, and another one is started", async () => {
    await inFolder(async (folder) => {
      const { packagesFrom, starts } = await slowDeno(folder, 1);
      const interpreter = await Interpreter.start({ cleanup: new ExitCleanup(), packagesFrom, limitsMs: [200, 60_000] });
      try {
        const files = [{ name: "a.py", data: Buffer.from("print(6 * 7)").toString("base64"), modifiedMs: 0 }];
        const run = await interpreter.run({ ...BLOCK, files }, LIMITS, {});
        assert.deepEqual([run.end, run.output], ["exit", "42\n"]);
        const [first, second, ...more] = await starts();
        assert.deepEqual([first === undefined || isAlive(first.pid), second !== undefined && isAlive(second.pid)], [false, true]);
        assert.deepEqual(more, []);
      } finally {
        interpreter.kill();
      }
    });
  });

  test("BOX-19 when every start hangs the error says so, and nothing stays", async () => {
    await inFolder(async (folder) => {
      const { packagesFrom, starts } = await slowDeno(folder, 9);
      await assert.rejects(Interpreter.start({ cleanup: new ExitCleanup(), packagesFrom, limitsMs: [100, 300] }), {
        code: "executor-failed",
        message: /started 2 times and did not get ready, the last time in 0\.3 seconds/,
      });
      assert.deepEqual(
        (await starts()).map(({ pid }) => isAlive(pid)),
        [false, false],
      );
    });
  });

  test("BOX-19 a deno that ends by itself is not started again", async () => {
    await inFolder(async (folder) => {
      const { packagesFrom, starts } = await slowDeno(folder, 9, "exit");
      await assert.rejects(Interpreter.start({ cleanup: new ExitCleanup(), packagesFrom }), {
        code: "executor-failed",
        message: "The Python interpreter in deno did not start (exit code 3).",
      });
      assert.equal((await starts()).length, 1);
    });
  });

  test("EXE-22 stopping the executor ends a start that hangs", async () => {
    await inFolder(async (folder, workDir) => {
      const { packagesFrom, starts } = await slowDeno(folder, 9);
      const executor = new EmbeddedCodeExecutor({ workDir, packagesFrom });
      const running = assert.rejects(python(executor, "print(1)"), { code: "aborted" });
      while (!existsSync(join(folder, "starts"))) await new Promise(setImmediate);
      await executor.stop();
      await running;
      assert.deepEqual(
        (await starts()).map(({ pid }) => isAlive(pid)),
        [false],
      );
    });
  });

  test("BOX-19 a stopped interpreter holds no database of deno's, which others would wait for", async () => {
    await inFolder(async (folder, workDir) => {
      const { packagesFrom, starts } = await slowDeno(folder, 0);
      await using executor = new EmbeddedCodeExecutor({ workDir, packagesFrom });
      assert.equal((await python(executor, "print(1)")).output, "1\n");
      const [start] = await starts();
      assert.ok(start !== undefined && isAlive(start.pid));
      assert.deepEqual(openFiles(start.pid), []);
      assert.equal((await executor.executeCodeBlocks([{ language: "ts", code: "console.log(2 as number)" }])).output, "2\n");
      const [, script] = await starts();
      assert.ok(script !== undefined && existsSync(join(script.cacheFolder, "gen")), "scripts use a folder of the executor");
      await executor.stop();
      assert.equal(existsSync(script.cacheFolder), false);
      assert.equal(isRunning(folder), false);
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Regular files that a process has open. */
function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder)
    .map((name) => readlinkSync(join(folder, name)))
    .filter((path) => path.startsWith("/") && !path.startsWith("/dev/"));
}
