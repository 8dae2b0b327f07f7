/**
 * Runs code where nothing but npm is there: Python (standard library) by Pyodide, JavaScript and TypeScript, all
 * inside deno without permissions. Never Pyodide inside Node: there it can run programs of the host.
 * Design: `sandbox`, section 3.
 */
import { canonicalLanguage } from "../../../code/index.js";
import type { CodeBlock, CodeExecutor, CodeLimits, CodeResult, ExecuteCodeOptions } from "../../../code/index.js";
import { orAborted } from "../../../run/index.js";
import { executeOnCommandLine } from "./command-line.js";
import { requireLimits, requireTimeout } from "./limits.js";
import { EmbeddedFiles } from "./embedded-files.js";
import { runScript } from "./embedded-script.js";
import { Interpreter } from "./interpreter.js";
import type { InterpreterRun, RunLimits } from "./interpreter.js";
import type { ProcessOutcome } from "./run-process.js";
import { newShared } from "./shared.js";
import type { SharedByExecutors } from "./shared.js";
import { Stage } from "./stage.js";
import { TemporaryFolder } from "./temporary-folder.js";
import { WorkFolder } from "./work-folder.js";

/** Settings of the embedded executor. */
export interface EmbeddedExecutorOptions {
  /** Its files are visible to the code, and files that the code writes land here; made if missing. @default "coding" */
  readonly workDir?: string;
  /** Limit per block. @default 60 */
  readonly timeoutSeconds?: number;
  /** Only `outputBytes` and `folderBytes` can be set here; memory is limited to some 400 MB of objects and files, processes to one. */
  readonly limits?: Partial<CodeLimits>;
  /** Files or addresses of modules from where `deno` and `pyodide` are looked for. @default the current folder, then this package */
  readonly packagesFrom?: readonly string[];
  /** Shared between executors of one host. */
  readonly shared?: SharedByExecutors;
}

const POLICIES = { python: true, javascript: true, typescript: true, html: false, css: false } as const;

const LANGUAGE_HINT =
  ". The embedded sandbox runs python (standard library), javascript and typescript only. " +
  "Write the code in one of these; anything else needs Docker or bubblewrap on this machine, or an executor of the user's choice.";

/** Runs Python, JavaScript and TypeScript with nothing installed but npm packages. The interpreter stays warm between blocks. */
export class EmbeddedCodeExecutor implements CodeExecutor {
  readonly name = "embedded";
  readonly isolated = true;
  readonly #folder: WorkFolder;
  readonly #files: EmbeddedFiles;
  readonly #stage: Stage;
  readonly #timeoutSeconds: number;
  readonly #codeLimits: CodeLimits;
  readonly #shared: SharedByExecutors;
  readonly #packagesFrom: readonly string[] | undefined;
  /** What deno has compiled of scripts. */
  readonly #cache: TemporaryFolder;
  #interpreter: Promise<Interpreter> | undefined;
  #starting = new AbortController();
  #written: string[] = [];
  #runs = 0;

  /** @throws AutogenError `invalid-option` for a time limit under a second */
  constructor(options: EmbeddedExecutorOptions = {}) {
    this.#timeoutSeconds = requireTimeout(options.timeoutSeconds ?? 60);
    this.#codeLimits = requireLimits(options.limits);
    this.#shared = options.shared ?? newShared();
    this.#packagesFrom = options.packagesFrom;
    this.#folder = new WorkFolder(options.workDir ?? "coding");
    this.#files = new EmbeddedFiles(this.#folder);
    this.#stage = new Stage(this.#folder.path, { cleanup: this.#shared.cleanup });
    this.#cache = new TemporaryFolder("autogen-deno-", this.#shared.cleanup);
  }

  async executeCodeBlocks(blocks: readonly CodeBlock[], options: ExecuteCodeOptions = {}): Promise<CodeResult> {
    const line = {
      name: this.name,
      folder: this.#folder,
      policies: POLICIES,
      sanitize: "off" as const,
      unknownLanguageHint: LANGUAGE_HINT,
      keepsStreamsApart: false,
      keepTemporary: true,
      network: false as const,
      limits: this.#codeLimits,
      run: this.#run,
    };
    return this.#shared.queue.run(this.#folder.path, async () => {
      this.#written = [];
      const result = await executeOnCommandLine(line, blocks, options);
      return this.#written.length === 0 ? result : { ...result, outputFiles: this.#written };
    });
  }

  /** The next block gets a new interpreter. */
  async restart(): Promise<void> {
    this.#starting.abort();
    const interpreter = await this.#interpreter?.catch(() => undefined);
    interpreter?.kill();
    this.#interpreter = undefined;
  }

  async stop(): Promise<void> {
    await this.restart();
    await this.#stage.remove();
    await this.#cache.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  readonly #run = async (language: string, fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome> => {
    if (canonicalLanguage(language) === "python") return this.#runPython(fileName, options);
    const script = { fileName, stage: this.#stage, cache: this.#cache, ...this.#limits() };
    return runScript({ ...script, shared: this.#shared, packagesFrom: this.#packagesFrom }, options);
  };

  async #runPython(fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome> {
    const interpreter = await orAborted(this.#warmInterpreter(), options.signal);
    const message = { id: ++this.#runs, fileName, ...(await this.#files.changes()) };
    const run = await interpreter.run(message, this.#limits(), options);
    const notes = run.done === null ? [] : await this.#keepFiles(run.done);
    if (run.done !== null && run.done.exitCode !== 0 && this.#files.leftOut.length > 0) {
      notes.push(`Too large for the embedded sandbox, and not visible in it: ${this.#files.leftOut.slice(0, 20).join(", ")}.`);
    }
    return outcomeOf(run, notes);
  }

  #limits(): RunLimits {
    return {
      timeoutMs: this.#timeoutSeconds * 1_000,
      maxOutputBytes: this.#codeLimits.outputBytes,
      maxFolderBytes: this.#codeLimits.folderBytes,
    };
  }

  /** An abort leaves a starting interpreter alone: the next block finds it warm. */
  #warmInterpreter(): Promise<Interpreter> {
    return (this.#interpreter = this.#livingOrNew(this.#interpreter));
  }

  async #livingOrNew(last: Promise<Interpreter> | undefined): Promise<Interpreter> {
    const interpreter = await last?.catch(() => undefined); // a failed start is tried again
    if (interpreter?.exitCode === null) return interpreter;
    this.#files.forget();
    this.#starting = new AbortController();
    const { signal } = this.#starting;
    return Interpreter.start({ cleanup: this.#shared.cleanup, packagesFrom: this.#packagesFrom, signal });
  }

  async #keepFiles(done: NonNullable<InterpreterRun["done"]>): Promise<string[]> {
    const { written, refused } = await this.#files.takeOver(done);
    this.#written.push(...written);
    return refused.length === 0
      ? []
      : [`Not written to the work folder (too many, too large, or outside of it): ${refused.join(", ")}.`];
  }
}

function outcomeOf({ end, output, done, exitCode }: InterpreterRun, notes: readonly string[]): ProcessOutcome {
  const said = (text: string, code: number): ProcessOutcome => ({
    end: "exit",
    exitCode: code,
    stdout: output + text,
    stderr: "",
  });
  switch (end) {
    case "died":
      return said(
        `\nThe interpreter ended (exit code ${exitCode}): it ran out of memory, or the code tried what this sandbox does not have. ` +
          "The next block gets a new interpreter.\n",
        exitCode === 0 ? 1 : exitCode,
      );
    case "memory-limit":
      return said("\nStopped: the code used more memory than the sandbox has.\n", 137);
    case "exit":
      return said(
        notes.map((note) => `${output === "" || output.endsWith("\n") ? "" : "\n"}${note}\n`).join(""),
        done?.exitCode ?? 1,
      );
    default:
      return { end, exitCode, stdout: output, stderr: "" };
  }
}
