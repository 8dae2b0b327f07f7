/**
 * Runs code by `@anthropic-ai/sandbox-runtime`: the sandbox of macOS (Seatbelt), of Linux (bubblewrap) and of Windows, with a network
 * that is limited to named hosts. It is a preview, lets most files be read unless told otherwise, and sets no limits: so
 * what lies at home and in temporary folders is hidden, variables are those of an allow-list, and limits are put around it.
 * Design: `sandbox`, section 7.
 */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DEFAULT_EXECUTION_POLICIES } from "../../../../code/index.js";
import type {
  CodeBlock,
  CodeExecutor,
  CodeLimits,
  CodeResult,
  ExecuteCodeOptions,
  ExecutionPolicies,
  NetworkAccess,
} from "../../../../code/index.js";
import { AutogenError } from "../../../../run/index.js";
import { requireNetwork } from "../allowed-hosts.js";
import { isRoot, NOBODY } from "../bubblewrap-launcher.js";
import { executeOnCommandLine } from "../command-line.js";
import { requireLimits, requireTimeout } from "../limits.js";
import { PYTHON_SETTINGS } from "../environment.js";
import { closedFolderAbove } from "./closed-folder.js";
import { findFirst } from "../find-program.js";
import { ControlGroups } from "../control-groups.js";
import { GrowthWatch } from "../folder-growth.js";
import { killGroup, killMarked, RUN_MARKER } from "../kill-tree.js";
import { watchMemoryOfTree } from "../memory-watch.js";
import { programsFor, quoted } from "../programs.js";
import { runProcess } from "../run-process.js";
import type { ProcessOutcome } from "../run-process.js";
import { newShared } from "../shared.js";
import type { SharedByExecutors } from "../shared.js";
import { Stage } from "../stage.js";
import { WorkFolder } from "../work-folder.js";

/** Settings of the executor. */
export interface SandboxRuntimeOptions {
  /** The only folder that the code can write to; made if missing. @default "coding" */
  readonly workDir?: string;
  /** Limit per block. @default 60 */
  readonly timeoutSeconds?: number;
  /** Hosts that the code may reach, for example `["pypi.org", "*.example.com"]`; no ports. @default false */
  readonly network?: false | readonly string[];
  /** Files and folders to hide, besides homes, temporary folders and the current folder. */
  readonly denyRead?: readonly string[];
  /** Folders to show within those that are hidden, for example of an interpreter. */
  readonly allowRead?: readonly string[];
  /** Variables for the code; it sees no others of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Memory, processes and file sizes on Linux only. */
  readonly limits?: Partial<CodeLimits>;
  readonly executionPolicies?: ExecutionPolicies;
  readonly shared?: SharedByExecutors;
}

const GRACE_MS = 500;
const OWN_PROCESSES = 64; // threads of the sandbox's own program, its proxies and shells count, too
const PACKAGE = "@anthropic-ai/sandbox-runtime";
const SEARCH_PATH = "/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/** Runs shell and Python blocks, each in a sandbox of its own. */
export class SandboxRuntimeCodeExecutor implements CodeExecutor {
  readonly name = "srt";
  readonly isolated = true;
  readonly #options: SandboxRuntimeOptions;
  readonly #folder: WorkFolder;
  readonly #timeoutSeconds: number;
  readonly #limits: CodeLimits;
  readonly #network: NetworkAccess;
  readonly #shared: SharedByExecutors;
  readonly #stage: Stage | undefined;
  #groups: Promise<ControlGroups> | undefined;

  /** @throws AutogenError `invalid-option` for a time limit under a second, a limit that makes no sense, or a network of another kind */
  constructor(options: SandboxRuntimeOptions = {}) {
    this.#timeoutSeconds = requireTimeout(options.timeoutSeconds ?? 60);
    this.#limits = requireLimits(options.limits);
    this.#network = requireHosts(options.network ?? false);
    this.#options = options;
    this.#folder = new WorkFolder(options.workDir ?? "coding");
    this.#shared = options.shared ?? newShared();
    // For root the sandbox leaves rights that it takes from others.
    this.#stage = isRoot() ? new Stage(this.#folder.path, { cleanup: this.#shared.cleanup, owner: NOBODY }) : undefined;
  }

  async executeCodeBlocks(blocks: readonly CodeBlock[], options: ExecuteCodeOptions = {}): Promise<CodeResult> {
    const line = {
      name: this.name,
      folder: this.#folder,
      policies: { ...DEFAULT_EXECUTION_POLICIES, ...this.#options.executionPolicies },
      sanitize: "off" as const,
      unknownLanguageHint: "",
      keepsStreamsApart: false,
      keepTemporary: true,
      network: this.#network,
      limits: this.#limits,
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

  readonly #run = async (language: string, fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome | string> => {
    const packageFolder = findPackage();
    if (isRoot()) await requireOpenWay(packageFolder);
    const names = programsFor(language);
    const program = await findFirst(names, SEARCH_PATH);
    if (program === undefined) return `No program for ${language} was found (looked for ${names.join(", ")} in ${SEARCH_PATH}).`;
    const folder = await realpath((await this.#stage?.enter()) ?? this.#folder.path);
    const settings = await mkdtemp(join(await realpath(tmpdir()), "autogen-srt-"));
    const marker = `srt-${randomUUID()}`;
    const full = new AbortController();
    let unwatch = (): void => {};
    let entering: Promise<void> | undefined;
    const groups = await (this.#groups ??= ControlGroups.find());
    const group = groups.make({
      memoryBytes: this.#limits.totalMemoryBytes,
      processes: this.#limits.processes + OWN_PROCESSES,
    });
    const growth = await GrowthWatch.start(folder, this.#limits.folderBytes);
    try {
      const file = join(settings, "settings.json");
      await writeFile(file, JSON.stringify(this.#settings(folder, packageFolder)));
      if (isRoot()) for (const path of [settings, file]) await chown(path, NOBODY.uid, NOBODY.gid);
      const code = join(folder, fileName);
      const signals = [growth.signal, full.signal, ...(options.signal === undefined ? [] : [options.signal])];
      const signal = AbortSignal.any(signals);
      const shellCommand = `exec ${this.#limiter()}${quoted(program)} ${quoted(code)} 2>&1`;
      const outcome = await runProcess(
        {
          command: process.execPath,
          args: [join(packageFolder, "dist", "cli.js"), "--settings", file, "-c", shellCommand],
          cwd: folder,
          ...(isRoot() ? { user: NOBODY } : {}),
          env: {
            PATH: SEARCH_PATH,
            HOME: folder,
            TMPDIR: folder,
            LANG: "C.UTF-8",
            ...PYTHON_SETTINGS,
            ...this.#options.env,
            [RUN_MARKER]: marker,
          },
          timeoutMs: this.#timeoutSeconds * 1_000,
          maxOutputBytes: this.#limits.outputBytes,
          graceMs: GRACE_MS,
          cleanup: this.#shared.cleanup,
          kill: (pid) => {
            killGroup(pid);
            killMarked(marker); // the sandbox starts groups of its own
          },
          plainText: true,
          onStart: (pid) => {
            // It takes longer to start than to be taken in; what it starts is born in the group.
            entering = group?.join(pid).catch(() => full.abort()); // what cannot be limited does not run
            if (!groups.limitsMemory) unwatch = watchMemoryOfTree(pid, this.#limits.totalMemoryBytes, () => full.abort());
          },
        },
        { ...options, signal },
      );
      killMarked(marker);
      if (await growth.stop()) {
        await this.#stage?.remove(); // nothing of it is taken over
        return { ...outcome, end: "folder-limit" };
      }
      await this.#stage?.leave();
      const ranOut = full.signal.aborted || (outcome.exitCode !== 0 && (await group?.ranOutOfMemory()) === true);
      return ranOut ? { ...outcome, end: "memory-limit" } : outcome;
    } finally {
      unwatch();
      await entering;
      await group?.remove();
      await growth.stop();
      await rm(settings, { recursive: true, force: true });
    }
  };

  #settings(folder: string, packageFolder: string): object {
    const { denyRead = [], allowRead = [] } = this.#options;
    const homes = [homedir(), "/home", "/root", "/Users", "/tmp", "/private/tmp", "/var/tmp", "/run", "/mnt", "/media", tmpdir()];
    const hidden = [...homes, process.cwd(), this.#folder.path, ...denyRead].map((path) => resolve(path));
    return {
      network: { allowedDomains: this.#network === false ? [] : this.#network, deniedDomains: [], strictAllowlist: true },
      filesystem: {
        denyRead: [...new Set(hidden)].filter((path) => existsSync(path) && path !== folder),
        allowRead: [folder, packageFolder, ...allowRead],
        allowWrite: [folder],
        denyWrite: [],
      },
    };
  }

  /** Linux has a program for limits; elsewhere a shell knows the size of files only. */
  #limiter(): string {
    if (process.platform !== "linux") return "";
    const { memoryBytes, fileBytes, processes } = this.#limits;
    return `prlimit --data=${memoryBytes} --fsize=${fileBytes} --core=0 --nofile=256 --nproc=${processes} -- `;
  }
}

/** @throws AutogenError `executor-failed` naming the folder in the way */
async function requireOpenWay(packageFolder: string): Promise<void> {
  const closed = await closedFolderAbove(packageFolder);
  if (closed === null) return;
  const message = `Root starts \`srt\` as nobody, who may not enter \`${closed}\`, where its package is. Let others enter (\`chmod o+x ${closed}\`), move the project, or run as another user.`;
  throw new AutogenError("executor-failed", message, { details: { folder: closed } });
}

/** @throws AutogenError `missing-package` */
function findPackage(): string {
  try {
    const entry = createRequire(import.meta.url).resolve(PACKAGE);
    return dirname(dirname(entry));
  } catch (cause) {
    const message = `The executor \`srt\` needs the package \`${PACKAGE}\`. Install it: \`npm install ${PACKAGE}\`; on Linux also bubblewrap, socat and ripgrep.`;
    throw new AutogenError("missing-package", message, { cause });
  }
}

/** @throws AutogenError `invalid-option` */
function requireHosts(network: false | readonly string[]): NetworkAccess {
  const isPlain = network === false || (Array.isArray(network) && network.every((entry) => !String(entry).includes(":")));
  if (isPlain) return requireNetwork(network);
  throw new AutogenError(
    "invalid-option",
    `The executor \`srt\` knows \`network: false\` and lists of hosts without ports; it was given ${JSON.stringify(network)}.`,
  );
}
