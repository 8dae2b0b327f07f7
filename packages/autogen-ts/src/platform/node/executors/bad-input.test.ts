/** What executors are given that they should not be given, and the end of a process while code runs. */
import assert from "node:assert/strict";
import { access, chmod, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "vitest";
import {
  bubblewrap,
  candidates,
  prepared,
  embedded,
  inFolder,
  isRunning,
  local,
  python,
  withExecutor,
} from "../../../../test/executors.js";
import { program, start } from "../../../../test/programs.js";
import { extractCodeBlocks } from "../../../code/index.js";
import { BubblewrapCodeExecutor, LocalCommandLineCodeExecutor } from "./index.js";

for (const candidate of candidates) {
  prepared(candidate);
  describe.skipIf(!candidate.present)(candidate.name, { timeout: 2 * candidate.testLimit }, () => {
    test("bad input: empty blocks, comments only, CRLF, nested fences, NUL bytes, lone surrogates", async () => {
      await withExecutor(candidate, {}, async (executor) => {
        for (const code of ["", "\n\n", "# only a comment", "\ufeffprint()".slice(1).replace("print()", "")])
          assert.deepEqual([(await python(executor, code)).exitCode, (await python(executor, code)).output], [0, ""]);
        const crlf = extractCodeBlocks("```python\r\nfor n in range(2):\r\n    print(n)\r\n```\r\n");
        assert.equal((await executor.executeCodeBlocks(crlf)).output, "0\n1\n");
        const nested = extractCodeBlocks('````python\nprint("""```sh\necho inner\n```""")\n````');
        assert.equal((await executor.executeCodeBlocks(nested)).output, "```sh\necho inner\n```\n");
        const wrongFence = extractCodeBlocks("```python\nprint(1)\n~~~\nprint(2)\n```");
        assert.equal((await executor.executeCodeBlocks(wrongFence)).exitCode, 1);
        await python(executor, "print(1)\0print(2)"); // versions of Python differ; it ends, and the next block runs
        const surrogate = await python(executor, "print(len('\ud800'))");
        assert.equal(surrogate.output, "1\n");
      });
    });

    test("EXE-21 bad input: a block of 10 MB (embedded: 1 MB) runs, and output that is no UTF-8 has replacement characters", async () => {
      await withExecutor(candidate, {}, async (executor) => {
        const size = candidate === embedded ? 1_000_000 : 10_000_000; // more does not fit into its memory
        const big = await python(executor, `text = """${"x".repeat(size)}"""`, "print(len(text))");
        assert.equal(big.output, `${size}\n`);
        const bytes = await python(executor, "import sys", "sys.stdout.buffer.write(b'a\\xff\\xfeb\\xc3')", "sys.stdout.flush()");
        assert.match(bytes.output, /^a\ufffd\ufffdb\ufffd?$/);
      });
    });

    test("bad input: a work folder that is a file, or cannot be made, is a failed result or an error that names it", async () => {
      await inFolder(async (folder) => {
        await writeFile(join(folder, "file"), "x");
        for (const workDir of [join(folder, "file"), join(folder, "file", "below")]) {
          const executor = candidate.make({ workDir, timeoutSeconds: 5 });
          await assert.rejects(python(executor, "print(1)"), { code: "executor-failed", message: new RegExp(workDir) });
        }
        assert.equal(await readFile(join(folder, "file"), "utf8"), "x");
      });
    });

    test("bad input: code that removes or renames what is in its folder, and the folder removed between blocks", async () => {
      await withExecutor(candidate, {}, async (executor, { workDir }) => {
        const gone = await python(
          executor,
          "import os, shutil",
          "for name in os.listdir('.'): os.path.isfile(name) and name[0] != '.' and os.remove(name)", // srt keeps some of its own there
          "print('still here')",
        );
        assert.equal(gone.output, "still here\n");
        await rm(workDir, { recursive: true });
        assert.equal((await python(executor, "open('a', 'w').close()", "print('again')")).output, "again\n");
        await access(join(workDir, "a"));
        const away = await python(
          executor,
          "import os",
          "try: os.rename(os.getcwd(), '/tmp/elsewhere')",
          "except OSError: print('refused')",
        );
        if (candidate === bubblewrap) assert.equal(away.output, "refused\n");
        assert.equal((await python(executor, "print('and again')")).output, "and again\n");
      });
    });

    test("bad input: clock skew: what changed is seen whatever the dates of files say", async () => {
      await withExecutor(candidate, {}, async (executor, { workDir }) => {
        const ages = { past: 86_400, future: 4_102_444_800 }; // seconds since 1970: 1970, 2100
        const put = async (text: string): Promise<void> => {
          for (const [name, seconds] of Object.entries(ages)) {
            await writeFile(join(workDir, name), text);
            await utimes(join(workDir, name), seconds, seconds);
          }
        };
        await mkdir(workDir);
        await put("one");
        const change = [
          "import os",
          `for name, date in ${JSON.stringify(ages)}.items():`,
          "    print(open(name).read())",
          "    with open(name, 'w') as file: file.write('two')",
          "    os.utime(name, (date, date))",
        ];
        assert.equal((await python(executor, ...change)).output, "one\none\n");
        for (const name of Object.keys(ages)) assert.equal(await readFile(join(workDir, name), "utf8"), "two");
        await put("six");
        assert.equal((await python(executor, "print(open('past').read(), open('future').read())")).output, "six six\n");
      });
    });

    test("bad input: two chats that share a work folder take turns", async () => {
      await inFolder(async (_, workDir) => {
        const { shared } = await import("./shared.js").then(({ newShared }) => ({ shared: newShared() }));
        const executors = [1, 2].map(() => candidate.make({ workDir, timeoutSeconds: 20, shared }));
        try {
          const lines = [
            "import os",
            "n = int(open('count').read()) if os.path.exists('count') else 0",
            "import time; time.sleep(0.05)",
            "open('count', 'w').write(str(n + 1))",
          ];
          await Promise.all([0, 1, 2].flatMap(() => executors.map((one) => python(one, ...lines))));
          assert.equal(await readFile(join(workDir, "count"), "utf8"), "6");
        } finally {
          for (const executor of executors) await executor.stop?.();
        }
      });
    });
  });
}

test.skipIf(!bubblewrap.present)("bad input: a program that is missing is named, with the way to get it", async () => {
  await inFolder(async (_, workDir) => {
    await using executor = new BubblewrapCodeExecutor({ workDir, executionPolicies: { nowhere: true } });
    const result = await executor.executeCodeBlocks([{ language: "nowhere", code: "1" }]);
    assert.equal(result.exitCode, 127);
    assert.match(result.output, /No program for nowhere was found in the sandbox .* Install it on this machine/);
  });
});

test("bad input: a work folder without the right to write is told to the model", { timeout: 20_000 }, async () => {
  await inFolder(async (folder) => {
    await chmod(folder, 0o555);
    const workDir = process.getuid?.() === 0 ? "/sys/kernel" : folder; // root writes everywhere but there
    const result = await python(new LocalCommandLineCodeExecutor({ workDir }), "print(1)");
    assert.equal(result.exitCode, 1);
    assert.match(result.output, /could not be written: (?:EACCES|EPERM)/);
    await chmod(folder, 0o755);
  });
});

test.skipIf(process.platform !== "linux")("bad input: a work folder in the kernel's own files is refused at once", async () => {
  for (const workDir of ["/proc/999999999/work/deeper", "/proc/self/fd/../../nothing/work", "/sys/nothing/work"]) {
    const executor = new LocalCommandLineCodeExecutor({ workDir });
    await assert.rejects(python(executor, "print(1)"), { code: "invalid-option", message: /lies in the kernel's own files/ });
  }
});

test.skipIf(!bubblewrap.present)("bad input: a full disk is told to the model", { timeout: 20_000 }, async () => {
  await withExecutor(bubblewrap, {}, async (executor) => {
    const full = await python(executor, "open('/dev/full', 'w').write('x' * 100_000)");
    assert.equal(full.exitCode, 1);
    assert.match(full.output, /No space left on device/);
  });
});

for (const candidate of [local, bubblewrap]) {
  test.skipIf(!candidate.present)(
    `EXE-22 ${candidate.name}: Ctrl-C and the end of the process end the code and remove what was temporary`,
    { timeout: 60_000 },
    async () => {
      await inFolder(async (folder, workDir) => {
        await chmod(folder, 0o755);
        const Executor = candidate === local ? "LocalCommandLineCodeExecutor" : "BubblewrapCodeExecutor";
        await using file = await program(`
          import { ${Executor} } from "./platform/node/executors/index.ts";
          const executor = new ${Executor}({ workDir: ${JSON.stringify(workDir)} });
          const code = "# filename: until_ctrl_c_${process.pid}_${candidate.name}.py\\nimport time\\nprint('on', flush=True)\\ntime.sleep(60)";
          await executor.executeCodeBlocks([{ language: "python", code }], { onOutput: () => console.log("running") });
        `);
        const before = process.env["TMPDIR"];
        process.env["TMPDIR"] = folder;
        try {
          const running = start(file);
          await running.until("running");
          running.child.kill("SIGINT");
          assert.equal(await running.ended, null); // by the signal
          for (let look = 0; look < 100 && isRunning(`until_ctrl_c_${process.pid}_${candidate.name}`); look++)
            await new Promise((resolve) => setTimeout(resolve, 20));
          assert.equal(isRunning(`until_ctrl_c_${process.pid}_${candidate.name}`), false);
          assert.deepEqual(
            (await readdir(folder)).filter((name) => name.startsWith("autogen-") && !name.startsWith("autogen-program")),
            [],
          );
        } finally {
          if (before === undefined) delete process.env["TMPDIR"];
          else process.env["TMPDIR"] = before;
        }
      });
    },
  );
}
