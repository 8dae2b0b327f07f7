/** Which executor is taken. Design `sandbox`, sections 1 and 5. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "vitest";
import { bubblewrap, container, embedded, inFolder, podman, prepared } from "../../../../test/executors.js";
import { fakeExecutor } from "../../../features/testing/index.js";
import type { Candidate } from "./candidates.js";
import { CodeExecutorFactory, ExecutorChooser } from "./index.js";
import { selfTest, SELF_TEST_EXIT } from "./self-test.js";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";

test.skipIf(!bubblewrap.present)("BOX-17 the system's sandbox is taken when it holds, and the reason says so", async () => {
  await inFolder(async (_, workDir) => {
    const chooser = new ExecutorChooser();
    for (const useDocker of [undefined, true, "sandbox"] as const) {
      const { executor, reason } = await chooser.choose({ workDir, ...(useDocker === undefined ? {} : { useDocker }) });
      assert.equal(executor.name, "bubblewrap");
      assert.match(reason, /^Code runs in the system's sandbox \(bubblewrap\), which passed its self-test/);
      await executor.stop?.();
    }
  });
});

test.skipIf(!embedded.present)("BOX-17 without it the embedded sandbox is taken", { timeout: embedded.testLimit }, async () => {
  await inFolder(async (_, workDir) => {
    await withoutPath(async () => {
      const { executor, reason } = await new ExecutorChooser().choose({ workDir });
      assert.equal(executor.name, "embedded");
      assert.match(
        reason,
        /not used: a container \(No container engine answers .*\), the system's sandbox \(bubblewrap\) \(The program `bwrap` was not found/,
      );
      assert.equal((await executor.executeCodeBlocks([{ language: "js", code: "console.log(1)" }])).output, "1\n");
      await executor.stop?.();
    });
  });
});

prepared(container);

test.skipIf(!container.present)(
  "BOX-17 a container is taken first when it holds, the embedded one never instead of an image that was asked for",
  { timeout: 30_000 },
  async () => {
    await inFolder(async (folder, workDir) => {
      const { socket, image } = podman();
      process.env["DOCKER_HOST"] = `unix://${socket}`;
      try {
        const { executor, reason } = await new ExecutorChooser().choose({ workDir, useDocker: image });
        assert.deepEqual([executor.name, executor.isolated], ["container", true]);
        assert.equal(reason, `Code runs in a container of the image \`${image}\`.`);
        assert.equal((await executor.executeCodeBlocks([{ language: "sh", code: "echo 1" }])).output, "1\n");
        await executor.stop?.();
        const absent = new ExecutorChooser().choose({ workDir, useDocker: "localhost/absent:1" });
        await assert.rejects(absent, {
          code: "no-sandbox",
          message: /`localhost\/absent:1` cannot be used: The image .* could not be pulled/,
        });
        const named = await CodeExecutorFactory.create({ executor: "docker", docker: { workDir: join(folder, "named"), image } });
        assert.equal(named.name, "container");
        await assert.rejects(CodeExecutorFactory.create({ executor: "cobol" as "docker" }), {
          message: "Unknown code executor cobol",
        });
      } finally {
        delete process.env["DOCKER_HOST"];
      }
    });
  },
);

test("BOX-17 without any sandbox nothing runs, and the ways out are named", async () => {
  await inFolder(async (folder, workDir) => {
    await withoutPath(async () => {
      const chooser = new ExecutorChooser({ packagesFrom: ["/nonexistent/package.json"] });
      await assert.rejects(chooser.choose({ workDir }), (error: Error & { code?: string }) => {
        assert.equal(error.code, "no-sandbox");
        for (const way of [/No container engine answers/, /install.* bubblewrap/, /npm install deno pyodide/, /useDocker: false/])
          assert.match(error.message, way);
        return true;
      });
      await assert.rejects(chooser.choose({ workDir, useDocker: "python:3-slim" }), {
        code: "no-sandbox",
        message: /`python:3-slim` cannot be used/,
      });
      assert.deepEqual(await readdir(folder), []);
      const { executor, reason } = await chooser.choose({ workDir, useDocker: false });
      assert.deepEqual([executor.name, executor.isolated], ["local", false]);
      assert.match(reason, /unconfined, because `useDocker` is false/);
    });
  });
});

test('BOX-17 candidates are asked once, in order; "sandbox" leaves containers out; one that does not fit is passed over', async () => {
  const asked: string[] = [];
  const fake = (kind: Candidate["kind"], verdict: string | undefined, misfit?: string): Candidate => ({
    kind,
    name: `the ${kind}`,
    isContainer: kind === "container",
    verdict: async () => {
      asked.push(kind);
      return verdict;
    },
    misfit: ({ network = false }) => (network === false ? undefined : misfit),
    make: () => fakeExecutor(),
  });
  const chooser = new ExecutorChooser({
    candidates: [fake("container", undefined), fake("bubblewrap", undefined, "no way out"), fake("embedded", undefined)],
  });
  assert.equal((await chooser.choose()).reason, "Code runs in the container, which passed its self-test.");
  assert.equal(
    (await chooser.choose({ useDocker: "sandbox", network: "public" })).reason,
    "Code runs in the embedded, which passed its self-test; not used: the bubblewrap (no way out).",
  );
  await chooser.choose();
  assert.deepEqual(asked, ["container", "embedded"]);
});

test("EXE-05 AUTOGEN_USE_DOCKER decides where the settings say nothing", async () => {
  const chooser = new ExecutorChooser();
  try {
    process.env["AUTOGEN_USE_DOCKER"] = "No";
    const { executor, reason } = await chooser.choose();
    assert.equal(executor.name, "local");
    assert.match(reason, /unconfined, because the variable `AUTOGEN_USE_DOCKER` says so/);
    process.env["AUTOGEN_USE_DOCKER"] = "maybe";
    await assert.rejects(chooser.choose(), { code: "invalid-config", message: /Invalid value for AUTOGEN_USE_DOCKER: maybe/ });
  } finally {
    delete process.env["AUTOGEN_USE_DOCKER"];
  }
});

test("settings that make no sense are refused before anything is looked for", async () => {
  const chooser = new ExecutorChooser({ candidates: [] });
  for (const wrong of [{ network: "all" as never }, { limits: { processes: -1 } }, { timeoutSeconds: 0 }])
    await assert.rejects(chooser.choose(wrong), { code: "invalid-option" });
});

test("BOX-17 a sandbox that does not hold fails its self-test", async () => {
  const exit = { exitCode: SELF_TEST_EXIT, output: "" };
  assert.equal(await selfTest(async () => exit), undefined);
  assert.match(
    (await selfTest(async ({ outsideFile }) => ({ ...exit, output: await readFile(outsideFile, "utf8") }))) ?? "",
    /could read a file/,
  );
  assert.match((await selfTest(async ({ secret }) => ({ ...exit, output: secret }))) ?? "", /could read/);
  assert.match(
    (await selfTest(async () => ({ exitCode: 1, output: "no namespaces\n" }))) ?? "",
    /does not work here \(exit code 1: no namespaces\)/,
  );
  const connecting = selfTest(async ({ port }) => {
    await new Promise<void>((resolve) =>
      connect(port, "127.0.0.1")
        .on("close", () => resolve())
        .on("error", () => resolve()),
    );
    return exit;
  });
  assert.match((await connecting) ?? "", /could connect to this machine/);
});

async function withoutPath(body: () => Promise<void>): Promise<void> {
  const path = process.env["PATH"];
  process.env["PATH"] = "/nonexistent";
  try {
    await body();
  } finally {
    process.env["PATH"] = path;
  }
}
