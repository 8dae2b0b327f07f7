/**
 * The contract of everything that runs code. Specification chapter 24, section 5; design `sandbox`.
 */
import type { CodeBlock, CodeResult } from "../run/index.js";
import type { CodeExtractor } from "./extract.js";
import type { ExecutionPolicies } from "./language.js";

/** How one execution is watched and stopped. */
export interface ExecuteCodeOptions {
  readonly signal?: AbortSignal;
  /** Called with output as it is written, decoded as UTF-8. */
  readonly onOutput?: (text: string, stream: "stdout" | "stderr") => void;
  /** Equal when this very execution is repeated after a crash; absent when nothing would repeat it. */
  readonly idempotencyKey?: string;
}

/** Runs blocks in order until one fails. What cannot be run is a result with a text for the model, not an error. */
export interface CodeExecutor {
  /** For example `bubblewrap`, `embedded`, `local`. */
  readonly name: string;
  /** Whether the code is confined; false only for what the user asked for in so many words. */
  readonly isolated: boolean;
  /**
   * @throws AutogenError `aborted` when the signal fires; everything the code started is gone by then
   */
  executeCodeBlocks(blocks: readonly CodeBlock[], options?: ExecuteCodeOptions): Promise<CodeResult>;
  /** Forgets state kept between blocks. */
  restart(): Promise<void>;
  /** Idempotent. */
  stop?(): Promise<void>;
  /** The same as `stop`, for `await using`. */
  [Symbol.asyncDispose]?(): Promise<void>;
  /** Finds the code blocks of a message. @default fences of Markdown */
  readonly codeExtractor?: CodeExtractor;
}

/**
 * What executed code may reach: nothing; the public internet, through a proxy of ours that refuses this machine, private
 * networks and metadata; only these hosts of it (`example.com`, `*.example.com`, `example.com:8080`); or all that this machine reaches.
 */
export type NetworkAccess = false | "public" | readonly string[] | true;

/** How much executed code may use, where the executor can limit it. */
export interface CodeLimits {
  /** Memory of one process. @default 512 MiB */
  readonly memoryBytes: number;
  /** Memory of all processes of a block together. @default 1 GiB */
  readonly totalMemoryBytes: number;
  /** Processes and threads together. @default 64 */
  readonly processes: number;
  /** Size of one file. @default 100 MB */
  readonly fileBytes: number;
  /** What one block may add to the work folder. @default 1 GB */
  readonly folderBytes: number;
  /** How much of a block's output is kept; of more, the beginning and the end. @default 1 MB */
  readonly outputBytes: number;
}

/** Settings of code execution by choice of the library, as users write them in `codeExecutionConfig`. */
export interface ExecutorRequest {
  /** Folder that the code works in. @default "coding" below the current folder */
  readonly workDir?: string;
  /** Limit per block. @default 60 */
  readonly timeoutSeconds?: number;
  /** Unconfined only: whether blocks that name no file leave one behind. @default true */
  readonly keepTemporary?: boolean;
  /**
   * absent or true: a container, else the system's sandbox, else the embedded one, else refuse;
   * "sandbox": never a container, always isolated; false: this machine, unconfined; a name: that image.
   */
  readonly useDocker?: boolean | "sandbox" | string;
  /** What the code may reach. The unconfined executor cannot limit it. @default false */
  readonly network?: NetworkAccess;
  readonly limits?: Partial<CodeLimits>;
  /** Variables for the code; it sees none of this process but harmless ones such as `PATH`. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Packages for Python blocks, as `pip` names them (`numpy`, `pandas==2.2.3`). They are installed once per set, as
   * wheels, into an environment of their own outside the sandbox, which the code can read.
   */
  readonly pythonPackages?: readonly string[];
  /** Overrides per language, where an executor knows it: run (true) or only save (false). */
  readonly executionPolicies?: ExecutionPolicies;
  /** Fail, instead of looking for another sandbox or telling the model, when a container is wanted and no engine answers. @default false */
  readonly strictDockerCheck?: boolean;
  /**
   * Whether a container that this program runs in is isolation enough: code then runs in it as this program does.
   * @default what the variable `AUTOGEN_TRUST_CONTAINER` says, else false
   */
  readonly trustContainer?: boolean;
}

/** An executor and the sentence that says why it was taken. */
export interface ChosenExecutor {
  readonly executor: CodeExecutor;
  readonly reason: string;
}

declare module "../run/host.js" {
  interface Host {
    /**
     * Finds the first executor that passes its self-test.
     * @throws AutogenError `no-sandbox` naming what was looked for and the ways out
     */
    chooseExecutor(request: ExecutorRequest): Promise<ChosenExecutor>;
  }
}
