/** The container executor on a real engine, beyond what all executors must do. EXE-17, BOX-13 to BOX-18. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, test } from "vitest";
import { hasComponents } from "../../../../../test/components.js";
import { inFolder, isRunning, python } from "../../../../../test/executors.js";
import { startPodman } from "../../../../../test/podman.js";
import type { Podman } from "../../../../../test/podman.js";
import { DockerCommandLineCodeExecutor } from "../optional/index.js";
import type { DockerExecutorOptions } from "../optional/index.js";

describe.skipIf(!hasComponents("podman"))("container", { timeout: 30_000 }, () => {
  let podman: Podman;
  beforeAll(async () => void (podman = await startPodman()), 60_000);
  afterAll(async () => podman.stop(), 60_000);

  const withContainer = (
    options: DockerExecutorOptions,
    body: (executor: DockerCommandLineCodeExecutor, workDir: string) => Promise<void>,
  ) =>
    inFolder(async (_, workDir) => {
      await mkdir(workDir);
      await using executor = new DockerCommandLineCodeExecutor({ ...podman.settings, workDir, timeoutSeconds: 20, ...options });
      await body(executor, workDir);
    });
  const running = async (name: string) =>
    (await podman.command("ps", "--all", "--format", "{{.Names}} {{.Image}}"))
      .split("\n")
      .filter((line) => line.startsWith(name));

  test("EXE-17 one container serves all blocks, restart makes a new one, stop removes it and may be called twice", async () => {
    await withContainer({}, async (executor) => {
      await python(executor, "open('/tmp/state', 'w').write('kept')");
      assert.equal((await python(executor, "print(open('/tmp/state').read())")).output, "kept\n");
      assert.deepEqual(await running(executor.containerName), [`${executor.containerName} ${podman.image}`]);
      await executor.restart();
      assert.equal((await python(executor, "import os", "print(os.path.exists('/tmp/state'))")).output, "False\n");
      await executor.stop();
      await executor.stop();
      assert.deepEqual(await running(executor.containerName), []);
    });
  });

  test("EXE-17 a kept container outlives its executor, and is used again by name", async () => {
    const containerName = `kept-${process.pid}`;
    await inFolder(async (folder, workDir) => {
      await mkdir(workDir);
      const options = { ...podman.settings, workDir, containerName, stopContainer: false, user: "65534:65534", bindDir: workDir };
      const first = new DockerCommandLineCodeExecutor(options);
      await first.executeCodeBlocks([{ language: "sh", code: "echo kept > /tmp/state" }]);
      await first.stop();
      const second = new DockerCommandLineCodeExecutor(options);
      assert.equal((await second.executeCodeBlocks([{ language: "sh", code: "cat /tmp/state" }])).output, "kept\n");
      const other = new DockerCommandLineCodeExecutor({ ...options, limits: { processes: 5 } });
      await assert.rejects(other.executeCodeBlocks([{ language: "sh", code: "true" }]), { message: /another `containerName`/ });
      await second.restart();
      assert.deepEqual(await running(containerName), []);
      assert.ok(folder);
    });
  });

  test("BOX-13 the number of processes is limited, and what a block leaves running ends with it", async () => {
    await withContainer({}, async (executor) => {
      const name = `forks_container_${process.pid}.py`;
      const result = await python(
        executor,
        `# filename: ${name}`,
        "import os, time",
        "made = 0",
        "for n in range(300):",
        "    try: child = os.fork()",
        "    except OSError: break",
        "    if child == 0:",
        "        os.setsid()",
        "        time.sleep(30)",
        "        os._exit(0)",
        "    made += 1",
        "print(made)",
      );
      assert.ok(Number(result.output) > 0 && Number(result.output) <= 64, result.output);
      // They sleep for 30 s; those that were killed need a moment to vanish from the list.
      for (let attempt = 0; attempt < 50 && isRunning(name); attempt++) await wait(100);
      assert.equal(isRunning(name), false);
    });
  });

  test("BOX-14 memory, size of files and temporary space are limited, and the next block works", async () => {
    await withContainer({ limits: { totalMemoryBytes: 128 * 2 ** 20 } }, async (executor) => {
      const memory = await python(executor, "kept = []", "for n in range(20): kept.append(bytearray(50 * 2**20))");
      assert.equal(memory.exitCode, 137);
      assert.match(memory.output, /Killed: .*128 MiB of memory/);
      const file = await python(executor, "open('big', 'wb').write(b'x' * 120_000_000)");
      assert.match(file.output, /File too large|MemoryError/);
      const filled = await executor.executeCodeBlocks([{ language: "sh", code: "head -c 90000000 /dev/zero > /tmp/big" }]);
      assert.match(filled.output, /No space left on device/);
    });
  });

  test("BOX-14 the memory of one process is limited for itself", async () => {
    await withContainer({ limits: { memoryBytes: 100 * 2 ** 20 } }, async (executor) => {
      const result = await python(executor, "kept = bytearray(50 * 2**20)", "print('half')", "kept += bytearray(80 * 2**20)");
      assert.equal(result.exitCode, 1);
      assert.match(result.output, /^half\n[\s\S]*MemoryError/);
      assert.equal((await python(executor, "print(1)")).output, "1\n");
    });
  });

  test("BOX-15 no rights, devices, mounts or writable system; an ordinary user", async () => {
    await withContainer({}, async (executor) => {
      const result = await python(
        executor,
        "import ctypes, os",
        "libc = ctypes.CDLL(None)",
        "print('mount', libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))",
        "print(os.getuid() == 0, [line for line in open('/proc/self/status') if line.startswith(('CapEff', 'NoNewPrivs'))])",
        "print([name for name in ('/dev/kvm', '/dev/sda', '/dev/vda') if os.path.exists(name)])",
        "for path in ('/usr/written', '/etc/written', '/written'):",
        "    try: open(path, 'w')",
        "    except OSError as problem: print(problem.strerror)",
      );
      const readOnly = "Read-only file system\n".repeat(3);
      const status = "False ['CapEff:\\t0000000000000000\\n', 'NoNewPrivs:\\t1\\n']";
      assert.equal(result.output, `mount -1\n${status}\n[]\n${readOnly}`);
    });
  });

  test("BOX-18 EXE-17 what the code made and changed belongs to the caller, and what it removed is gone", async () => {
    await withContainer({}, async (executor, workDir) => {
      await writeFile(join(workDir, "removed"), "x");
      await writeFile(join(workDir, "changed"), "old");
      const code = "mkdir -p a && echo new > a/file && rm removed && echo new > changed";
      assert.equal((await executor.executeCodeBlocks([{ language: "sh", code }])).exitCode, 0);
      assert.equal(await readFile(join(workDir, "a/file"), "utf8"), "new\n");
      assert.equal(await readFile(join(workDir, "changed"), "utf8"), "new\n");
      await assert.rejects(stat(join(workDir, "removed")));
      for (const name of ["a", "a/file", "changed"]) assert.equal((await stat(join(workDir, name))).uid, process.getuid?.());
    });
  });

  test("EXE-17 EXE-21 an interpreter that the image lacks is named; code that kills its own wrapper harms only itself", async () => {
    await withContainer({ executionPolicies: { javascript: true } }, async (executor) => {
      const lacking = await executor.executeCodeBlocks([{ language: "javascript", code: "1" }]);
      assert.deepEqual(
        [lacking.exitCode, lacking.output],
        [127, "No program for javascript was found in the image (looked for node). Use an image that has one.\n"],
      );
      const killing = await python(executor, "import os", "os.kill(-1, 9)");
      assert.equal(killing.exitCode, 137);
      assert.equal((await python(executor, "print(1)")).output, "1\n");
    });
  });

  test("EXE-17 EXE-22 a container ends with the process that started it, also when that is killed", async () => {
    await inFolder(async (_, workDir) => {
      const program = fileURLToPath(new URL("../../../../../test/fixtures/hanging-container.mjs", import.meta.url));
      const host = spawn(process.execPath, [program, JSON.stringify({ ...podman.settings, workDir })], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const name = String(await new Promise<Buffer>((resolve) => host.stdout.once("data", resolve))).trim();
      assert.equal((await running(name)).length, 1);
      host.kill("SIGKILL");
      const gone = async (): Promise<boolean> => (await running(name)).length === 0;
      for (let attempt = 0; attempt < 100 && !(await gone()); attempt++) await wait(100);
      assert.equal(await gone(), true);
    });
  });
});
