/** E2B: the real package against a server that speaks its protocols. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { hasComponents } from "../../../../../test/components.js";
import { e2bStub } from "../../../../../test/e2b-stub.js";
import { isRunning, python } from "../../../../../test/executors.js";
import { E2bCodeExecutor } from "../optional/index.js";
import type { E2bExecutorOptions } from "../optional/index.js";

const KEY = `e2b_${"0".repeat(40)}`;

async function hosted(options: E2bExecutorOptions = {}, behaviour: { readonly mute?: number } = {}) {
  const stub = await e2bStub(KEY, behaviour);
  const workDir = realpathSync(mkdtempSync(join(tmpdir(), "e2b-")));
  const executor = new E2bCodeExecutor({ apiKey: KEY, apiUrl: stub.url, sandboxUrl: stub.url, workDir, ...options });
  onTestFinished(async () => {
    await executor.stop().catch(() => {});
    await stub.stop();
    rmSync(workDir, { recursive: true, force: true });
  });
  return { stub, workDir, executor };
}

describe.skipIf(!hasComponents("python3", "bash"))("e2b", () => {
  test("BOX-01 e2b: one sandbox without internet serves all blocks and is ended", async () => {
    const { stub, workDir, executor } = await hosted();
    const said: string[] = [];
    const code = "# filename: a b.py\nprint('$x `id` é')";
    const result = await executor.executeCodeBlocks(
      [
        { language: "python", code },
        { language: "sh", code: "echo out; echo err >&2; exit 3" },
        { language: "sh", code: "echo never" },
      ],
      { onOutput: (text) => said.push(text) },
    );
    assert.deepEqual([result.exitCode, result.output, result.executor], [3, "$x `id` é\nout\nerr\n", "e2b"]);
    assert.equal(said.join(""), result.output);
    assert.equal(readFileSync(join(workDir, "a b.py"), "utf8"), code);
    await executor.stop();
    await executor.stop();
    expect(stub.created).toMatchObject([{ allow_internet_access: false, timeout: 300 }]);
    assert.deepEqual(
      stub.asked.filter((line) => line.startsWith("DELETE")),
      ["DELETE /sandboxes/s1"],
    );
  });

  test("BOX-02 BOX-05 e2b: the time limit and an abort end the sandbox, and the next block gets a new one", async () => {
    const { stub, executor } = await hosted({ timeoutSeconds: 3 });
    const late = await python(executor, "# filename: e2b_sleeps.py", "import time", "print('on', flush=True)", "time.sleep(60)");
    assert.deepEqual([late.exitCode, late.output], [124, "on\n\nTimeout"]);
    assert.equal(isRunning("e2b_sleeps.py"), false);
    const controller = new AbortController();
    const options = { signal: controller.signal, onOutput: () => controller.abort() };
    await assert.rejects(executor.executeCodeBlocks([{ language: "sh", code: "echo on; sleep 60" }], options), {
      code: "aborted",
    });
    assert.equal((await python(executor, "print(1)")).output, "1\n");
    assert.equal(stub.created.length, 3);
  });

  test("BOX-02 e2b: the time limit counts while the service does not start the program", async () => {
    const { stub, executor } = await hosted({ timeoutSeconds: 1 }, { mute: 1 });
    const late = await python(executor, "print(1)");
    assert.deepEqual([late.exitCode, late.output], [124, "\nTimeout"]);
    assert.ok(stub.asked.includes("DELETE /sandboxes/s1"));
  });

  test("a wrong key is told without the key", async () => {
    const { executor } = await hosted({ apiKey: `e2b_${"1".repeat(40)}` });
    await assert.rejects(python(executor, "1"), (error: Error & { code?: string }) => {
      assert.equal(error.code, "executor-failed");
      return /E2B: no sandbox was made/.test(error.message) && !error.message.includes("1111");
    });
  });
});
