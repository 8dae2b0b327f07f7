/** The executors under test, and folders to test them in. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { CodeExecutor, CodeResult } from "../src/code/index.js";
import {
  BubblewrapCodeExecutor,
  EmbeddedCodeExecutor,
  LocalCommandLineCodeExecutor,
} from "../src/platform/node/executors/index.js";
import { DockerCommandLineCodeExecutor, SandboxRuntimeCodeExecutor } from "../src/platform/node/executors/optional/index.js";
import type { SharedByExecutors } from "../src/platform/node/executors/index.js";
import { hasComponents } from "./components.js";
import { startPodman } from "./podman.js";
import type { Podman } from "./podman.js";

export interface Candidate {
  readonly name: string;
  readonly present: boolean;
  readonly isolated: boolean;
  /** How long a test may take, in milliseconds: the executor's own limits on starting come first. */
  readonly testLimit: number;
  /** Starts what the executor needs to run; gives what ends it. */
  readonly prepare?: () => Promise<() => Promise<void>>;
  make(options: {
    readonly workDir: string;
    readonly timeoutSeconds?: number;
    readonly shared?: SharedByExecutors;
  }): CodeExecutor;
}

export const local: Candidate = {
  name: "local",
  present: hasComponents("python3"),
  isolated: false,
  testLimit: 30_000,
  make: (options) => new LocalCommandLineCodeExecutor(options),
};

export const bubblewrap: Candidate = {
  name: "bubblewrap",
  present: hasComponents("bubblewrap", "python3"),
  isolated: true,
  testLimit: 30_000,
  make: (options) => new BubblewrapCodeExecutor(options),
};

export const embedded: Candidate = {
  name: "embedded",
  present: hasComponents("deno", "pyodide"),
  isolated: true,
  testLimit: 120_000,
  make: (options) => new EmbeddedCodeExecutor(options),
};

let started: Podman | undefined;

/** The engine that the candidate `container` uses. @throws Error before it was prepared */
export function podman(): Podman {
  if (started === undefined) throw new Error("The candidate `container` was not prepared.");
  return started;
}

function containerCandidate(): Candidate {
  return {
    name: "container",
    present: hasComponents("podman"),
    isolated: true,
    testLimit: 30_000,
    async prepare() {
      const engine = (started = await startPodman());
      return () => engine.stop();
    },
    make: (options) => new DockerCommandLineCodeExecutor({ ...podman().settings, ...options }),
  };
}

export const container: Candidate = containerCandidate();

export const sandboxRuntime: Candidate = {
  name: "srt",
  present: hasComponents("srt", "python3"),
  isolated: true,
  testLimit: 30_000,
  make: (options) => new SandboxRuntimeCodeExecutor(options),
};

export const candidates: readonly Candidate[] = [local, bubblewrap, embedded, container, sandboxRuntime];

/** Starts what a candidate needs before all tests of the group, and ends it afterwards. */
export function prepared(candidate: Candidate): void {
  let finish: (() => Promise<void>) | undefined;
  if (!candidate.present || candidate.prepare === undefined) return;
  const { prepare } = candidate;
  beforeAll(async () => void (finish = await prepare()), 60_000);
  afterAll(async () => finish?.(), 60_000);
}

/** A folder that is gone afterwards, with the executor's work folder `work` below it. */
export async function inFolder(body: (folder: string, workDir: string) => Promise<void>): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "executors-")));
  try {
    await body(folder, join(folder, "work"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An executor in a folder of its own; both are gone afterwards. */
export async function withExecutor(
  candidate: Candidate,
  options: { readonly timeoutSeconds?: number },
  body: (executor: CodeExecutor, place: { readonly folder: string; readonly workDir: string }) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder, workDir) => {
    const executor = candidate.make({ workDir, timeoutSeconds: 20, ...options });
    try {
      await body(executor, { folder, workDir });
    } finally {
      await executor.stop?.();
    }
  });
}

export function python(executor: CodeExecutor, ...lines: readonly string[]): Promise<CodeResult> {
  return executor.executeCodeBlocks([{ language: "python", code: lines.join("\n") }]);
}

/** Whether a process with this text in its command line lives. Always false where there is no `/proc`. */
export function isRunning(text: string): boolean {
  if (process.platform !== "linux") return false;
  return readdirSync("/proc").some((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(text));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return ""; // gone
  }
}
