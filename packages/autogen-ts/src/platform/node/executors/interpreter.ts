/** One Python interpreter: Pyodide in a deno without permissions, warm between blocks, killed when it misbehaves. */
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { readFile } from "node:fs/promises";
import type { ExecuteCodeOptions } from "../../../code/index.js";
import { AutogenError, throwIfAborted } from "../../../run/index.js";
import { CappedOutput } from "./capped-output.js";
import { EarlyEnd } from "./early-end.js";
import type { EarlyReason } from "./early-end.js";
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
  readonly end: "exit" | "died" | EarlyReason;
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

/** How an interpreter is started. */
export interface InterpreterStart {
  readonly cleanup: ExitCleanup;
  /** Files or addresses of modules from where `deno` and `pyodide` are looked for. */
  readonly packagesFrom?: readonly string[] | undefined;
  /** Ends the start. */
  readonly signal?: AbortSignal;
  /** How long each attempt may take; one that ends by itself is the last. */
  readonly limitsMs?: readonly number[];
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Two to three seconds are normal, ten on a busy machine. What hangs is tried once more. */
const START_LIMITS_MS = [30_000, 60_000] as const;
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
   * @throws AutogenError `missing-package`; `executor-failed` when the interpreter does not start; `aborted`
   */
  static async start({ cleanup, packagesFrom, signal, limitsMs = START_LIMITS_MS }: InterpreterStart): Promise<Interpreter> {
    const command = await denoCommand(packagesFrom);
    const folder = findPyodide(packagesFrom);
    const language = import.meta.url.endsWith(".ts") ? "typescript" : "javascript";
    const worker = language === "typescript" ? "./embedded-worker.ts" : "./embedded-worker.js";
    const source = await readFile(new URL(worker, import.meta.url), "utf8");
    const args = denoArguments(source, { language, readable: [folder], args: [folderUrl(folder), folder] });
    for (const limitMs of limitsMs) {
      if (signal !== undefined) throwIfAborted(signal);
      const interpreter = Interpreter.#spawn(command, args, folder, cleanup);
      if (await interpreter.#isReady(limitMs, signal)) return interpreter;
    }
    throw new AutogenError(
      "executor-failed",
      `The Python interpreter in deno was started ${limitsMs.length} times and did not get ready, the last time in ${(limitsMs.at(-1) ?? 0) / 1_000} seconds. ` +
        "This machine may be overloaded; the next block tries again.",
    );
  }

  static #spawn(command: DenoCommand, args: readonly string[], folder: string, cleanup: ExitCleanup): Interpreter {
    const [program = "deno", ...prefix] = command.prefix;
    const child = spawn(program, [...prefix, ...args], {
      stdio: ["pipe", "pipe", "ignore"],
      env: denoEnvironment(command),
      cwd: folder,
      windowsHide: true,
    });
    return new Interpreter(child, command, cleanup);
  }

  /** Runs one block; whatever ends it before its own end also ends the interpreter. */
  async run(message: RunMessage, limits: RunLimits, { signal, onOutput }: ExecuteCodeOptions): Promise<InterpreterRun> {
    const output = new CappedOutput(limits.maxOutputBytes);
    const cleaners = { stdout: new TerminalText(), stderr: new TerminalText() };
    const show = (text: string, stream: "stdout" | "stderr"): void => {
      const shown = cleaners[stream].push(text);
      if (shown !== "") onOutput?.(shown, stream);
    };
    const early = new EarlyEnd({ timeoutMs: limits.timeoutMs, signal, onEnd: () => this.kill() });
    const unwatch = this.#command.memoryIsLimited
      ? () => {}
      : watchMemory(this.#child.pid, MEMORY_LIMIT_BYTES, () => early.by("memory-limit"));
    try {
      const done = await this.#exchange(message, (text, stream) => {
        if (early.reason !== undefined) return;
        output.add(Buffer.from(text));
        if (output.total > OUTPUT_LIMIT_BYTES) early.by("output-limit");
        else if (output.total <= limits.maxOutputBytes) show(text, stream);
      });
      if (done === null && this.#fatal !== "") output.add(Buffer.from(`${this.#fatal}\n`));
      return {
        end: early.reason ?? (done === null ? "died" : "exit"),
        output: withoutTerminalControls(output.text()),
        done,
        exitCode: this.exitCode ?? 0,
      };
    } finally {
      early.close();
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

  /** False when it did not get ready in time; it is gone then. @throws AutogenError when it ended by itself, or `aborted` */
  async #isReady(limitMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    let isLate = false;
    const stop = (): void => this.kill();
    const timer = setTimeout(() => {
      isLate = true;
      stop();
    }, limitMs);
    signal?.addEventListener("abort", stop, { once: true });
    const code = await new Promise<number | null>((resolve) => {
      this.#onExit = resolve;
      this.#listener = (message) => {
        if (message.type === "ready") resolve(null);
      };
    });
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    if (code === null) {
      this.#rest();
      return true;
    }
    if (signal !== undefined) throwIfAborted(signal);
    if (isLate) return false;
    const reason = `The Python interpreter in deno did not start (exit code ${code}). ${this.#fatal}`;
    throw new AutogenError("executor-failed", reason.trim());
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
