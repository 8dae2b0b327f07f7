/**
 * Runs code on this machine, unconfined: with the rights of this process, its network and its files.
 * Only for code that the user trusts; nothing chooses it unless asked to in so many words.
 * Specification chapter 24, section 6.
 */
import { randomUUID } from "node:crypto";
import { delimiter, dirname, join, resolve } from "node:path";
import { DEFAULT_EXECUTION_POLICIES } from "../../../code/index.js";
import type {
  CodeBlock,
  CodeExecutor,
  CodeLimits,
  CodeResult,
  ExecuteCodeOptions,
  ExecutionPolicies,
  SanitizeMode,
} from "../../../code/index.js";
import { executeOnCommandLine } from "./command-line.js";
import { requireLimits, requireTimeout } from "./limits.js";
import { childEnvironment } from "./environment.js";
import type { Environment } from "./environment.js";
import { findFirst } from "./find-program.js";
import { ImportableFunctions } from "./importable-functions.js";
import type { FunctionsOptions } from "./importable-functions.js";
import { hasMarked, killGroup, killMarked, RUN_MARKER } from "./kill-tree.js";
import { pythonEnvironment, requirePackages } from "./python-environments.js";
import { programsFor } from "./programs.js";
import { runProcess } from "./run-process.js";
import type { ProcessOutcome } from "./run-process.js";
import { newShared } from "./shared.js";
import type { SharedByExecutors } from "./shared.js";
import type { VirtualEnvironment } from "./virtual-environment.js";
import { WorkFolder } from "./work-folder.js";

/** Settings of the unconfined executor. */
export interface LocalExecutorOptions extends FunctionsOptions {
  /** Made if missing. @default "." */
  readonly workDir?: string;
  /** Limit per block. @default 60 */
  readonly timeoutSeconds?: number;
  /** Overrides per language: run (true) or only save (false). */
  readonly executionPolicies?: ExecutionPolicies;
  /** What to do about commands such as `rm -rf`. @default "fail" */
  readonly sanitize?: SanitizeMode;
  /** A Python virtual environment whose interpreter is used: its folder, or what `createVirtualEnv` gave. */
  readonly virtualEnv?: string | VirtualEnvironment;
  /** Packages for Python blocks, installed as wheels into an environment of their own; not together with `virtualEnv`. */
  readonly pythonPackages?: readonly string[];
  /** Variables for the code, besides harmless ones such as `PATH`. */
  readonly env?: Environment;
  /** Show the code all variables of this process, keys included. @default false */
  readonly inheritEnv?: boolean;
  /** Only `outputBytes` (of each stream) holds here; nothing else is limited. */
  readonly limits?: Partial<CodeLimits>;
  /** Whether blocks that name no file leave one behind. @default true */
  readonly keepTemporary?: boolean;
  /** Shared between executors that must not outlive the process, or use the same folder. */
  readonly shared?: SharedByExecutors;
}

const GRACE_MS = 200; // a background child may hold the output open: chapter 24 §6

/** Runs shell and Python blocks as ordinary programs of this machine. */
export class LocalCommandLineCodeExecutor implements CodeExecutor {
  readonly name = "local";
  readonly isolated = false;
  readonly #folder: WorkFolder;
  readonly #options: LocalExecutorOptions;
  readonly #timeoutSeconds: number;
  readonly #limits: CodeLimits;
  readonly #functions: ImportableFunctions;
  readonly #packages: readonly string[];
  readonly #shared: SharedByExecutors;
  readonly #marker = randomUUID();
  #runs = 0;
  /** Set while something that blocks started goes on in the background. */
  #forgetStrays: (() => void) | undefined;

  /** @throws AutogenError `invalid-option` for a time limit under a second */
  constructor(options: LocalExecutorOptions = {}) {
    this.#timeoutSeconds = requireTimeout(options.timeoutSeconds ?? 60);
    this.#limits = requireLimits(options.limits);
    this.#functions = new ImportableFunctions(options);
    this.#packages = requirePackages([...(options.pythonPackages ?? []), ...this.#functions.packages]);
    this.#folder = new WorkFolder(options.workDir ?? ".");
    this.#options = options;
    this.#shared = options.shared ?? newShared();
  }

  async executeCodeBlocks(blocks: readonly CodeBlock[], options: ExecuteCodeOptions = {}): Promise<CodeResult> {
    const line = {
      name: this.name,
      folder: this.#folder,
      policies: { ...DEFAULT_EXECUTION_POLICIES, ...this.#options.executionPolicies },
      sanitize: this.#options.sanitize ?? "fail",
      unknownLanguageHint: "",
      keepsStreamsApart: true,
      keepTemporary: this.#options.keepTemporary ?? true,
      limits: this.#limits,
      run: this.#run,
    };
    return this.#shared.queue.run(this.#folder.path, async () => {
      await this.#functions.prepare(line, options);
      return executeOnCommandLine(line, blocks, options);
    });
  }

  /** What a model has to know of the functions. @param template may use `$module_name` and `$functions` */
  formatFunctionsForPrompt(template?: string): string {
    return this.#functions.prompt(template);
  }

  /** Nothing is kept between blocks but the files. */
  async restart(): Promise<void> {}

  /** Ends what blocks left running in the background. */
  async stop(): Promise<void> {
    killMarked(this.#marker);
    this.#watchStrays();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  readonly #run = async (language: string, fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome | string> => {
    const environment = await this.#environment(options.signal);
    const programs = programsFor(language, { onThisMachine: true });
    const program = await findFirst(programs, environment["PATH"] ?? environment["Path"]);
    if (program === undefined) return `No program for ${language} was found on this machine (looked for ${programs.join(", ")}).`;
    const marker = `${this.#marker}.${++this.#runs}.`;
    const outcome = await runProcess(
      {
        command: program,
        args: [...argumentsFor(language), join(this.#folder.path, fileName)],
        cwd: this.#folder.path,
        env: { ...environment, [RUN_MARKER]: marker },
        timeoutMs: this.#timeoutSeconds * 1_000,
        maxOutputBytes: this.#limits.outputBytes,
        graceMs: GRACE_MS,
        cleanup: this.#shared.cleanup,
        kill: (pid) => {
          killGroup(pid);
          killMarked(marker);
        },
      },
      options,
    );
    this.#watchStrays();
    return outcome;
  };

  /** What a block leaves running may go on, but not longer than this process. */
  #watchStrays(): void {
    if (hasMarked(this.#marker)) {
      this.#forgetStrays ??= this.#shared.cleanup.add(() => killMarked(this.#marker));
    } else {
      this.#forgetStrays?.();
      this.#forgetStrays = undefined;
    }
  }

  async #environment(signal: AbortSignal | undefined): Promise<Record<string, string>> {
    const environment = childEnvironment(process.env, this.#options);
    const virtualEnv = this.#options.virtualEnv ?? (await this.#withPackages(environment["PATH"], signal));
    if (virtualEnv === undefined) return environment;
    const folder = typeof virtualEnv === "string" ? resolve(virtualEnv) : dirname(virtualEnv.binPath);
    const programs = join(folder, process.platform === "win32" ? "Scripts" : "bin");
    return { ...environment, VIRTUAL_ENV: folder, PATH: programs + delimiter + (environment["PATH"] ?? "") };
  }

  async #withPackages(searchPath: string | undefined, signal: AbortSignal | undefined): Promise<string | undefined> {
    if (this.#packages.length === 0) return undefined;
    const python = (await findFirst(programsFor("python", { onThisMachine: true }), searchPath)) ?? "python3";
    return pythonEnvironment(this.#packages, { python, forOthers: false, cleanup: this.#shared.cleanup, signal });
  }
}

function argumentsFor(language: string): readonly string[] {
  const isPowerShell = language === "ps1" || language === "pwsh" || language === "powershell";
  return isPowerShell ? ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File"] : [];
}
