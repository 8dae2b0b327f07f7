/** What a container adds to the start of an interpreter: one container serves all blocks, so only the first one waits. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DockerCommandLineCodeExecutor } from "autogen-ts/executors";

const BLOCKS = 25;

export async function run() {
  const hasPodman = process.getuid?.() === 0 && spawnSync("podman", ["--version"]).status === 0;
  if (!hasPodman) return [{ label: "skipped: needs Podman, and root on Debian", value: 0, unit: "runs" }];
  const folder = mkdtempSync(join(tmpdir(), "bench-container-"));
  const { startPodman } = await engineOfTests(folder);
  const podman = await startPodman();
  try {
    return await measure(podman, join(folder, "work"));
  } finally {
    await podman.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(podman, workDir) {
  mkdirSync(workDir);
  const executor = new DockerCommandLineCodeExecutor({ ...podman.settings, workDir });
  const block = [{ language: "python", code: "print(1)" }];
  try {
    const first = await timed(() => executor.executeCodeBlocks(block));
    const reused = [];
    const bare = [];
    const file = join(workDir, "bare.py");
    writeFileSync(file, "print(1)\n");
    // In turns, so that other work on the machine meets both alike.
    for (let number = 0; number < BLOCKS; number++) {
      bare.push(await timed(() => spawnSync("/usr/bin/python3", [file])));
      reused.push(await timed(() => executor.executeCodeBlocks(block)));
    }
    return [
      { label: "first block, container started", value: first, unit: "ms" },
      { label: "bare interpreter, median", value: median(bare), unit: "ms" },
      { label: "block in the same container, median", value: median(reused), unit: "ms" },
      { label: "start-up over the bare interpreter", value: median(reused) - median(bare), unit: "ms", atMost: 150 },
    ];
  } finally {
    await executor.stop();
  }
}

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** The engine that tests start is written in TypeScript, which Node 20 does not read. */
async function engineOfTests(folder) {
  const source = new URL("../packages/autogen-ts/test/podman.ts", import.meta.url);
  const { transpileModule, ModuleKind, ScriptTarget } = createRequire(import.meta.url)("typescript");
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 };
  const file = join(folder, "podman.mjs");
  writeFileSync(file, transpileModule(readFileSync(source, "utf8"), { compilerOptions }).outputText);
  return import(pathToFileURL(file).href);
}
