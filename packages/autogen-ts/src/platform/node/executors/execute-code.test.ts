/** Code without an executor at hand, environments, and the check for containers. Chapter 24, sections 2 and 4. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, test } from "vitest";
import { hasComponents } from "../../../../test/components.js";
import { bubblewrap, container, inFolder, isRunning, local, podman, prepared, python } from "../../../../test/executors.js";
import { ExecutorChooser, LocalCommandLineCodeExecutor } from "./index.js";
import { checkCanUseDockerOrThrow, createVirtualEnv, executeCode } from "./optional/index.js";

describe.skipIf(!local.present)("executeCode", () => {
  const useDocker = false;

  test("EXE-10 success gives what was printed, failure only errors, without the place of the file", async () => {
    await inFolder(async (_, workDir) => {
      const both = "import sys\nprint('out')\nprint('err', file=sys.stderr)\n";
      assert.deepEqual(await executeCode(both, { workDir, useDocker }), [0, "out\n", null]);
      assert.deepEqual(await executeCode(`${both}sys.exit(4)`, { workDir, useDocker }), [4, "err\n", null]);
      const [code, logs] = await executeCode("1 / 0", { workDir, useDocker });
      assert.equal(code, 1);
      assert.match(logs, /^Traceback .*\n {2}File "", line 1, in <module>\n[\s\S]*ZeroDivisionError/);
      assert.equal(logs.includes(workDir) || logs.includes("tmp_code"), false);
      const [, named] = await executeCode("1 / 0", { workDir, useDocker, filename: "sub/bad.py" });
      assert.match(named, /File "bad\.py", line 1/);
      assert.equal(named.includes(workDir), false);
    });
  });

  test("EXE-10 a file without a name is removed, a named one stays as it was written and can be run again", async () => {
    await inFolder(async (_, workDir) => {
      await executeCode("print(1)", { workDir, useDocker });
      assert.deepEqual(await readdir(workDir), []);
      const code = "# filename: other.sh\npip install --help >/dev/null 2>&1\necho $0";
      const [exitCode, logs] = await executeCode(code, { workDir, useDocker, lang: "sh", filename: "a/b.sh" });
      assert.deepEqual([exitCode, logs], [0, `${join(workDir, "a/b.sh")}\n`]);
      assert.equal(await readFile(join(workDir, "a/b.sh"), "utf8"), code);
      await writeFile(join(workDir, "mine.py"), "print(2)");
      assert.deepEqual(await executeCode(null, { workDir, useDocker, filename: "mine.py" }), [0, "2\n", null]);
      assert.deepEqual((await readdir(workDir)).toSorted(), ["a", "mine.py"]);
    });
  });

  test("EXE-10 the time limit kills, and says no more than that", async () => {
    await inFolder(async (_, workDir) => {
      const code = "import time\nprint('on', flush=True)\ntime.sleep(60)";
      const result = await executeCode(code, { workDir, useDocker, timeout: 1, filename: "legacy_sleeps.py" });
      assert.deepEqual(result, [1, "Timeout", null]);
      assert.equal(isRunning("legacy_sleeps.py"), false);
    });
  });

  test("EXE-10 paths out of the work folder are refused, links too, and nothing is written", async () => {
    await inFolder(async (folder, workDir) => {
      await mkdir(workDir);
      await symlink(folder, join(workDir, "link"));
      for (const filename of ["../esc.py", "/tmp/esc.py", "a/../../esc.py", "link/esc.py", ""]) {
        const result = await executeCode("print(1)", { workDir, useDocker, filename });
        assert.deepEqual(result, [1, "Filename is not in the workspace", null], filename);
      }
      assert.deepEqual((await readdir(folder)).toSorted(), ["work"]);
      assert.deepEqual(await readdir(workDir), ["link"]);
    });
  });

  test("EXE-10 without code and file name, or in an unknown language, nothing is run", async () => {
    await inFolder(async (folder, workDir) => {
      await assert.rejects(executeCode(), { code: "invalid-option", message: /Pass the code, a `filename`, or both/ });
      await symlink("/etc/hostname", join(folder, "link.py"));
      await assert.rejects(executeCode(null, { workDir: folder, useDocker, filename: "link.py" }), { code: "invalid-option" });
      await rm(join(folder, "link.py"));
      const absent = executeCode(null, { workDir, useDocker, filename: "absent.py" });
      await assert.rejects(absent, { code: "invalid-option", message: /There is no file `absent\.py`/ });
      await assert.rejects(executeCode("puts 1", { workDir, useDocker, lang: "ruby" }), {
        code: "unsupported",
        message: "ruby not recognized in code execution",
      });
      await assert.rejects(executeCode("1", { workDir, useDocker: [] }), { code: "invalid-option" });
      assert.deepEqual(await readdir(folder), []);
    });
  });

  test("EXE-10 EXE-22 JavaScript runs, output is told as it comes, and an abort ends the run", async () => {
    await inFolder(async (_, workDir) => {
      assert.deepEqual(await executeCode("console.log(3)", { workDir, useDocker, lang: "javascript" }), [0, "3\n", null]);
      const controller = new AbortController();
      const heard: string[] = [];
      const onOutput = (text: string): void => {
        heard.push(text);
        controller.abort();
      };
      const code = "import time\nprint('on', end='', flush=True)\ntime.sleep(60)";
      await assert.rejects(executeCode(code, { workDir, useDocker, signal: controller.signal, onOutput }), { code: "aborted" });
      assert.deepEqual([heard, await readdir(workDir)], [["on"], []]);
    });
  });

  test.skipIf(!bubblewrap.present)("EXE-10 unless it is told otherwise it runs in a sandbox", async () => {
    await inFolder(async (folder, workDir) => {
      await writeFile(join(folder, "secret"), "secret-text");
      const code = `print(open(${JSON.stringify(join(folder, "secret"))}).read())`;
      const [exitCode, logs, image] = await executeCode(code, { workDir, useDocker: "sandbox" });
      assert.deepEqual([exitCode, image], [1, null]);
      assert.match(logs, /FileNotFoundError/);
      assert.doesNotMatch(logs, /secret-text/);
      assert.deepEqual(await readdir(workDir), []);
    });
  });
});

prepared(container);

describe.skipIf(!container.present)("executeCode in containers", { timeout: 60_000 }, () => {
  test("EXE-10 EXE-17 the first image that can be had is used and named; it can be kept with what the code did", async () => {
    await inFolder(async (_, workDir) => {
      const { socket, image, settings } = podman();
      process.env["DOCKER_HOST"] = `unix://${socket}`;
      try {
        const wanted = { workDir, useDocker: ["localhost/absent:1", image] };
        assert.deepEqual(await executeCode("print(1)\nraise SystemExit(3)", wanted), [3, "1\n", image]);
        assert.deepEqual(await readdir(workDir), []);
        const [code, , kept] = await executeCode("print(1)", { ...wanted, filename: "a b.py", commitImage: true });
        assert.deepEqual([code, kept], [0, "python:a_b.py"]);
        assert.deepEqual(await executeCode("print(2)", { workDir, useDocker: kept ?? "" }), [0, "2\n", kept]);
        assert.equal(settings.image, image);
      } finally {
        delete process.env["DOCKER_HOST"];
      }
    });
  });
});

describe.skipIf(!hasComponents("python3"))("createVirtualEnv", { timeout: 60_000 }, () => {
  test("EXE-16 makes an environment whose interpreter is used, by a relative path too", async () => {
    await inFolder(async (folder, workDir) => {
      const made = await createVirtualEnv(relative(process.cwd(), join(folder, "env")), { withPip: false });
      assert.deepEqual(made, { envName: "env", binPath: join(folder, "env/bin"), envExe: join(folder, "env/bin/python") });
      assert.ok(existsSync(made.envExe));
      const executor = new LocalCommandLineCodeExecutor({ workDir, virtualEnv: made });
      const { output } = await python(executor, "import sys, os", "print(sys.prefix, os.environ['VIRTUAL_ENV'])");
      assert.equal(output, `${join(folder, "env")} ${join(folder, "env")}\n`);
    });
  });

  test("EXE-16 what keeps it from being made is told", async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, "file"), "");
      const refused = createVirtualEnv(join(folder, "file"), { withPip: false });
      await assert.rejects(refused, {
        code: "executor-failed",
        message: /`.*\/file` could not be made: .*Unable to create directory/,
      });
      const signal = AbortSignal.abort();
      await assert.rejects(createVirtualEnv(join(folder, "env"), { signal }), { code: "aborted" });
    });
  });
});

describe("containers that must be there", () => {
  const engine = "unix:///nonexistent/engine.sock";
  const refusal = {
    code: "executor-failed",
    message:
      /No container engine answers[\s\S]*1\. Make sure that Docker or Podman is running[\s\S]*2\. Set `useDocker: false`[\s\S]*3\. .*AUTOGEN_USE_DOCKER/,
  };

  test("EXE-06 checkCanUseDockerOrThrow names three ways out, and only when a container is wanted outside of one", async () => {
    await assert.rejects(checkCanUseDockerOrThrow(true, { engine, insideContainer: false }), refusal);
    await assert.rejects(checkCanUseDockerOrThrow("python:3", { engine, insideContainer: false }), refusal);
    await checkCanUseDockerOrThrow(true, { engine, insideContainer: true });
    for (const value of [false, null, undefined, "sandbox"])
      await checkCanUseDockerOrThrow(value, { engine, insideContainer: false });
  });

  test("EXE-06 strictDockerCheck fails where another sandbox would be taken", async () => {
    process.env["DOCKER_HOST"] = engine;
    try {
      const chooser = new ExecutorChooser({ insideContainer: () => false });
      await assert.rejects(chooser.choose({ strictDockerCheck: true }), refusal);
      const { executor } = await chooser.choose({ strictDockerCheck: true, useDocker: false });
      assert.equal(executor.name, "local");
    } finally {
      delete process.env["DOCKER_HOST"];
    }
  });

  test("EXE-06 a container around this program counts as isolation only by explicit word", async () => {
    const inside = new ExecutorChooser({ insideContainer: () => true, candidates: [] });
    await assert.rejects(inside.choose(), { code: "no-sandbox" });
    const { executor, reason } = await inside.choose({ trustContainer: true });
    assert.deepEqual([executor.name, executor.isolated], ["local", false]);
    assert.match(reason, /unconfined, because this program is in a container that `trustContainer` trusts/);
    await assert.rejects(inside.choose({ trustContainer: true, useDocker: "sandbox" }), { code: "no-sandbox" });
    await assert.rejects(new ExecutorChooser({ insideContainer: () => false, candidates: [] }).choose({ trustContainer: true }), {
      code: "no-sandbox",
    });
    await assert.rejects(inside.choose({ trustContainer: "yes" as never }), { code: "invalid-option" });
    process.env["AUTOGEN_TRUST_CONTAINER"] = "1";
    try {
      assert.equal((await inside.choose()).executor.name, "local");
      await assert.rejects(inside.choose({ trustContainer: false }), { code: "no-sandbox" });
    } finally {
      delete process.env["AUTOGEN_TRUST_CONTAINER"];
    }
  });
});
