/** What every executor must do. Design `sandbox`, section 8, BOX-01 to BOX-06 and BOX-16. */
import assert from "node:assert/strict";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "vitest";
import { candidates, inFolder, isRunning, local, prepared, python, withExecutor } from "../../../../test/executors.js";

for (const candidate of candidates) prepared(candidate);

for (const candidate of candidates) {
  describe.skipIf(!candidate.present)(candidate.name, { timeout: candidate.testLimit }, () => {
    test("BOX-01 EXE-11 output in order, exit code kept, files shared between blocks, named and temporary", async () => {
      await withExecutor(candidate, {}, async (executor, { workDir }) => {
        await mkdir(workDir, { recursive: true });
        await writeFile(join(workDir, "in.csv"), "a,b\n1,2\n");
        const first = await python(
          executor,
          "# filename: sub/tool.py",
          "print(open('in.csv').read().split()[1])",
          "open('out.txt', 'w').write('7')",
        );
        assert.deepEqual(
          [first.exitCode, first.output, first.codeFile, first.executor],
          [0, "1,2\n", join(workDir, "sub/tool.py"), candidate.name],
        );
        assert.equal(await readFile(join(workDir, "out.txt"), "utf8"), "7");

        const second = await executor.executeCodeBlocks([
          { language: "py", code: "print(open('out.txt').read(), __name__)" },
          { language: "Python", code: "import sys\nprint('é', end='')\nsys.exit(3)" },
          { language: "python", code: "print('never')" },
        ]);
        assert.deepEqual([second.exitCode, second.output], [3, "7 __main__\né"]);
        assert.match(second.codeFile ?? "", /\/work\/tmp_code_[0-9a-f]{32}\.py$/);

        const order = await python(
          executor,
          "import sys",
          "for n in range(3):",
          "  print('o', n)",
          "  print('e', n, file=sys.stderr)",
        );
        const inOrder = "o 0\ne 0\no 1\ne 1\no 2\ne 2\n";
        assert.equal(order.output, candidate === local ? "e 0\ne 1\ne 2\no 0\no 1\no 2\n" : inOrder);

        const input = await python(executor, "input()");
        assert.equal(input.exitCode, 1);
        assert.match(input.output, /EOFError/);
        const trouble = await python(executor, "def f():", "  1 / 0", "f()");
        assert.match(trouble.output, /line 2, in f[\s\S]*ZeroDivisionError/);
      });
    });

    test("BOX-02 EXE-11 EXE-13 a time limit ends it, what was printed stays, the next block works", async () => {
      // Long enough for the slowest start on a busy machine.
      await withExecutor(candidate, { timeoutSeconds: 3 }, async (executor) => {
        await python(executor, "pass"); // starts the interpreter, if there is one to start
        const name = `spins_of_${candidate.name}_${process.pid}.py`;
        const late = await python(executor, `# filename: ${name}`, "print('start', flush=True)", "while True: pass");
        assert.deepEqual([late.exitCode, late.output], [124, "start\n\nTimeout"]);
        assert.equal(isRunning(name), false);
        assert.equal((await python(executor, "print(1)")).output, "1\n");
      });
    });

    test("BOX-05 EXE-13 EXE-22 an abort ends it at once, and the next block works", async () => {
      await withExecutor(candidate, {}, async (executor) => {
        await python(executor, "pass");
        const controller = new AbortController();
        const code = "# filename: long_sleep_of_test.py\nimport time\nprint('on', flush=True)\ntime.sleep(60)";
        const options = { signal: controller.signal, onOutput: () => controller.abort(new Error("enough")) };
        await assert.rejects(executor.executeCodeBlocks([{ language: "python", code }], options), { code: "aborted" });
        assert.equal(isRunning("long_sleep_of_test.py"), false);
        await assert.rejects(executor.executeCodeBlocks([{ language: "python", code }], options), { code: "aborted" });
        assert.equal((await python(executor, "print(1)")).output, "1\n");
      });
    });

    test("BOX-04 EXE-21 endless output is cut and then stopped", async () => {
      await withExecutor(candidate, {}, async (executor) => {
        await python(executor, "pass");
        const before = process.memoryUsage().rss;
        const flood = await python(executor, "import sys", "while True: sys.stdout.write('x' * 65536)");
        assert.equal(flood.exitCode, 137);
        assert.ok(flood.output.length < 1_100_000, String(flood.output.length));
        assert.match(flood.output, /\n\[\.\.\. \d+ bytes of output left out \.\.\.\]\n/);
        assert.match(flood.output, /Stopped: the code printed more than 10 MB\.$/);
        assert.ok(process.memoryUsage().rss - before < 100_000_000);
      });
    });

    test("BOX-06 EXE-12 names that lead out of the work folder are refused, as text, before anything runs", async () => {
      await withExecutor(candidate, {}, async (executor, { folder, workDir }) => {
        await mkdir(join(workDir), { recursive: true });
        await mkdir(join(folder, "other"));
        await writeFile(join(folder, "other", "kept.py"), "kept");
        await symlink(join(folder, "other"), join(workDir, "link"));
        await symlink(join(folder, "other", "kept.py"), join(workDir, "link.py"));
        await symlink(join(folder, "other", "new.py"), join(workDir, "dangling.py"));
        for (const name of ["../../x", "../x.py", join(folder, "x.py"), "a/../../x.py", "link/x.py", "link.py", "dangling.py"]) {
          const result = await python(executor, `# filename: ${name}`, "print('ran')");
          assert.deepEqual([name, result.exitCode, result.output], [name, 1, "Filename is not in the workspace"]);
        }
        assert.equal(await readFile(join(folder, "other", "kept.py"), "utf8"), "kept");
        await assert.rejects(readFile(join(folder, "other", "new.py")));
        await assert.rejects(readFile(join(folder, "x.py")));
      });
    });

    test("EXE-11 unknown languages, saved languages, no blocks, wrong limits", async () => {
      await withExecutor(candidate, {}, async (executor, { workDir }) => {
        const unknown = await executor.executeCodeBlocks([{ language: "cobol", code: "DISPLAY 1" }]);
        assert.equal(unknown.exitCode, 1);
        assert.match(unknown.output, /^\nunknown language cobol/);
        assert.equal(unknown.codeFile, null);
        const saved = await executor.executeCodeBlocks([{ language: "css", code: "/* filename: a.css */\np {}" }]);
        assert.deepEqual([saved.exitCode, saved.output], [0, `Code saved to ${workDir}/a.css\n`]);
        await assert.rejects(executor.executeCodeBlocks([]), { code: "invalid-option", message: "No code blocks to execute." });
        assert.throws(() => candidate.make({ workDir, timeoutSeconds: 0 }), {
          code: "invalid-option",
          message: "Timeout must be greater than or equal to 1.",
        });
      });
    });
  });
}

for (const candidate of candidates) {
  test.skipIf(!candidate.present)(
    `BOX-16 ${candidate.name}: two runs at once in two folders do not see each other, in one folder they take turns`,
    { timeout: candidate.testLimit },
    async () => {
      await inFolder(async (folder) => {
        const executors = ["one", "two"].map((name) => candidate.make({ workDir: join(folder, name), timeoutSeconds: 20 }));
        try {
          const results = await Promise.all(
            executors.map((executor, index) =>
              python(
                executor,
                `open('file${index}', 'w').close()`,
                "import os, time",
                "time.sleep(0.2)",
                "print([n for n in os.listdir('.') if n.startswith('file')])",
              ),
            ),
          );
          assert.deepEqual(
            results.map(({ output }) => output),
            ["['file0']\n", "['file1']\n"],
          );
          const [one] = executors;
          assert.ok(one !== undefined);
          const turns = await Promise.all([
            python(one, "import time", "time.sleep(0.3)", "open('turn', 'w').write('first')"),
            python(one, "print(open('turn').read())"),
          ]);
          assert.deepEqual(
            turns.map(({ output }) => output),
            ["", "first\n"],
          );
        } finally {
          await Promise.all(executors.map(async (executor) => executor.stop?.()));
        }
      });
    },
  );
}
