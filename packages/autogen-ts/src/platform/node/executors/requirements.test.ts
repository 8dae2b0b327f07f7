/** Functions and packages for Python blocks. Specification chapter 24, sections 6 and 11. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "vitest";
import { bubblewrap, inFolder, local, python } from "../../../../test/executors.js";
import { hasComponents } from "../../../../test/components.js";
import { FunctionWithRequirements } from "../../../code/index.js";
import { BubblewrapCodeExecutor, LocalCommandLineCodeExecutor } from "./index.js";
import { newShared } from "./shared.js";
import { pythonEnvironment, requirePackages } from "./python-environments.js";

const makers = [
  [local, (options: object) => new LocalCommandLineCodeExecutor(options)],
  [bubblewrap, (options: object) => new BubblewrapCodeExecutor(options)],
] as const;

for (const [candidate, make] of makers) {
  describe.skipIf(!candidate.present)(candidate.name, { timeout: 60_000 }, () => {
    test("EXE-20 functions can be imported; what is wrong with them is told", async () => {
      await inFolder(async (_, workDir) => {
        const triple = "def triple(n: int) -> int:\n    return 3 * n\n";
        const executor = make({ workDir, functions: [triple], functionsModule: "mine" });
        assert.equal((await python(executor, "from mine import triple", "print(triple(4))")).output, "12\n");
        const failing = await python(executor, "from mine import triple", "triple(None)");
        assert.match(failing.output, /TypeError/);
        const missing = make({
          workDir,
          functions: [FunctionWithRequirements.fromStr("def f(): ...", { globalImports: ["no_such_module"] })],
        });
        await assert.rejects(python(missing, "1"), {
          code: "executor-failed",
          message: /^Functions failed to load: [\s\S]*no_such_module/,
        });
        const broken = make({ workDir, functions: ["def f():\n  return ((\n"] });
        await assert.rejects(python(broken, "1"), {
          code: "executor-failed",
          message: /^Functions failed to load: [\s\S]*SyntaxError/,
        });
        assert.throws(() => make({ workDir, functionsModule: "not ok" }), { code: "invalid-option" });
      });
    });
  });
}

/** A package of one module, made by hand: a wheel is an archive with three texts about itself. */
function wheel(folder: string): void {
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/tiny_of_test-1.2-py3-none-any.whl", "w") as archive:
    archive.writestr("tiny_of_test.py", "word = 'tiny'\\n")
    archive.writestr("tiny_of_test-1.2.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny-of-test\\nVersion: 1.2\\n")
    archive.writestr("tiny_of_test-1.2.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    archive.writestr("tiny_of_test-1.2.dist-info/RECORD", "")
`;
  execFileSync("/usr/bin/python3", ["-c", script, folder]);
}

describe.skipIf(!hasComponents("python3", "pip", "bubblewrap"))("packages", { timeout: 120_000 }, () => {
  test("EXE-16 packages are installed once per set, wheels only, and can be read by the code", async () => {
    await inFolder(async (folder, workDir) => {
      await chmod(folder, 0o755);
      await mkdir(join(folder, "wheels"));
      wheel(join(folder, "wheels"));
      const before = { ...process.env };
      Object.assign(process.env, { PIP_NO_INDEX: "1", PIP_FIND_LINKS: join(folder, "wheels") });
      try {
        const options = {
          python: "/usr/bin/python3",
          forOthers: true,
          cleanup: newShared().cleanup,
          folder: join(folder, "cache"),
        };
        const [one, two] = await Promise.all([
          pythonEnvironment(["tiny-of-test>=1", "tiny_of_test"], options),
          pythonEnvironment(["tiny_of_test", "tiny-of-test>=1"], options),
        ]);
        assert.equal(one, two);
        assert.deepEqual(await readdir(join(folder, "cache")), [one.split("/").at(-1)]);
        const made = (await stat(one)).ctimeMs;
        assert.equal(await pythonEnvironment(["tiny_of_test", "tiny-of-test>=1"], options), one);
        assert.equal((await stat(one)).ctimeMs, made);

        await using executor = new BubblewrapCodeExecutor({ workDir, interpreters: [one] });
        assert.equal((await python(executor, "import tiny_of_test", "print(tiny_of_test.word)")).output, "tiny\n");

        await assert.rejects(pythonEnvironment(["no-such-package-of-test"], options), {
          code: "executor-failed",
          message: /^Pip install failed\. [\s\S]*no-such-package-of-test/,
        });
        // What a process that was killed has left is taken up.
        await rm(join(one, "autogen-complete.json"));
        await writeFile(`${one}.lock`, "999999999");
        assert.equal(await pythonEnvironment(["tiny_of_test", "tiny-of-test>=1"], options), one);
      } finally {
        process.env["PIP_NO_INDEX"] = before["PIP_NO_INDEX"];
        process.env["PIP_FIND_LINKS"] = before["PIP_FIND_LINKS"];
        if (before["PIP_NO_INDEX"] === undefined) delete process.env["PIP_NO_INDEX"];
        if (before["PIP_FIND_LINKS"] === undefined) delete process.env["PIP_FIND_LINKS"];
      }
    });
  });
});

test("packages are names of the registry with versions, nothing else", () => {
  assert.deepEqual(requirePackages(["numpy", "pandas[excel] >=2, <3", "numpy", "a.b_c==1.0.*"]), [
    "a.b_c==1.0.*",
    "numpy",
    "pandas[excel] >=2, <3",
  ]);
  for (const wrong of [
    "",
    "-e .",
    "--index-url=http://x",
    "a @ https://x/y.whl",
    "https://x/y.whl",
    "./local",
    "git+ssh://x",
    "a; b",
    "a\nb",
    "../x.whl",
  ])
    assert.throws(() => requirePackages([wrong]), { code: "invalid-option" }, wrong);
});
