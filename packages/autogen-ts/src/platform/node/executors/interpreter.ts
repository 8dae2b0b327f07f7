/** One Python interpreter: Pyodide in a deno without permissions, warm between blocks, killed when it misbehaves. */
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { readFile } from "node:fs/promises";
import type { ExecuteCodeOptions } from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";
import { CappedOutput } from "./capped-output.js";
import { MEMORY_LIMIT_BYTES, denoArguments, denoCommand, denoEnvironment } from "./deno-command.js";
import type { DenoCommand } from "./deno-command.js";
import { findPyodide, folderUrl } from "./embedded-packages.js";
import type { ExitCleanup } from "./exit-cleanup.js";
import { readMessage } from "./interpreter-messages.js";
import type { RunMessage, WorkerMessage } from "./interpreter-messages.js";
import { LineReader } from "./line-reader.js";
import { watchMemory } from "./memory-watch.js";
import { TerminalText, withoutTerminalControls } from "./terminal-text.js";
import { OUTPUT_LIMIT_BYTES } from "./run-process.js";

/** How one block went. */
export interface InterpreterRun {
  readonly end: "exit" | "died" | "timeout" | "aborted" | "output-limit" | "memory-limit";
  readonly output: string;
  /** What the interpreter said at the end; null when it did not live to say it. */
  readonly done: (WorkerMessage & { readonly type: "done" }) | null;
  /** Of the process, when it ended. */
  readonly exitCode: number;
}

/** Limits of one block. */
export interface RunLimits {
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  /** What a block may add to the work folder. */
  readonly maxFolderBytes: number;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;
type Ending = Exclude<InterpreterRun["end"], "exit" | "died">;

const START_LIMIT_MS = 60_000; // two to three seconds are normal; slow machines exist
/** The largest message that is read: the files of one block. */
const MAX_LINE_BYTES = 64_000_000;

/** A living interpreter. It runs one block at a time. */
export class Interpreter {
  readonly #child: Child;
  readonly #command: DenoCommand;
  readonly #forget: () => void;
  #listener: (message: WorkerMessage) => void = () => {};
  #onExit: (code: number) => void = () => {};
  #fatal = "";
  /** null while it lives. */
  exitCode: number | null = null;

  private constructor(child: Child, command: DenoCommand, cleanup: ExitCleanup) {
    this.#child = child;
    this.#command = command;
    this.#forget = cleanup.add(() => child.kill("SIGKILL"));
    const lines = new LineReader(
      MAX_LINE_BYTES,
      (line) => this.#receive(line),
      () => this.kill(),
    );
    child.stdout.on("data", (chunk: Buffer) => lines.add(chunk));
    child.stdin.on("error", () => {}); // the exit is what is reported
    child.once("error", () => this.#ended(127));
    child.once("close", (code) => this.#ended(code ?? 137));
  }

  /**
   * Starts deno and loads Pyodide, which takes two to three seconds.
   *
   * @throws AutogenError `missing-package`, or `executor-failed` when the interpreter does not start
   */
  static async start(cleanup: ExitCleanup, packagesFrom?: readonly string[]): Promise<Interpreter> {
    const command = await denoCommand(packagesFrom);
    const folder = findPyodide(packagesFrom);
    const source = await readFile(
      new URL(import.meta.url.endsWith(".ts") ? "./embedded-worker.ts" : "./embedded-worker.js", import.meta.url),
      "utf8",
    );
    const [program = "deno", ...prefix] = command.prefix;
    const args = denoArguments(source, { readable: [folder], args: [folderUrl(folder), folder] });
    const child = spawn(program, [...prefix, ...args], {
      stdio: ["pipe", "pipe", "ignore"],
      env: denoEnvironment(),
      cwd: folder,
      windowsHide: true,
    });
    const interpreter = new Interpreter(child, command, cleanup);
    await interpreter.#untilReady();
    return interpreter;
  }

  /** Runs one block; whatever ends it before its own end also ends the interpreter. */
  async run(message: RunMessage, limits: RunLimits, { signal, onOutput }: ExecuteCodeOptions): Promise<InterpreterRun> {
    const output = new CappedOutput(limits.maxOutputBytes);
    const cleaners = { stdout: new TerminalText(), stderr: new TerminalText() };
    const show = (text: string, stream: "stdout" | "stderr"): void => {
      const shown = cleaners[stream].push(text);
      if (shown !== "") onOutput?.(shown, stream);
    };
    let end: Ending | undefined;
    const stop = (reason: Ending): void => {
      end ??= reason;
      this.kill();
    };
    const timer = setTimeout(() => stop("timeout"), limits.timeoutMs);
    const onAbort = (): void => stop("aborted");
    signal?.addEventListener("abort", onAbort, { once: true });
    const unwatch = this.#command.memoryIsLimited
      ? () => {}
      : watchMemory(this.#child.pid, MEMORY_LIMIT_BYTES, () => stop("memory-limit"));
    try {
      if (signal?.aborted === true) onAbort();
      const done = await this.#exchange(message, (text, stream) => {
        if (end !== undefined) return;
        output.add(Buffer.from(text));
        if (output.total > OUTPUT_LIMIT_BYTES) stop("output-limit");
        else if (output.total <= limits.maxOutputBytes) show(text, stream);
      });
      if (done === null && this.#fatal !== "") output.add(Buffer.from(`${this.#fatal}\n`));
      return {
        end: end ?? (done === null ? "died" : "exit"),
        output: withoutTerminalControls(output.text()),
        done,
        exitCode: this.exitCode ?? 0,
      };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      unwatch();
    }
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Sends the block and waits for its end, or for the end of the process (null). */
  #exchange(
    message: RunMessage,
    onText: (text: string, stream: "stdout" | "stderr") => void,
  ): Promise<(WorkerMessage & { readonly type: "done" }) | null> {
    if (this.exitCode !== null) return Promise.resolve(null);
    this.#wake();
    return new Promise((resolve) => {
      this.#onExit = () => resolve(null);
      this.#listener = (answer) => {
        if (answer.type === "output") onText(answer.text, answer.stream);
        if (answer.type !== "done" || answer.id !== message.id) return;
        this.#rest();
        resolve(answer);
      };
      this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    });
  }

  #untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.kill(), START_LIMIT_MS);
      this.#onExit = (code) => {
        clearTimeout(timer);
        reject(
          new AutogenError(
            "executor-failed",
            `The Python interpreter in deno did not start (exit code ${code}). ${this.#fatal}`.trim(),
          ),
        );
      };
      this.#listener = (message) => {
        if (message.type !== "ready") return;
        clearTimeout(timer);
        this.#rest();
        resolve();
      };
    });
  }

  #receive(line: string): void {
    const message = readMessage(line);
    if (message.type === "fatal") this.#fatal = message.text.replace(/, run again with the --allow-[\w-]+ flag/g, "");
    this.#listener(message);
  }

  #ended(code: number): void {
    if (this.exitCode !== null) return;
    this.exitCode = code;
    this.#forget();
    this.#onExit(code);
  }

  /** Between blocks nothing runs, and the interpreter does not keep this process alive. */
  #rest(): void {
    this.#listener = () => {};
    this.#onExit = () => {};
    if (this.#command.diesWithParent) this.#child.kill("SIGSTOP"); // timers that a block left behind use no processor
    this.#child.unref();
    for (const stream of this.#pipes()) stream.unref();
  }

  #wake(): void {
    this.#child.ref();
    for (const stream of this.#pipes()) stream.ref();
    if (this.#command.diesWithParent) this.#child.kill("SIGCONT");
  }
  /** Pipes to children are sockets, whatever their types say. */
  #pipes(): Socket[] {
    return [this.#child.stdin, this.#child.stdout].filter(
      (stream): stream is Readable & Writable & Socket => stream instanceof Socket,
    );
  }
}
