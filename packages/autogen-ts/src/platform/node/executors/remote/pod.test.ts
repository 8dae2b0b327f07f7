/** Pods, against a server that speaks the protocol of Kubernetes. EXE-19. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { hasComponents } from "../../../../../test/components.js";
import { isRunning, python } from "../../../../../test/executors.js";
import { kubernetesStub } from "../../../../../test/kubernetes-stub.js";
import { PodCommandLineCodeExecutor } from "../optional/index.js";
import type { PodExecutorOptions } from "../optional/index.js";

async function inCluster(
  options: PodExecutorOptions = {},
  protocol: "v4.channel.k8s.io" | "v5.channel.k8s.io" = "v5.channel.k8s.io",
) {
  const stub = await kubernetesStub(protocol, "secret");
  const workDir = realpathSync(mkdtempSync(join(tmpdir(), "pod-")));
  const executor = new PodCommandLineCodeExecutor({
    connection: { server: stub.server, token: "secret" },
    namespace: "sandbox",
    workDir,
    ...options,
  });
  onTestFinished(async () => {
    await executor.stop().catch(() => {});
    await stub.stop();
    rmSync(workDir, { recursive: true, force: true });
  });
  return { stub, workDir, executor };
}

describe.skipIf(!hasComponents("python3", "bash"))("pods", () => {
  for (const protocol of ["v4.channel.k8s.io", "v5.channel.k8s.io"] as const) {
    test(`EXE-19 code with $x and backticks arrives intact, by ${protocol}`, async () => {
      const { stub, workDir, executor } = await inCluster({}, protocol);
      const code = "# filename: sub/a.py\nprint('$x `id` é \\'', __import__('os').getcwd())";
      const result = await executor.executeCodeBlocks([
        { language: "py", code },
        { language: "bash", code: "x=7; echo $x `echo 8`; echo err >&2; exit 3" },
        { language: "sh", code: "echo never" },
      ]);
      assert.deepEqual(
        [result.exitCode, result.output, result.executor],
        [3, `$x \`id\` é ' ${workDir}\n7 8\nerr\n`, "kubernetes"],
      );
      assert.equal(result.codeFile, `${workDir}/sub/a.py`);
      assert.equal(readFileSync(join(workDir, "sub/a.py"), "utf8"), code);
      assert.ok(stub.asked.some((line) => line.endsWith(`/pods/${executor.podName}/exec as ${protocol}`)));
      assert.equal(stub.asked.filter((line) => line.startsWith("POST")).length, 1);
      await executor.stop();
      await executor.stop();
      assert.equal(stub.pods.size, 0);
    });
  }

  test("EXE-19 the pod can do little, and its spec can be replaced", async () => {
    const { stub, executor } = await inCluster({ podName: "mine", image: "python:3.12", podSpec: { nodeName: "n1" } });
    await python(executor, "1");
    expect(stub.pods.get("mine")).toMatchObject({
      kind: "Pod",
      metadata: { name: "mine" },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        nodeName: "n1",
        containers: [{ name: "autogen-code-exec", image: "python:3.12", securityContext: { capabilities: { drop: ["ALL"] } } }],
      },
    });
  });

  test("EXE-19 the time limit and an abort end the program, and the next block works", async () => {
    const { executor } = await inCluster({ timeoutSeconds: 1 });
    const late = await python(executor, "# filename: pod_sleeps.py", "import time", "print('on', flush=True)", "time.sleep(60)");
    assert.deepEqual([late.exitCode, late.output], [124, "on\n\nTimeout"]);
    assert.equal(isRunning("pod_sleeps.py"), false);
    const controller = new AbortController();
    const options = { signal: controller.signal, onOutput: () => controller.abort() };
    await assert.rejects(executor.executeCodeBlocks([{ language: "sh", code: "echo on; sleep 60" }], options), {
      code: "aborted",
    });
    assert.equal((await python(executor, "print(1)")).output, "1\n");
  });

  test("EXE-19 refusals: languages, names, namespaces, tokens", async () => {
    const { workDir, executor, stub } = await inCluster();
    assert.equal((await executor.executeCodeBlocks([{ language: "cobol", code: "1" }])).output, "\nunknown language cobol");
    assert.equal((await python(executor, "# filename: ../x.py", "1")).output, "Filename is not in the workspace");
    const saved = await executor.executeCodeBlocks([{ language: "css", code: "/* filename: a.css */" }]);
    assert.deepEqual([saved.exitCode, saved.output], [0, `Code saved to ${workDir}/a.css\n`]);
    await assert.rejects(executor.executeCodeBlocks([]), { message: "No code blocks to execute." });
    assert.throws(() => new PodCommandLineCodeExecutor({ podName: "A/b" }), { code: "invalid-option" });
    assert.throws(() => new PodCommandLineCodeExecutor({ timeoutSeconds: 0 }), {
      message: "Timeout must be greater than or equal to 1.",
    });
    await assert.rejects(python(new PodCommandLineCodeExecutor({ connection: { server: stub.server } }), "1"), {
      message: /pass the `namespace`/,
    });
    const wrong = new PodCommandLineCodeExecutor({ connection: { server: stub.server, token: "wrong" }, namespace: "sandbox" });
    await assert.rejects(
      python(wrong, "1"),
      (error: Error) => /status 401\): Unauthorized/.test(error.message) && !error.message.includes("wrong"),
    );
  });
});
