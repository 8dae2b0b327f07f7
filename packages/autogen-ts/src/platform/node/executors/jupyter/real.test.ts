/** Jupyter on a real server: Debian's. EXE-18, BOX-02, BOX-04, BOX-05. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { hasComponents } from "../../../../../test/components.js";
import { isRunning, python } from "../../../../../test/executors.js";
import { EmbeddedIPythonCodeExecutor, JupyterCodeExecutor, LocalJupyterServer } from "../optional/index.js";
import type { JupyterExecutorOptions } from "../optional/index.js";

const PYTHON = "/usr/bin/python3"; // Debian's own, which has Debian's packages
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

describe.skipIf(!hasComponents("jupyter-server"))("Jupyter", { timeout: 60_000 }, () => {
  let folder: string;
  let server: LocalJupyterServer;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "jupyter-"));
    server = new LocalJupyterServer({ python: PYTHON, workDir: folder, env: { HOME: folder } });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const withKernel = async (options: Partial<JupyterExecutorOptions>, body: (executor: JupyterCodeExecutor) => Promise<void>) => {
    await using executor = new JupyterCodeExecutor({ jupyterServer: server, outputDir: folder, timeoutSeconds: 20, ...options });
    await body(executor);
  };

  test("EXE-18 state stays between blocks and calls, is gone after restart; output comes as it is written", async () => {
    await withKernel({}, async (executor) => {
      const said: string[] = [];
      const blocks = [
        { language: "python", code: "x = 6" },
        { language: "python", code: "import sys\nprint('out')\nprint('err', file=sys.stderr)\nx * 7" },
      ];
      const result = await executor.executeCodeBlocks(blocks, { onOutput: (text, stream) => said.push(`${stream}:${text}`) });
      assert.deepEqual([result.exitCode, result.output, result.executor], [0, "\nout\nerr\n\n42", "jupyter"]);
      assert.deepEqual(said.slice(0, 2), ["stdout:out\n", "stderr:err\n"]);
      assert.equal((await python(executor, "x + 1")).output, "7");
      await executor.restart();
      const lost = await python(executor, "x");
      assert.equal(lost.exitCode, 1);
      assert.match(lost.output, /^ERROR: NameError: name 'x' is not defined\n/);
      assert.equal(lost.output.includes("\u001B"), false);
      assert.equal((await python(executor, "!echo shell")).output.trim(), "shell"); // through a terminal
    });
  });

  test("EXE-18 pictures and pages are saved in the output folder and named", async () => {
    await withKernel({}, async (executor) => {
      const result = await python(
        executor,
        "from IPython.display import display, HTML, SVG, JSON",
        "import base64",
        `display({'image/png': '${PIXEL}', 'text/plain': '<Figure>'}, raw=True)`,
        "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))",
        "display({'text/html': '<b>1</b>', 'text/plain': 'one'}, raw=True)",
        "display({'application/json': {'a': 1}}, raw=True)",
      );
      assert.equal(result.exitCode, 0);
      const [png = "", svg = "", html = ""] = result.outputFiles ?? [];
      const lines = [`Image data saved to ${png}`, `Image data saved to ${svg}`, `HTML data saved to ${html}`];
      assert.equal(result.output, ["one", '{"a":1}', ...lines].join("\n"));
      assert.deepEqual(readFileSync(png), Buffer.from(PIXEL, "base64"));
      assert.match(readFileSync(svg, "utf8"), /^<svg/);
      assert.equal(readFileSync(html, "utf8"), "<b>1</b>");
      for (const [path, pattern] of [
        [png, /^[0-9a-f]{32}\.png$/],
        [html, /^[0-9a-f]{32}\.html$/],
      ] as const)
        assert.match(path.slice(folder.length + 1), pattern);
    });
  });

  test("BOX-02 the time limit interrupts and keeps variables; code that resists loses its kernel", async () => {
    await withKernel({ timeoutSeconds: 1 }, async (executor) => {
      await python(executor, "kept = 1");
      const late = await python(executor, "import time", "print('start')", "time.sleep(60)");
      assert.deepEqual([late.exitCode, late.output], [1, "start\n\nERROR: Timeout waiting for output from code block."]);
      assert.equal((await python(executor, "kept")).output, "1");
      const stubborn = await python(executor, "while True:", "    try: time.sleep(60)", "    except BaseException: pass");
      assert.match(stubborn.output, /Timeout waiting.* The kernel had to be replaced/);
      assert.equal((await python(executor, "'kept' in globals()")).output, "False");
    });
  });

  test("BOX-05 an abort ends the cell at once and is an abort, before, during and after", async () => {
    await withKernel({}, async (executor) => {
      await python(executor, "kept = 1");
      const controller = new AbortController();
      const options = { signal: controller.signal, onOutput: () => controller.abort(new Error("enough")) };
      const blocks = [{ language: "python", code: "import time\nprint('on')\ntime.sleep(60)" }];
      await assert.rejects(executor.executeCodeBlocks(blocks, options), { code: "aborted" });
      await assert.rejects(executor.executeCodeBlocks(blocks, options), { code: "aborted" });
      assert.equal((await python(executor, "kept")).output, "1");
    });
  });

  test("BOX-04 endless output is cut and stopped", async () => {
    await withKernel({}, async (executor) => {
      const flood = await python(executor, "for n in range(3000): print('x' * 6000, flush=True)");
      assert.equal(flood.exitCode, 1);
      assert.ok(flood.output.length < 1_100_000);
      assert.match(flood.output.slice(400_000), /bytes of output left out[^]*ERROR: Stopped: the code printed more than 10 MB\./);
      const line = await python(executor, "print('x' * 200_000_000)"); // one message that is too long to be read at all
      assert.match(line.output, /^ERROR: Stopped: the code printed more than 10 MB\. The kernel had to be replaced/);
      assert.equal((await python(executor, "1")).output, "1");
    });
  });

  test("EXE-18 a kernel that dies is told, and the next block gets a new one", async () => {
    await withKernel({}, async (executor) => {
      await python(executor, "kept = 1");
      const dead = await python(executor, "import os", "os.kill(os.getpid(), 9)");
      assert.equal(dead.exitCode, 1);
      assert.match(dead.output, /^ERROR: The kernel died/);
      assert.equal((await python(executor, "'kept' in globals()")).output, "False");
      await python(executor, "import os, threading", "threading.Timer(0.05, lambda: os.kill(os.getpid(), 9)).start()");
      assert.equal((await python(executor, "import time", "time.sleep(3)")).exitCode, 1);
      assert.equal((await python(executor, "2")).output, "2");
    });
  });

  test("EXE-18 options that cannot work are named", async () => {
    await withKernel({ kernelName: "cobol" }, (executor) =>
      assert.rejects(python(executor, "1"), { code: "invalid-option", message: "Kernel cobol is not installed." }),
    );
    await withKernel({ outputDir: join(folder, "absent") }, (executor) =>
      assert.rejects(python(executor, "1"), { message: `Output directory ${join(folder, "absent")} does not exist.` }),
    );
    await withKernel({}, (executor) => assert.rejects(executor.executeCodeBlocks([]), { message: "No code blocks to execute." }));
    const info = await server.connectionInfo();
    assert.throws(() => new JupyterCodeExecutor({ jupyterServer: info, timeoutSeconds: 0 }), {
      message: "Timeout must be greater than or equal to 1.",
    });
    await withKernel({ jupyterServer: { ...info, token: "wrong" } }, (executor) =>
      assert.rejects(python(executor, "1"), { code: "executor-failed", message: /status 403.*Check `token`/ }),
    );
  });

  test("the embedded kernel comes and goes with its executor, and works in the output folder", async () => {
    const executor = new EmbeddedIPythonCodeExecutor({ python: PYTHON, outputDir: folder, env: { HOME: folder } });
    assert.deepEqual([executor.name, executor.isolated], ["ipython-embedded", false]);
    process.env["AUTOGEN_TEST_KEY"] = "marker";
    try {
      const result = await python(
        executor,
        "import os",
        "open('made', 'w').close()",
        "print(os.environ.get('AUTOGEN_TEST_KEY'), os.getpid())",
      );
      assert.match(result.output, /^None \d+\n$/);
      assert.ok(readdirSync(folder).includes("made"));
    } finally {
      delete process.env["AUTOGEN_TEST_KEY"];
    }
    await executor.stop();
    await executor.stop();
    const connection = folder; // kernels carry the folder of their connection file in the command line
    assert.equal(isRunning(`ipykernel_launcher -f ${connection}`), false);
  });

  test("a Python without Jupyter is told how to get it, and the token is said nowhere", async () => {
    const lacking = new LocalJupyterServer({ python: process.execPath, token: "secret-token" });
    await assert.rejects(
      lacking.connectionInfo(),
      (error: Error) => error.message.includes("did not start") && !error.message.includes("secret-token"),
    );
  });
});
