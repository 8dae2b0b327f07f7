/**
 * Runs code in the sandbox of the Linux kernel: own view of files, no network, own processes, limits.
 * Each block gets a sandbox of its own; the work folder is what stays. Design: `sandbox`, section 4.
 */
import { join } from "node:path";
import { DEFAULT_EXECUTION_POLICIES } from "../../../code/index.js";
import type {
  CodeBlock,
  CodeExecutor,
  CodeLimits,
  CodeResult,
  ExecuteCodeOptions,
  ExecutionPolicies,
  NetworkAccess,
  SanitizeMode,
} from "../../../code/index.js";
import { requireNetwork } from "./allowed-hosts.js";
import { findLauncher, isRoot, NOBODY } from "./bubblewrap-launcher.js";
import type { Launcher } from "./bubblewrap-launcher.js";
import { SandboxNetwork } from "./bubblewrap-network.js";
import type { NetworkOfSandbox, ProxyOfSandbox } from "./bubblewrap-network.js";
import { bubblewrapArguments, INSIDE } from "./bubblewrap-profile.js";
import { BubblewrapRun, DESCRIPTORS } from "./bubblewrap-run.js";
import type { SandboxRequest } from "./bubblewrap-run.js";
import { executeOnCommandLine } from "./command-line.js";
import { requireLimits, requireTimeout } from "./limits.js";
import { PYTHON_SETTINGS } from "./environment.js";
import { findFirst } from "./find-program.js";
import { GrowthWatch } from "./folder-growth.js";
import { interpreterFolders } from "./interpreter-folders.js";
import { ImportableFunctions } from "./importable-functions.js";
import type { FunctionsOptions } from "./importable-functions.js";
import { killGroup } from "./kill-tree.js";
import { pythonEnvironment, requirePackages } from "./python-environments.js";
import { programsFor } from "./programs.js";
import type { ProcessOutcome } from "./run-process.js";
import { newShared } from "./shared.js";
import type { SharedByExecutors } from "./shared.js";
import { Stage } from "./stage.js";
import { systemCallFilter } from "./system-call-filter.js";
import { WorkFolder } from "./work-folder.js";

/** Settings of the executor that uses bubblewrap. */
export interface BubblewrapExecutorOptions extends FunctionsOptions {
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
  /** Packages for Python blocks, installed as wheels into an environment of their own that the code can read. */
  readonly pythonPackages?: readonly string[];
  /** Variables for the code; it sees no others of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the code can reach. Anything between false and true needs a Python inside. @default false */
  readonly network?: NetworkAccess;
  /** How the proxy of a partly open network finds and reaches hosts. @default the system's resolver, TCP */
  readonly proxy?: ProxyOfSandbox;
  readonly limits?: Partial<CodeLimits>;
  /** A filter of system calls as the kernel takes it (classic BPF), instead of the one for this machine's architecture. */
  readonly systemCallFilter?: Uint8Array;
  /** Shared between executors of one host. */
  readonly shared?: SharedByExecutors;
}

/** How much longer we wait for the sandbox's last process than for its first. */
const GRACE_MS = 2_000;
const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";
const CPU_LIMIT_EXIT = 128 + 24; // SIGXCPU

/** What is found out once, at the first block. */
interface Ready extends Launcher {
  readonly filter: Uint8Array;
  readonly interpreters: readonly string[];
  readonly searchPath: string;
  /** Those that were found, by language. */
  readonly programs: Map<string, string>;
  readonly network: NetworkOfSandbox;
}

/** Runs shell and Python blocks, each in a sandbox of its own. */
export class BubblewrapCodeExecutor implements CodeExecutor {
  readonly name = "bubblewrap";
  readonly isolated = true;
  readonly #folder: WorkFolder;
  readonly #options: BubblewrapExecutorOptions;
  readonly #timeoutSeconds: number;
  readonly #limits: CodeLimits;
  readonly #functions: ImportableFunctions;
  readonly #packages: readonly string[];
  readonly #shared: SharedByExecutors;
  readonly #stage: Stage | undefined;
  readonly #network: SandboxNetwork;
  readonly #closing = new Set<Promise<void>>();
  #ready: Promise<Ready> | undefined;

  /** @throws AutogenError `invalid-option` for a time limit under a second, or a limit or network that makes no sense */
  constructor(options: BubblewrapExecutorOptions = {}) {
    this.#timeoutSeconds = requireTimeout(options.timeoutSeconds ?? 60);
    this.#limits = requireLimits(options.limits);
    this.#folder = new WorkFolder(options.workDir ?? "coding");
    this.#functions = new ImportableFunctions(options);
    this.#packages = requirePackages([...(options.pythonPackages ?? []), ...this.#functions.packages]);
    this.#options = options;
    this.#shared = options.shared ?? newShared();
    this.#stage = isRoot() ? new Stage(this.#folder.path, { cleanup: this.#shared.cleanup, owner: NOBODY }) : undefined;
    this.#network = new SandboxNetwork(requireNetwork(options.network ?? false), this.#shared.cleanup, options.proxy);
  }

  async executeCodeBlocks(blocks: readonly CodeBlock[], options: ExecuteCodeOptions = {}): Promise<CodeResult> {
    const line = {
      name: this.name,
      folder: this.#folder,
      policies: { ...DEFAULT_EXECUTION_POLICIES, ...this.#options.executionPolicies },
      sanitize: this.#options.sanitize ?? "off",
      unknownLanguageHint: "",
      keepsStreamsApart: false,
      keepTemporary: true,
      network: this.#options.network ?? false,
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

  async stop(): Promise<void> {
    this.#ready = undefined;
    await Promise.all(this.#closing);
    await this.#network.close();
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
    const ready = await this.#prepared();
    const workFolder = (await this.#stage?.open()) ?? this.#folder.path;
    const run = new BubblewrapRun(ready.groups, this.#limits, async () => {
      await this.#stage?.enter();
      return GrowthWatch.start(workFolder, this.#limits.folderBytes);
    });
    const outcome = await run.start(this.#request(ready, workFolder, command, outerEnv), options);
    this.#closing.add(run.closed);
    void run.closed.then(() => this.#closing.delete(run.closed)); // does not reject
    if (outcome.end === "folder-limit") await this.#stage?.remove(); // nothing of it is taken over
    else await this.#stage?.leave();
    return outcome.end === "exit" && outcome.exitCode === CPU_LIMIT_EXIT ? { ...outcome, end: "timeout" } : outcome;
  }

  readonly #run = async (language: string, fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome | string> => {
    const { searchPath, programs } = await this.#prepared();
    const names = programsFor(language);
    const program = programs.get(language) ?? (await findFirst(names, searchPath));
    if (program === undefined) {
      return (
        `No program for ${language} was found in the sandbox (looked for ${names.join(", ")} in ${searchPath}). ` +
        "Install it on this machine, or name the folder of an installed one in the executor's option `interpreters`."
      );
    }
    programs.set(language, program);
    return this.runInside([program, `${INSIDE}/${fileName}`], options);
  };

  /** A failed look is repeated: the user may install what was missing. */
  async #prepared(): Promise<Ready> {
    this.#ready ??= this.#prepare();
    try {
      return await this.#ready;
    } catch (error) {
      this.#ready = undefined;
      throw error;
    }
  }

  async #prepare(): Promise<Ready> {
    const filter = this.#options.systemCallFilter ?? systemCallFilter(process.arch);
    const launcher = await findLauncher();
    const given = this.#options.interpreters ?? [];
    const environment = await this.#environment(await interpreterFolders(given, { forOthers: isRoot() }));
    const interpreters = await interpreterFolders([...environment, ...given], { forOthers: isRoot() });
    const searchPath = searchPathOf(interpreters);
    const network = await this.#network.open(await findFirst(["python3"], searchPath));
    return { ...launcher, filter, interpreters, searchPath, programs: new Map(), network };
  }

  /** The environment with the packages that were asked for, made from a Python that can be seen inside. */
  async #environment(interpreters: readonly string[]): Promise<readonly string[]> {
    if (this.#packages.length === 0) return [];
    const python = (await findFirst(["python3"], searchPathOf(interpreters))) ?? "python3";
    return [await pythonEnvironment(this.#packages, { python, forOthers: isRoot(), cleanup: this.#shared.cleanup })];
  }

  #request(
    { program, systemFolders, filter, interpreters, searchPath, network }: Ready,
    workFolder: string,
    command: readonly string[],
    outerEnv: Readonly<Record<string, string>>,
  ): SandboxRequest {
    const profile = bubblewrapArguments({
      workFolder,
      systemFolders,
      readOnlyFolders: interpreters,
      searchPath,
      env: { ...PYTHON_SETTINGS, ...this.#options.env },
      limits: { ...this.#limits, cpuSeconds: Math.ceil(this.#timeoutSeconds) },
      network,
      ...DESCRIPTORS,
    });
    return {
      command: program,
      args: [...profile, ...command],
      cwd: "/",
      env: { PATH: SYSTEM_PATH, ...outerEnv },
      timeoutMs: this.#timeoutSeconds * 1_000,
      maxOutputBytes: this.#limits.outputBytes,
      graceMs: GRACE_MS,
      cleanup: this.#shared.cleanup,
      kill: killGroup, // the kernel then ends all that lives inside
      ...(isRoot() ? { user: NOBODY } : {}), // root is exempt from the limit on processes
      filter,
      plainText: true,
    };
  }
}

const searchPathOf = (interpreters: readonly string[]): string =>
  [...interpreters.map((folder) => join(folder, "bin")), SYSTEM_PATH].join(":");
