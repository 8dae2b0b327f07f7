/** The embedded sandbox. Design `sandbox`, section 8, BOX-19, and the files that go in and out. */
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "vitest";
import { EmbeddedCodeExecutor } from "./index.js";
import { embedded, inFolder, python, withExecutor } from "../../../../test/executors.js";

describe.skipIf(!embedded.present)("embedded", { timeout: embedded.testLimit }, () => {
  test("BOX-19 Python cannot leave its sandbox, nor stay when it is asked to go", async () => {
    await withExecutor(embedded, { timeoutSeconds: 2 }, async (executor, { folder }) => {
      await writeFile(join(folder, "secret.txt"), "marker-of-file");
      const attempts = await python(
        executor,
        "import os, socket, subprocess, js, pyodide.code, asyncio",
        "def attempt(name, action):",
        "    try: print(name, action())",
        "    except BaseException as problem: print(name, 'refused')",
        "attempt('system', lambda: os.system('id'))",
        "attempt('subprocess', lambda: subprocess.run(['id']))",
        "attempt('socket', lambda: socket.create_connection(('127.0.0.1', 1), 1).recv(1))",
        `attempt('deno', lambda: js.Deno.readTextFileSync(${JSON.stringify(join(folder, "secret.txt"))}))`,
        "attempt('command', lambda: js.eval('new Deno.Command(\"id\").outputSync()'))",
        "attempt('environment', lambda: js.eval('Deno.env.toObject()'))",
        "async def later(text):",
        "    return await pyodide.code.run_js(text)",
        `attempt('node', lambda: asyncio.run(later("import('node:fs').then((fs) => fs.readFileSync('${join(folder, "secret.txt")}', 'utf8'))")))`,
        "attempt('fetch', lambda: asyncio.run(later(\"fetch('http://127.0.0.1:9/')\")))",
      );
      const refused = ["system", "subprocess", "socket", "deno", "command", "environment", "node", "fetch"].map(
        (name) => `${name} refused\n`,
      );
      assert.equal(attempts.output, refused.join(""));

      const stubborn = await python(
        executor,
        "while True:",
        "    try:",
        "        while True: pass",
        "    except BaseException: pass",
      );
      assert.deepEqual([stubborn.exitCode, stubborn.output], [124, "\nTimeout"]);
      const gone = await python(executor, "import js", "print('before')", "js.Deno.exit(3)");
      assert.equal(gone.exitCode, 3);
      assert.match(gone.output, /^before\n\nThe interpreter ended \(exit code 3\)/);
      const memory = await python(executor, "kept = [bytearray(50 * 2**20) for n in range(20)]");
      assert.notEqual(memory.exitCode, 0);
      assert.equal((await python(executor, "print('alive')")).output, "alive\n");

      // Messages that the code forges write nothing outside the work folder.
      const files = [
        { name: "../out.txt", data: "eA==" },
        { name: "/abs", data: "eA==" },
      ];
      const forged = { type: "done", exitCode: 0, files, removed: ["../secret.txt"] };
      const result = await python(
        executor,
        "import js, json",
        "for n in range(20):",
        `    js.console.log(json.dumps({**json.loads(${JSON.stringify(JSON.stringify(forged))}), 'id': n}))`,
      );
      assert.match(result.output, /Not written to the work folder \(.*\): \.\.\/out\.txt, \/abs\.\n$/);
      assert.deepEqual((await readdir(folder)).toSorted(), ["secret.txt", "work"]);
      assert.equal(await readFile(join(folder, "secret.txt"), "utf8"), "marker-of-file");
    });
  });

  test("BOX-14 there is room for 200 MB of objects and for files of 50 MB; then the disk is full, and the interpreter lives on", async () => {
    await withExecutor(embedded, {}, async (executor) => {
      await python(executor, "import sys", "sys.kept = 1");
      const full = await python(
        executor,
        "import os, sys",
        "def fill(path):",
        "    try:",
        "        with open(path, 'wb') as file:",
        "            for n in range(1000): file.write(bytes([n % 256]) * 1_000_000)",
        "    except OSError as problem: print(problem.strerror)",
        "    with open(path, 'rb') as file:",
        "        file.seek(49_000_000)",
        "        print(os.path.getsize(path) > 50_000_000, file.read(1)[0])",
        "    os.remove(path)",
        "fill('/tmp/big')",
        "try:",
        "    with open('sparse', 'w') as file: file.truncate(2**31 - 1)",
        "except OSError as problem: print(problem.strerror)",
        "os.remove('sparse')",
        "fill('/dev_of_test')",
        "open('small', 'w').write('fits')",
        "kept = [bytearray(10_000_000) for n in range(20)]",
        "print(len(kept), sys.kept)",
      );
      const filled = "No space left on device\nTrue 49\n";
      assert.deepEqual([full.exitCode, full.output], [0, `${filled}No space left on device\n${filled}20 1\n`]);
      assert.equal((await python(executor, "print(open('small').read())")).output, "fits\n");
    });
  });

  test("EXE-11 files go in and out, modules are read anew, missing packages are explained", async () => {
    await withExecutor(embedded, {}, async (executor, { workDir }) => {
      await mkdir(join(workDir, "data"), { recursive: true });
      await writeFile(join(workDir, "data", "in.csv"), "x\n1\n2\n");
      await writeFile(join(workDir, "tool.py"), "value = 1");
      const first = await python(
        executor,
        "import csv, os, tool",
        "rows = [int(row['x']) for row in csv.DictReader(open('data/in.csv'))]",
        "os.makedirs('plots/new')",
        "out = open('plots/new/sum.txt', 'w')", // never closed
        "out.write(str(sum(rows) + tool.value))",
        "open('bytes.bin', 'wb').write(bytes(range(256)))",
        "os.remove('data/in.csv')",
      );
      assert.deepEqual([first.exitCode, first.output], [0, ""]);
      assert.deepEqual(first.outputFiles, [join(workDir, "bytes.bin"), join(workDir, "plots/new/sum.txt")].toSorted());
      assert.equal(await readFile(join(workDir, "plots/new/sum.txt"), "utf8"), "4");
      assert.deepEqual(
        [...(await readFile(join(workDir, "bytes.bin")))],
        Array.from({ length: 256 }, (_, index) => index),
      );
      await assert.rejects(stat(join(workDir, "data/in.csv")));

      await writeFile(join(workDir, "tool.py"), "value = 20");
      await rm(join(workDir, "bytes.bin"));
      const second = await python(
        executor,
        "import os, tool",
        "print(tool.value, os.path.exists('bytes.bin'), 'rows' in globals(), open('plots/new/sum.txt').read())",
      );
      assert.equal(second.output, "20 False False 4\n");

      const missing = await python(executor, "import matplotlib");
      assert.equal(missing.exitCode, 1);
      assert.match(missing.output, /No module named 'matplotlib'\nThis sandbox has the standard library of Python/);
      assert.doesNotMatch(missing.output, /micropip/);
      assert.equal(
        (await python(executor, "import asyncio", "async def f(): return 5", "print(asyncio.run(f()))")).output,
        "5\n",
      );
      assert.deepEqual(
        (
          await Promise.all(
            ["raise SystemExit('bye')", "import sys; sys.exit()", "import sys; sys.exit(300)"].map((line) =>
              python(executor, line),
            ),
          )
        ).map(({ exitCode, output }) => [exitCode, output]),
        [
          [1, "bye\n"],
          [0, ""],
          [44, ""],
        ],
      );
    });
  });

  test("EXE-11 JavaScript and TypeScript work with the work folder and nothing else", async () => {
    await withExecutor(embedded, { timeoutSeconds: 2 }, async (executor, { folder, workDir }) => {
      await mkdir(workDir);
      await writeFile(join(folder, "secret.json"), '"marker-of-file"');
      await writeFile(join(workDir, "in.txt"), "in");
      const run = (language: string, ...lines: string[]) => executor.executeCodeBlocks([{ language, code: lines.join("\n") }]);
      const files = await run(
        "js",
        "const fs = require('fs');",
        "fs.writeFileSync('out.txt', fs.readFileSync('in.txt', 'utf8') + '!');",
        "console.error('one'); console.log('two');",
      );
      assert.deepEqual([files.exitCode, files.output], [0, "one\ntwo\n"]);
      assert.equal(await readFile(join(workDir, "out.txt"), "utf8"), "in!");
      const typed = await run("typescript", "const n: number = 3;", "console.log(n);", "export {};", "throw new Error('no');");
      assert.equal(typed.exitCode, 1);
      assert.match(typed.output, /^3\nError: no\n/);
      assert.equal((await run("js", "Deno.exit(5)")).exitCode, 5);
      assert.deepEqual([(await run("js", "for (;;);")).exitCode], [124]);

      const secret = join(folder, "secret.json");
      for (const lines of [
        [`import secret from ${JSON.stringify(secret)} with { type: "json" };`, "console.log(secret);"],
        [`import secret from ${JSON.stringify(secret)} with { type: "text" };`, "console.log(secret);"],
        [
          `const { default: secret } = await import(${JSON.stringify(secret)}, { with: { type: "json" } });`,
          "console.log(secret);",
        ],
        [`console.log(require(${JSON.stringify(secret)}));`],
        [`console.log(Deno.readTextFileSync(${JSON.stringify(secret)}));`],
        [`Deno.symlinkSync(${JSON.stringify(secret)}, "link"); console.log(Deno.readTextFileSync("link"));`],
        [`Deno.writeTextFileSync(${JSON.stringify(join(folder, "written"))}, "x");`],
        ["console.log(new Deno.Command('id').outputSync());"],
        ["await fetch('http://127.0.0.1:9/');"],
        [
          "new Worker('data:application/javascript,1', { type: 'module', deno: { permissions: 'inherit' } }); await Deno.connect({ port: 9 });",
        ],
        ["console.log(process.env);", "console.log(Deno.env.toObject());"],
      ]) {
        const result = await run("js", ...lines);
        assert.notEqual(result.exitCode, 0, lines.join("\n"));
        assert.doesNotMatch(result.output, /marker-of-file|PATH/);
        assert.doesNotMatch(result.output, /run again with/);
      }
      assert.deepEqual((await readdir(folder)).toSorted(), ["secret.json", "work"]);
      const shell = await run("sh", "ls");
      assert.match(shell.output, /^\nunknown language sh\. The embedded sandbox runs python .* needs Docker or bubblewrap/);
    });
  });

  test("EXE-22 restart gives a new interpreter; stopping twice is harmless; a missing package is named", async () => {
    await inFolder(async (folder, workDir) => {
      await using executor = new EmbeddedCodeExecutor({ workDir });
      await python(executor, "import sys", "sys.kept = 1");
      assert.equal((await python(executor, "import sys", "print(sys.kept)")).output, "1\n");
      await executor.restart();
      assert.equal((await python(executor, "import sys", "print(hasattr(sys, 'kept'))")).output, "False\n");
      await executor.stop();
      await executor.stop();

      const path = process.env["PATH"];
      process.env["PATH"] = "";
      try {
        const lacking = new EmbeddedCodeExecutor({ workDir, packagesFrom: [join(folder, "package.json")] });
        await assert.rejects(python(lacking, "1"), { code: "missing-package", message: /`npm install deno pyodide`/ });
      } finally {
        process.env["PATH"] = path;
      }
    });
  });
});
