/** What bubblewrap adds to the contract. Design `sandbox`, section 4. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, test } from "vitest";
import { bubblewrap, inFolder, isRunning, python } from "../../../../test/executors.js";
import { ControlGroups } from "./control-groups.js";
import { BubblewrapCodeExecutor } from "./index.js";

const run = promisify(execFile);

describe.skipIf(!bubblewrap.present)("bubblewrap", { timeout: 30_000 }, () => {
  test("BOX-14 memory of all processes together is limited, and the model is told", async () => {
    await inFolder(async (_, workDir) => {
      await using executor = new BubblewrapCodeExecutor({ workDir, limits: { totalMemoryBytes: 200_000_000 } });
      const name = `children_${process.pid}.py`;
      const result = await python(
        executor,
        `# filename: ${name}`,
        "import os, time",
        "print('start', flush=True)",
        "for n in range(4):",
        "    if os.fork() == 0:",
        "        kept = b'x' * 100_000_000",
        "        time.sleep(20)",
        "        os._exit(0)",
        "while True: os.wait()",
      );
      assert.deepEqual([result.exitCode, result.output.slice(0, 6)], [result.exitCode === 0 ? 1 : result.exitCode, "start\n"]);
      assert.match(result.output, /Stopped: the code used more than 191 MB of memory\.$/);
      assert.equal(isRunning(name), false);
      assert.equal((await python(executor, "print('x' * 3)")).output, "xxx\n");
    });
  });

  test("BOX-13 a limit on processes can be set", async () => {
    await inFolder(async (_, workDir) => {
      await using executor = new BubblewrapCodeExecutor({ workDir, limits: { processes: 10 } });
      const result = await python(
        executor,
        "import os, time",
        "made = 0",
        "try:",
        "    while made < 50:",
        "        if os.fork() == 0: time.sleep(5); os._exit(0)",
        "        made += 1",
        "except OSError: print(made)",
      );
      assert.ok(Number(result.output) > 0 && Number(result.output) < 10, result.output);
    });
  });

  test("BOX-14 what a block may add to the work folder is limited, and nothing of it is kept by root", async () => {
    await inFolder(async (_, workDir) => {
      const limits = { folderBytes: 20_000_000, fileBytes: 10_000_000 };
      await using executor = new BubblewrapCodeExecutor({ workDir, limits });
      const result = await python(
        executor,
        "import time",
        "for n in range(4): open(f'big{n}', 'wb').write(b'x' * 9_000_000)",
        "time.sleep(20)",
      );
      assert.equal(result.exitCode, 137);
      assert.match(result.output, /Stopped: the code wrote more than 20 MB, or too many files, to the work folder\.$/);
      if (process.getuid?.() === 0)
        assert.deepEqual(
          (await readdir(workDir)).filter((name) => name.startsWith("big")),
          [],
        );
    });
  });

  test("wrong limits are refused when the executor is made", () => {
    for (const limits of [{ memoryBytes: 0 }, { processes: 1.5 }, { fileBytes: Number.NaN }, { memory: 1 }])
      assert.throws(() => new BubblewrapCodeExecutor({ limits }), { code: "invalid-option", message: /`limits\.\w+` is/ });
    for (const network of ["open", ["http://x"], [""], ["a b"], [7]] as never[])
      assert.throws(() => new BubblewrapCodeExecutor({ network }), {
        code: "invalid-option",
        message: /`network` has the value/,
      });
  });

  test("EXE-16 a virtual environment is used, with the Python that it was made from; never the home folder", async () => {
    await inFolder(async (folder, workDir) => {
      await chmod(folder, 0o755);
      const environment = join(folder, "environment");
      await run("/usr/bin/python3", ["-m", "venv", "--without-pip", environment]);
      const { stdout } = await run(join(environment, "bin", "python3"), ["-c", "import site; print(site.getsitepackages()[0])"]);
      await writeFile(join(stdout.trim(), "of_the_environment.py"), "word = 'found'\n");
      await using executor = new BubblewrapCodeExecutor({ workDir, interpreters: [environment] });
      const result = await python(
        executor,
        "import of_the_environment, sys",
        "print(of_the_environment.word, sys.prefix)",
        "try: open(of_the_environment.__file__, 'w')",
        "except OSError as problem: print(problem.strerror)",
      );
      assert.equal(result.output, `found ${environment}\nRead-only file system\n`);

      for (const wrong of [homedir(), dirname(homedir()), "/", join(folder, "absent")]) {
        const refused = new BubblewrapCodeExecutor({ workDir, interpreters: [wrong] });
        await assert.rejects(python(refused, "1"), { code: "invalid-option", message: new RegExp(`\`${wrong}\``) });
      }
      await symlink(homedir(), join(folder, "link"));
      const hidden = new BubblewrapCodeExecutor({ workDir, interpreters: [join(folder, "link")] });
      await assert.rejects(python(hidden, "1"), { code: "invalid-option" });
    });
  });

  test("BOX-18 an interpreter that the account of the sandbox cannot reach is named", async ({ skip }) => {
    if (process.getuid?.() !== 0) skip(); // others start the sandbox themselves, and reach what they reach
    await inFolder(async (folder, workDir) => {
      await mkdir(join(folder, "tool", "bin"), { recursive: true });
      const executor = new BubblewrapCodeExecutor({ workDir, interpreters: [join(folder, "tool")] });
      await assert.rejects(python(executor, "1"), { code: "executor-failed", message: /cannot pass .*\/opt/s });
      await chmod(folder, 0o755);
      assert.equal((await python(executor, "print(1)")).output, "1\n"); // the look is repeated
    });
  });

  test("no control group is left behind", async () => {
    await inFolder(async (_, workDir) => {
      await using executor = new BubblewrapCodeExecutor({ workDir, timeoutSeconds: 1 });
      await python(executor, "import os", "for n in range(20): os.fork() or os._exit(0)");
      await python(executor, "while True: pass");
      await executor.stop();
      const group = (await ControlGroups.find()).make({ memoryBytes: 1e9, processes: 10 });
      const left = await Promise.all((group?.folders ?? []).map((folder) => readdir(dirname(folder))));
      await group?.remove();
      for (const names of left) assert.equal(names.filter((name) => name.startsWith(`autogen-${process.pid}-`)).length, 1); // ours
    });
  });

  test("network true lifts the isolation of the network, and nothing else", async () => {
    const server = createServer((_request, response) => response.end("from this machine"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await inFolder(async (folder, workDir) => {
        await writeFile(join(folder, "secret"), "marker");
        await using executor = new BubblewrapCodeExecutor({ workDir, network: true });
        const result = await python(
          executor,
          "import os, urllib.request",
          `print(urllib.request.urlopen('http://127.0.0.1:${port}/').read().decode())`,
          `print(os.path.exists(${JSON.stringify(join(folder, "secret"))}))`,
        );
        assert.equal(result.output, "from this machine\nFalse\n");
      });
    } finally {
      server.close();
    }
  });

  test("output has no commands for a terminal, in events as well", async () => {
    await inFolder(async (_, workDir) => {
      await using executor = new BubblewrapCodeExecutor({ workDir });
      const seen: string[] = [];
      const code = String.raw`printf 'a\033[31mred\033[0m\033]0;title\007\033]52;c;ZWNobw==\007b\tc\bd\n'`;
      const result = await executor.executeCodeBlocks([{ language: "sh", code }], { onOutput: (text) => seen.push(text) });
      assert.equal(result.output, "aredb\tcd\n");
      assert.equal(seen.join(""), "aredb\tcd\n");
    });
  });
});
