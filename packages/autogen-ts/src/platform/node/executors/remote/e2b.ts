/** Runs code in a sandbox of E2B, a hosted service, through the package `e2b`. */
import { createRequire } from "node:module";
import type {
  CodeBlock,
  CodeExecutor,
  CodeLimits,
  CodeResult,
  ExecuteCodeOptions,
  ExecutionPolicies,
} from "../../../../code/index.js";
import { AutogenError } from "../../../../run/index.js";
import { CapturedText } from "../captured-text.js";
import { executeOnCommandLine } from "../command-line.js";
import { EarlyEnd } from "../early-end.js";
import { requireLimits, requireTimeout } from "../limits.js";
import { programsFor, quoted } from "../programs.js";
import type { ProcessOutcome } from "../run-process.js";
import { FolderQueue } from "../work-folder.js";
import { RemoteFolder } from "./remote-folder.js";
import { remoteLine } from "./remote-line.js";

/** Settings of the sandbox. */
export interface E2bExecutorOptions {
  /** Secret. @default the variable `E2B_API_KEY` */
  readonly apiKey?: string;
  /** @default the service's base template, which has Python, Node and shells */
  readonly template?: string;
  /** Limit per block. @default 60 */
  readonly timeoutSeconds?: number;
  /** How long the service keeps an idle sandbox. @default 300 */
  readonly idleSeconds?: number;
  /** Whether code reaches the internet. @default false */
  readonly network?: boolean;
  /** Folder inside that code works in. @default "/home/user" */
  readonly workDir?: string;
  /** Variables for the code. */
  readonly env?: Readonly<Record<string, string>>;
  readonly executionPolicies?: ExecutionPolicies;
  /** How much output is kept. */
  readonly limits?: Partial<Pick<CodeLimits, "outputBytes">>;
  /** Address of a service of one's own, and of its sandboxes. */
  readonly apiUrl?: string;
  readonly sandboxUrl?: string;
}

type Sandbox = import("e2b").Sandbox;

/** Runs shell, Python and JavaScript blocks in one hosted sandbox. */
export class E2bCodeExecutor implements CodeExecutor {
  readonly name = "e2b";
  readonly isolated = true;
  readonly #options: E2bExecutorOptions;
  readonly #timeoutSeconds: number;
  readonly #limits: CodeLimits;
  readonly #folder: RemoteFolder;
  readonly #turns = new FolderQueue();
  #sandbox: Promise<Sandbox> | undefined;

  /** @throws AutogenError `invalid-option` for a time limit under a second, or a work folder that is not absolute */
  constructor(options: E2bExecutorOptions = {}) {
    this.#timeoutSeconds = requireTimeout(options.timeoutSeconds ?? 60);
    this.#limits = requireLimits(options.limits);
    this.#options = options;
    this.#folder = new RemoteFolder(options.workDir ?? "/home/user", async (path, content) => {
      const sandbox = await this.#running();
      await said("a file could not be written", sandbox.files.write(path, content));
    });
  }

  async executeCodeBlocks(blocks: readonly CodeBlock[], options: ExecuteCodeOptions = {}): Promise<CodeResult> {
    const own = { name: this.name, folder: this.#folder, limits: this.#limits, run: this.#run };
    const line = remoteLine(own, { javascript: true, ...this.#options.executionPolicies });
    return this.#turns.run("", () => executeOnCommandLine(line, blocks, options));
  }

  /** The next block gets a new sandbox. */
  async restart(): Promise<void> {
    await this.stop();
  }

  async stop(): Promise<void> {
    const sandbox = await this.#sandbox?.catch(() => undefined);
    this.#sandbox = undefined;
    if (sandbox !== undefined) await said("the sandbox could not be ended", sandbox.kill());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  readonly #run = async (language: string, fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome> => {
    const { signal, onOutput } = options;
    const sandbox = await this.#running();
    const early = new EarlyEnd({ timeoutMs: this.#timeoutSeconds * 1_000, signal });
    const onLimit = (): void => early.by("output-limit");
    const output = new CapturedText({ maxOutputBytes: this.#limits.outputBytes, onOutput, onLimit });
    try {
      const program = programsFor(language)[0] ?? language;
      const command = `${program} ${quoted(`${this.#folder.path}/${fileName}`)} 2>&1 </dev/null`;
      const ended = await early.orUndefined(this.#exitCodeOf(sandbox, command, output));
      if (ended !== undefined) return { end: "exit", ...ended, stdout: output.text(), stderr: "" };
      // Ending the program would leave what it started: the sandbox goes, as for the other executors.
      await this.stop();
      return { end: early.reason ?? "aborted", exitCode: 137, stdout: output.text(), stderr: "" };
    } finally {
      early.close();
    }
  };

  async #exitCodeOf(sandbox: Sandbox, command: string, output: CapturedText): Promise<{ readonly exitCode: number }> {
    const handle = await said(
      "the code could not be started",
      sandbox.commands.run(command, {
        background: true,
        cwd: this.#folder.path,
        envs: { ...this.#options.env },
        timeoutMs: 0, // ours is longer than the service's default, or shorter
        onStdout: (text) => output.add(Buffer.from(text), "stdout"),
        onStderr: (text) => output.add(Buffer.from(text), "stderr"),
      }),
    );
    const exitCode = await handle.wait().then((end) => end.exitCode, exitCodeIn);
    if (exitCode !== undefined) return { exitCode };
    throw new AutogenError("executor-failed", "The connection to the sandbox of E2B broke off.");
  }

  async #running(): Promise<Sandbox> {
    this.#sandbox ??= this.#create();
    try {
      return await this.#sandbox;
    } catch (error) {
      this.#sandbox = undefined;
      throw error;
    }
  }

  async #create(): Promise<Sandbox> {
    const { Sandbox: SandboxClass } = await loadPackage();
    const { apiKey, template, network = false, idleSeconds = 300, apiUrl, sandboxUrl } = this.#options;
    const options = {
      timeoutMs: idleSeconds * 1_000,
      allowInternetAccess: network,
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(apiUrl === undefined ? {} : { apiUrl }),
      ...(sandboxUrl === undefined ? {} : { sandboxUrl }),
    };
    return said(
      "no sandbox was made",
      template === undefined ? SandboxClass.create(options) : SandboxClass.create(template, options),
    );
  }
}

/** @throws AutogenError `missing-package` */
async function loadPackage(): Promise<{ readonly Sandbox: typeof import("e2b").Sandbox }> {
  try {
    createRequire(import.meta.url).resolve("e2b");
  } catch (cause) {
    throw new AutogenError("missing-package", "The executor `e2b` needs the package `e2b`. Install it: `npm install e2b`.", {
      cause,
    });
  }
  return { Sandbox: (await import("e2b")).Sandbox };
}

/** @throws AutogenError `executor-failed` with the service's words */
async function said<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const words = cause instanceof Error ? cause.message.slice(0, 300) : String(cause);
    throw new AutogenError("executor-failed", `E2B: ${what}: ${words}`, { cause });
  }
}

/** The package throws for exit codes other than 0. */
function exitCodeIn(error: unknown): number | undefined {
  return typeof error === "object" && error !== null && "exitCode" in error && typeof error.exitCode === "number"
    ? error.exitCode
    : undefined;
}
