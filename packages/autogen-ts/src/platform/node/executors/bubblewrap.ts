/**
 * Runs code in the sandbox of the Linux kernel: own view of files, no network, own processes, limits.
 * Each block gets a sandbox of its own; the work folder is what stays. Design: `sandbox`, section 4.
 */
import { lstat, readlink } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_EXECUTION_POLICIES } from "../../../code/index.js";
import type {
  CodeBlock,
  CodeExecutor,
  CodeResult,
  ExecuteCodeOptions,
  ExecutionPolicies,
  SanitizeMode,
} from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";
import { bubblewrapArguments, INSIDE } from "./bubblewrap-profile.js";
import type { SandboxLimits, SystemFolder } from "./bubblewrap-profile.js";
import { executeOnCommandLine, requireTimeout } from "./command-line.js";
import { PYTHON_SETTINGS } from "./environment.js";
import { findFirst, findProgram } from "./find-program.js";
import { GrowthWatch } from "./folder-growth.js";
import { killGroup } from "./kill-tree.js";
import { runProcess } from "./run-process.js";
import type { ProcessOutcome } from "./run-process.js";
import { newShared } from "./shared.js";
import type { SharedByExecutors } from "./shared.js";
import { Stage } from "./stage.js";
import { WorkFolder } from "./work-folder.js";

/** Settings of the executor that uses bubblewrap. */
export interface BubblewrapExecutorOptions {
  /** The only folder that the code can write to; made if missing. @default "coding" */
  readonly workDir?: string;
  /** Limit per block. @default 60 */
  readonly timeoutSeconds?: number;
  /** Overrides per language: run (true) or only save (false). */
  readonly executionPolicies?: ExecutionPolicies;
  /** What to do about commands such as `rm -rf`, which can only hit the work folder here. @default "off" */
  readonly sanitize?: SanitizeMode;
  /** Folders of interpreters outside `/usr`, visible read-only at the same path; their `bin` is searched first. */
  readonly interpreters?: readonly string[];
  /** Variables for the code; it sees no others of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Omit<SandboxLimits, "cpuSeconds">>;
  /** How much output is kept, in bytes. @default 1 000 000 */
  readonly maxOutputBytes?: number;
  /** A filter of system calls, as the kernel takes it (classic BPF). */
  readonly systemCallFilter?: Uint8Array;
  /** Shared between executors of one host. */
  readonly shared?: SharedByExecutors;
}

/** User and group `nobody` of Debian and most others; any number without rights would do. */
const NOBODY = { uid: 65_534, gid: 65_534 } as const;
/** How much longer we wait for the sandbox's last process than for its first. */
const GRACE_MS = 2_000;
const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";
const ALIVE_DESCRIPTOR = 3;
const FILTER_DESCRIPTOR = 4;
const CPU_LIMIT_EXIT = 128 + 24; // SIGXCPU

/** Runs shell and Python blocks, each in a sandbox of its own. */
export class BubblewrapCodeExecutor implements CodeExecutor {
  readonly name = "bubblewrap";
  readonly isolated = true;
  readonly #folder: WorkFolder;
  readonly #options: BubblewrapExecutorOptions;
  readonly #timeoutSeconds: number;
  readonly #shared: SharedByExecutors;
  readonly #stage: Stage | undefined;
  #launcher: Promise<Launcher> | undefined;

  /** @throws AutogenError `invalid-option` for a time limit under a second */
  constructor(options: BubblewrapExecutorOptions = {}) {
    this.#timeoutSeconds = requireTimeout(options.timeoutSeconds ?? 60);
    this.#folder = new WorkFolder(options.workDir ?? "coding");
    this.#options = options;
    this.#shared = options.shared ?? newShared();
    this.#stage =
      process.getuid?.() === 0 ? new Stage(this.#folder.path, { cleanup: this.#shared.cleanup, owner: NOBODY }) : undefined;
  }

  async executeCodeBlocks(blocks: readonly CodeBlock[], options: ExecuteCodeOptions = {}): Promise<CodeResult> {
    const line = {
      name: this.name,
      folder: this.#folder,
      policies: { ...DEFAULT_EXECUTION_POLICIES, ...this.#options.executionPolicies },
      sanitize: this.#options.sanitize ?? "off",
      unknownLanguageHint: "",
      keepTemporary: true,
      run: this.#run,
    };
    return this.#shared.queue.run(this.#folder.path, () => executeOnCommandLine(line, blocks, options));
  }

  /** Nothing is kept between blocks but the files. */
  async restart(): Promise<void> {}

  async stop(): Promise<void> {
    await this.#stage?.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Runs a command line inside, in the work folder.
   *
   * @throws AutogenError `executor-failed` when `bwrap` is not there
   */
  async runInside(
    command: readonly string[],
    options: ExecuteCodeOptions = {},
    outerEnv: Readonly<Record<string, string>> = {},
  ): Promise<ProcessOutcome> {
    const launcher = await (this.#launcher ??= findLauncher());
    const workFolder = (await this.#stage?.enter()) ?? this.#folder.path;
    const growth = await GrowthWatch.start(workFolder);
    const signal = options.signal === undefined ? growth.signal : AbortSignal.any([options.signal, growth.signal]);
    const outcome = await this.#launch(launcher, workFolder, command, { ...options, signal }, outerEnv);
    if (await growth.stop()) {
      await this.#stage?.remove(); // nothing of it is taken over
      return { ...outcome, end: "folder-limit" };
    }
    await this.#stage?.leave();
    return outcome.end === "exit" && outcome.exitCode === CPU_LIMIT_EXIT ? { ...outcome, end: "timeout" } : outcome;
  }

  readonly #run = async (language: string, fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome | string> => {
    const names = PROGRAMS[language] ?? [language];
    const program = await findFirst(names, this.#searchPath());
    if (program === undefined) {
      return (
        `No program for ${language} was found in the sandbox (looked for ${names.join(", ")} in ${this.#searchPath()}). ` +
        "Install it on this machine, or name the folder of an installed one in the executor's option `interpreters`."
      );
    }
    // Both streams go through one pipe, so that their order is kept.
    return this.runInside(["sh", "-c", 'exec "$@" 2>&1', "sh", program, `${INSIDE}/${fileName}`], options);
  };

  #launch(
    launcher: Launcher,
    workFolder: string,
    command: readonly string[],
    options: ExecuteCodeOptions,
    outerEnv: Readonly<Record<string, string>>,
  ): Promise<ProcessOutcome> {
    const { limits, interpreters = [], env, systemCallFilter, maxOutputBytes = 1_000_000 } = this.#options;
    const profile = bubblewrapArguments({
      workFolder,
      systemFolders: launcher.systemFolders,
      readOnlyFolders: interpreters,
      searchPath: this.#searchPath(),
      env: { ...PYTHON_SETTINGS, ...env },
      limits: { ...DEFAULT_LIMITS, ...limits, cpuSeconds: Math.ceil(this.#timeoutSeconds) },
      aliveDescriptor: ALIVE_DESCRIPTOR,
      ...(systemCallFilter === undefined ? {} : { filterDescriptor: FILTER_DESCRIPTOR }),
    });
    const [program, ...args] = [...launcher.command, ...profile, ...command];
    return runProcess(
      {
        command: program ?? "bwrap",
        args,
        cwd: "/",
        env: { PATH: SYSTEM_PATH, ...outerEnv },
        timeoutMs: this.#timeoutSeconds * 1_000,
        maxOutputBytes,
        graceMs: GRACE_MS,
        cleanup: this.#shared.cleanup,
        kill: killGroup, // the kernel then ends all that lives inside
        extra: systemCallFilter === undefined ? [null] : [null, systemCallFilter],
      },
      options,
    );
  }

  #searchPath(): string {
    return [...(this.#options.interpreters ?? []).map((folder) => join(folder, "bin")), SYSTEM_PATH].join(":");
  }
}

const DEFAULT_LIMITS = { memoryBytes: 536_870_912, processes: 64, fileBytes: 100_000_000 } as const;

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  python: ["python3", "python"],
  javascript: ["node"],
  shell: ["sh"],
  ps1: ["pwsh"],
  powershell: ["pwsh"],
};

/** What stands before the profile's arguments, and the look of this system. */
interface Launcher {
  readonly command: readonly string[];
  readonly systemFolders: readonly SystemFolder[];
}

async function findLauncher(): Promise<Launcher> {
  const searchPath = process.env["PATH"];
  const bubblewrap = await findProgram("bwrap", searchPath);
  if (bubblewrap === undefined) {
    throw new AutogenError("executor-failed", "The program `bwrap` was not found. Install the package `bubblewrap`.");
  }
  return { command: [...(await unprivileged(searchPath)), bubblewrap], systemFolders: await lookAtSystemFolders() };
}

/** Root is exempt from the limit on processes, so root steps down first. */
async function unprivileged(searchPath: string | undefined): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const program = await findProgram("setpriv", searchPath);
  if (program === undefined) {
    throw new AutogenError(
      "executor-failed",
      "The program `setpriv` was not found; root needs it to start the sandbox. Install the package `util-linux`.",
    );
  }
  return [program, `--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, "--clear-groups", "--"];
}

async function lookAtSystemFolders(): Promise<SystemFolder[]> {
  const folders: SystemFolder[] = [];
  for (const path of ["/bin", "/sbin", "/lib", "/lib32", "/lib64"]) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink() === true) folders.push({ path, link: await readlink(path) });
    else if (found?.isDirectory() === true) folders.push({ path, link: null });
  }
  return folders;
}
