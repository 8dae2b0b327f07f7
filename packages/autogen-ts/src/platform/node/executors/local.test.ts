/** Running on this machine. Specification chapter 24, section 6. */
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { test } from "vitest";
import { LocalCommandLineCodeExecutor } from "./index.js";
import { inFolder, local, python, withExecutor } from "../../../../test/executors.js";

test("EXE-11 several blocks until one fails; saved files have the names of the reference", async () => {
  await withExecutor(local, {}, async (executor, { workDir }) => {
    const result = await executor.executeCodeBlocks([
      { language: "python", code: "print('hi')" },
      { language: "sh", code: "echo one; echo $((1+2))" },
      { language: "bash", code: "for i in 1 2; do echo b$i; done" },
      { language: "shell", code: "echo three" },
      { language: "sh", code: "exit 9" },
      { language: "sh", code: "echo never" },
    ]);
    assert.deepEqual(result, {
      exitCode: 9,
      output: "hi\none\n3\nb1\nb2\nthree\n",
      streams: { stdout: "hi\none\n3\nb1\nb2\nthree\n", stderr: "" },
      codeFile: join(workDir, "tmp_code_701bf4a4743e5e0361e26999881a5ce9.py"),
      executor: "local",
    });
    assert.deepEqual((await readdir(workDir)).toSorted(), [
      "tmp_code_19ee611bd5c7008d0c048eff664cdd44.sh",
      "tmp_code_596127615aef67552a5521f04cd46b27.bash",
      "tmp_code_6b4881a36eb4183bbdb23db81b1cd8c3.sh",
      "tmp_code_701bf4a4743e5e0361e26999881a5ce9.py",
      "tmp_code_ef657b2c6fe01f336b7463990e650021.shell",
    ]);
  });
});

test("EXE-11 an empty language is unknown; policies decide what is only saved", async () => {
  await inFolder(async (_, workDir) => {
    const executor = new LocalCommandLineCodeExecutor({ workDir, executionPolicies: { python: false, javascript: true } });
    assert.equal((await executor.executeCodeBlocks([{ language: "", code: "print('none')" }])).output, "\nunknown language ");
    const result = await executor.executeCodeBlocks([
      { language: "python", code: "# filename: sub/a.py" },
      { language: "javascript", code: "console.log(1)" },
    ]);
    assert.deepEqual([result.exitCode, result.output], [0, `Code saved to ${join(workDir, "sub/a.py")}\n1\n`]);
  });
});

test("EXE-13 a background child does not hold the block up, and ends with the executor", async () => {
  await withExecutor(local, {}, async (executor, { workDir }) => {
    const begun = performance.now();
    const result = await executor.executeCodeBlocks([
      { language: "sh", code: "(sleep 30; echo late > late) & echo $! > pid; echo done; exit 5" },
    ]);
    assert.deepEqual([result.exitCode, result.output], [5, "done\n"]);
    assert.ok(performance.now() - begun < 1_500);
    await executor.stop?.();
    const pid = Number(await readFile(join(workDir, "pid"), "utf8"));
    if (process.platform === "linux")
      assert.doesNotMatch(await readFile(`/proc/${pid}/stat`, "latin1").catch(() => ""), /\) [RSD] /);
  });
});

test("EXE-14 dangerous commands: a result, an error or nothing, as the user chooses", async () => {
  await inFolder(async (_, workDir) => {
    const block = [{ language: "sh", code: "rm -rf ./x" }];
    const text = "Potentially dangerous command detected: Use of 'rm -rf' command is not allowed.";
    const failed = await new LocalCommandLineCodeExecutor({ workDir }).executeCodeBlocks(block);
    assert.deepEqual([failed.exitCode, failed.output, failed.codeFile], [1, text, null]);
    await assert.rejects(new LocalCommandLineCodeExecutor({ workDir, sanitize: "throw" }).executeCodeBlocks(block), {
      code: "executor-failed",
      message: text,
    });
    assert.equal((await new LocalCommandLineCodeExecutor({ workDir, sanitize: "off" }).executeCodeBlocks(block)).exitCode, 0);
  });
});

test("EXE-16 a virtual environment's interpreter is used, by a relative path too", async () => {
  await inFolder(async (folder, workDir) => {
    await mkdir(join(folder, "venv", "bin"), { recursive: true });
    await writeFile(join(folder, "venv", "bin", "python3"), "#!/bin/sh\necho from the environment at $VIRTUAL_ENV\n", {
      mode: 0o755,
    });
    const executor = new LocalCommandLineCodeExecutor({ workDir, virtualEnv: relative(process.cwd(), join(folder, "venv")) });
    assert.equal((await python(executor, "1")).output, `from the environment at ${join(folder, "venv")}\n`);
  });
});

test("EXE-21 the environment is an allow-list, bytes that are no UTF-8 are replaced, a missing program is 127", async () => {
  await inFolder(async (_, workDir) => {
    process.env["OPENAI_API_KEY"] = "marker";
    try {
      const show = [{ language: "sh", code: "echo $OPENAI_API_KEY$GIVEN" }];
      assert.equal(
        (await new LocalCommandLineCodeExecutor({ workDir, env: { GIVEN: "yes" } }).executeCodeBlocks(show)).output,
        "yes\n",
      );
      assert.equal(
        (await new LocalCommandLineCodeExecutor({ workDir, inheritEnv: true }).executeCodeBlocks(show)).output,
        "marker\n",
      );
    } finally {
      delete process.env["OPENAI_API_KEY"];
    }
    const executor = new LocalCommandLineCodeExecutor({ workDir, env: { PATH: workDir } });
    const missing = await python(executor, "1");
    assert.equal(missing.exitCode, 127);
    assert.match(missing.output, /No program for python was found on this machine \(looked for python3, python, py\)/);
    const bytes = await new LocalCommandLineCodeExecutor({ workDir }).executeCodeBlocks([
      { language: "sh", code: "printf 'a\\377b'" },
    ]);
    assert.equal(bytes.output, "a\ufffdb");
    const cut = await new LocalCommandLineCodeExecutor({ workDir, limits: { outputBytes: 10 } }).executeCodeBlocks([
      { language: "sh", code: "printf 0123456789abcdef" },
    ]);
    assert.equal(cut.output, "01234\n[... 6 bytes of output left out ...]\nbcdef");
  });
});

test("EXE-22 output arrives while the block runs, and signals are not listened to between blocks", async () => {
  await withExecutor(local, {}, async (executor) => {
    const listeners = (): number[] => ["exit", "SIGINT", "SIGTERM", "SIGHUP"].map((name) => process.listenerCount(name));
    const before = listeners();
    const seen: string[] = [];
    const during: number[][] = [];
    const onOutput = (text: string, stream: "stdout" | "stderr"): void => {
      seen.push(`${stream} ${text}`);
      during.push(listeners());
    };
    await executor.executeCodeBlocks([{ language: "sh", code: "echo a; sleep 0.1; echo b >&2" }], { onOutput });
    assert.deepEqual(seen, ["stdout a\n", "stderr b\n"]);
    assert.deepEqual(
      during[0],
      before.map((count) => count + 1),
    );
    assert.deepEqual(listeners(), before);
  });
});

test("BOX-06 a work folder that is a link itself can be used", async () => {
  await inFolder(async (folder) => {
    await mkdir(join(folder, "real"));
    await symlink(join(folder, "real"), join(folder, "link"));
    const executor = new LocalCommandLineCodeExecutor({ workDir: join(folder, "link") });
    assert.equal((await python(executor, "# filename: a.py", "print(1)")).output, "1\n");
    assert.deepEqual(await readdir(join(folder, "real")), ["a.py"]);
  });
});
