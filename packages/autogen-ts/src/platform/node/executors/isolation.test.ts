/** What code must not be able to do. Design `sandbox`, section 8, BOX-03 and BOX-10 to BOX-18. Local runs prove that the tests can fail. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import type { CodeExecutor } from "../../../code/index.js";
import {
  bubblewrap,
  candidates,
  container,
  embedded,
  isRunning,
  local,
  prepared,
  python,
  withExecutor,
} from "../../../../test/executors.js";
import type { Candidate } from "../../../../test/executors.js";

const LIMIT = { timeout: 120_000 }; // of the slowest executor

for (const candidate of candidates) prepared(candidate);

for (const candidate of [local, bubblewrap, container]) {
  test.skipIf(!candidate.present)(
    `BOX-03 EXE-13 ${candidate.name}: a daemon that left its group dies with the block`,
    LIMIT,
    async () => {
      await withExecutor(candidate, { timeoutSeconds: 1 }, async (executor) => {
        const name = `daemon_${process.pid}_${candidate.name}.py`;
        const result = await python(
          executor,
          `# filename: ${name}`,
          "import os, time",
          "if os.fork() == 0:",
          "    os.setsid()",
          "    if os.fork() > 0: os._exit(0)",
          "    while True: time.sleep(0.1)",
          "print('hanging', flush=True)",
          "time.sleep(60)",
        );
        assert.deepEqual([result.exitCode, result.output], [124, "hanging\n\nTimeout"]);
        assert.equal(isRunning(name), false);
      });
    },
  );
}

for (const candidate of candidates) {
  const verdict = candidate.isolated ? "cannot" : "can";
  const place = sharedExecutor(candidate);

  test.skipIf(!candidate.present)(
    `BOX-10 ${candidate.name}: code ${verdict} read files outside; the environment is never there`,
    LIMIT,
    async () => {
      process.env["AUTOGEN_TEST_KEY"] = "marker-of-environment";
      try {
        const { executor, folder, workDir } = await place();
        await writeFile(join(folder, ".env"), "marker-of-file");
        await symlink(join(folder, ".env"), join(workDir, "link"));
        const result = await python(
          executor,
          "import os",
          `for path in [${JSON.stringify(join(folder, ".env"))}, 'link', '../.env']:`,
          "    try: print(open(path).read())",
          "    except OSError: print('refused')",
          "print(dict(os.environ))",
        );
        assert.equal(result.output.includes("marker-of-file"), !candidate.isolated);
        assert.equal(result.output.includes("marker-of-environment"), false);
        assert.equal(result.exitCode, 0);
      } finally {
        delete process.env["AUTOGEN_TEST_KEY"];
      }
    },
  );

  test.skipIf(!candidate.present)(`BOX-11 ${candidate.name}: code ${verdict} write outside`, LIMIT, async () => {
    const { executor, folder, workDir } = await place();
    await mkdir(join(folder, "other"));
    await symlink(join(folder, "other"), join(workDir, "other"));
    const elsewhere = candidate.isolated ? ["/usr/written", "/etc/written", "/written"] : [];
    const result = await python(
      executor,
      `for path in ${JSON.stringify([join(folder, "other", "direct"), "other/through", ...elsewhere])}:`,
      "    try: open(path, 'w').write('x')",
      "    except OSError: pass",
      "print('done')",
    );
    assert.equal(result.output, "done\n");
    for (const path of [join(folder, "other", "direct"), join(folder, "other", "through")]) {
      assert.equal(await exists(path), !candidate.isolated, path);
    }
    for (const path of elsewhere) assert.equal(await exists(path), false, path);
  });

  test.skipIf(!candidate.present)(`BOX-12 ${candidate.name}: code ${verdict} connect to this machine`, LIMIT, async () => {
    const { executor, folder } = await place();
    let connections = 0;
    const count = (socket: { destroy(): void }): void => {
      connections++;
      socket.destroy();
    };
    const servers = [createServer(count), createServer(count), createServer(count)] as const;
    const abstract = `\0executors-${process.pid}-${candidate.name}`;
    await Promise.all([listen(servers[0], 0), listen(servers[1], join(folder, "socket")), listen(servers[2], abstract)]);
    const address = servers[0].address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const result = await python(
        executor,
        "import socket",
        "def attempt(kind, address):",
        "    try:",
        "        s = socket.socket(kind); s.settimeout(1); s.connect(address); s.recv(1)",
        "    except (OSError, AttributeError): pass",
        `attempt(socket.AF_INET, ('127.0.0.1', ${port}))`,
        "unix = getattr(socket, 'AF_UNIX', socket.AF_INET)",
        `attempt(unix, ${JSON.stringify(join(folder, "socket"))})`,
        `name = "\\0executors-${process.pid}-${candidate.name}"`,
        "attempt(unix, name)",
        "attempt(unix, name.ljust(108, chr(0)))", // some versions of Node fill the name up
        "print('done')",
      );
      assert.equal(result.exitCode === 0 || candidate === embedded, true, result.output);
      assert.equal(connections, candidate.isolated ? 0 : 3);
    } finally {
      for (const server of servers) server.close();
    }
  });
}

test.skipIf(!bubblewrap.present)("BOX-13 the number of processes is limited, and all are gone afterwards", LIMIT, async () => {
  const forks = (name: string): string[] => [
    `# filename: ${name}`,
    "import os, time",
    "made = 0",
    "for n in range(300):",
    "    try: child = os.fork()",
    "    except OSError: break",
    "    if child == 0:",
    "        time.sleep(4)",
    "        os._exit(0)",
    "    made += 1",
    "print(made)",
  ];
  await withExecutor(bubblewrap, {}, async (executor) => {
    const name = `forks_${process.pid}.py`;
    const result = await python(executor, ...forks(name));
    assert.ok(Number(result.output) > 0 && Number(result.output) <= 64, result.output);
    assert.equal(isRunning(name), false);
  });
  await withExecutor(local, {}, async (executor) => {
    const name = `forks_local_${process.pid}.py`;
    const result = await python(executor, ...forks(name));
    assert.equal(Number(result.output), 300);
    assert.equal(isRunning(name), true);
    await executor.stop?.();
    assert.equal(await soon(() => !isRunning(name)), true);
  });
});

test.skipIf(!bubblewrap.present)("BOX-14 memory, size of files and temporary space are limited", LIMIT, async () => {
  await withExecutor(bubblewrap, {}, async (executor) => {
    const memory = await python(executor, "kept = []", "for n in range(20): kept.append(bytearray(50 * 2**20))");
    assert.notEqual(memory.exitCode, 0);
    assert.match(memory.output, /MemoryError/);
    const write = (path: string, megabytes: number): string[] => [
      "import os",
      "try:",
      `    with open('${path}', 'wb') as file:`,
      `        for n in range(${megabytes}): file.write(b'x' * 1_000_000)`,
      "except OSError as problem: print(problem.strerror)",
      `print(os.path.getsize('${path}') // 1_000_000); os.remove('${path}')`,
    ];
    assert.equal((await python(executor, ...write("big", 300))).output, "File too large\n100\n");
    assert.match((await python(executor, ...write("/tmp/big", 90))).output, /^No space left on device\n6\d\n$/);
    assert.match((await python(executor, ...write("/dev/shm/big", 90))).output, /^No space left on device\n1\d\n$/);
  });
});

test.skipIf(!bubblewrap.present)(
  "BOX-15 no mounts, namespaces, tracing, signals to or devices of this machine",
  LIMIT,
  async () => {
    await withExecutor(bubblewrap, {}, async (executor) => {
      const result = await python(
        executor,
        "import ctypes, os",
        "libc = ctypes.CDLL(None)",
        "print('mount', libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))",
        "print('unshare', libc.unshare(0x10000000))",
        `print('ptrace', libc.ptrace(16, ${process.pid}, 0, 0))`,
        "try:",
        `    os.kill(${process.pid}, 0)`,
        "    print('signalled')",
        "except ProcessLookupError: print('unseen')",
        "print([name for name in ('/dev/kvm', '/dev/sda', '/home', '/root', '/var') if os.path.exists(name)])",
      );
      assert.equal(result.output, "mount -1\nunshare -1\nptrace -1\nunseen\n[]\n");
    });
  },
);

test.skipIf(!bubblewrap.present)(
  "BOX-18 what the code made and changed belongs to the caller, and what it removed is gone",
  LIMIT,
  async () => {
    await withExecutor(bubblewrap, {}, async (executor, { workDir }) => {
      await mkdir(workDir);
      await writeFile(join(workDir, "removed"), "x");
      await writeFile(join(workDir, "changed"), "old");
      const result = await executor.executeCodeBlocks([
        {
          language: "sh",
          code: "mkdir -p a/b && echo new > a/b/file && rm removed && echo new > changed && ln -s changed inside && mkfifo pipe",
        },
        { language: "bash", code: "cat inside; chmod u+s changed 2>/dev/null && exit 9; exit 0" },
      ]);
      assert.deepEqual([result.exitCode, result.output], [0, "new\n"]);
      assert.equal(await readFile(join(workDir, "a/b/file"), "utf8"), "new\n");
      assert.equal(await readFile(join(workDir, "changed"), "utf8"), "new\n");
      assert.equal(await exists(join(workDir, "removed")), false);
      for (const name of ["a", "a/b/file", "changed"]) assert.equal((await stat(join(workDir, name))).uid, process.getuid?.());
      const pipe = await python(executor, "# filename: pipe", "print(1)");
      assert.match(pipe.output, /^(1\n|Filename is not in the workspace)$/); // never hangs
    });
  },
);

/** One executor for several tests, made on first use. */
function sharedExecutor(candidate: Candidate): () => Promise<{ executor: CodeExecutor; folder: string; workDir: string }> {
  let made: Promise<{ executor: CodeExecutor; folder: string; workDir: string }> | undefined;
  const make = async (): Promise<{ executor: CodeExecutor; folder: string; workDir: string }> => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "executors-")));
    const workDir = join(folder, "work");
    await mkdir(workDir);
    return { executor: candidate.make({ workDir, timeoutSeconds: 20 }), folder, workDir };
  };
  afterAll(async () => {
    const place = await made;
    await place?.executor.stop?.();
    if (place !== undefined) await rm(place.folder, { recursive: true, force: true });
  });
  return () => (made ??= make());
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function listen(server: Server, where: number | string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    if (typeof where === "number") server.listen(where, "127.0.0.1", resolve);
    else server.listen(where, resolve);
  });
}

/** Killed processes need a moment to vanish from the list. */
async function soon(claim: () => boolean): Promise<boolean> {
  for (let attempt = 0; attempt < 50 && !claim(); attempt++) await new Promise((resolve) => setTimeout(resolve, 20));
  return claim();
}
