/** One child process from start to end: its output, its time, its limits. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { StringDecoder } from "node:string_decoder";
import { Duplex } from "node:stream";
import type { Readable } from "node:stream";
import type { ExecuteCodeOptions } from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";
import { CappedOutput } from "./capped-output.js";
import { EarlyEnd } from "./early-end.js";
import type { EarlyReason } from "./early-end.js";
import type { ExitCleanup } from "./exit-cleanup.js";
import { TerminalText, withoutTerminalControls } from "./terminal-text.js";

/** The most that a program may print before it is stopped. */
export const OUTPUT_LIMIT_BYTES = 10_000_000;

/** What to run, and within which limits. */
export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** How much output is kept of each stream. */
  readonly maxOutputBytes: number;
  /** How long to wait for the output's end after the process's end: a background child may hold it open. */
  readonly graceMs: number;
  /** Ends the process and everything it started. */
  readonly kill: (pid: number) => void;
  readonly cleanup: ExitCleanup;
  /** Descriptors from 3 on. */
  readonly extra?: readonly ExtraDescriptor[];
  /** Who runs it; needs root. Further groups are dropped. @default who runs this process */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Take what commands a terminal out of the output. @default false */
  readonly plainText?: boolean;
  /** Called with the process's number once it runs. */
  readonly onStart?: (pid: number) => void;
}

/**
 * Bytes to hand over; `null` for a pipe whose end tells that everything is gone; text to read; or a gate, which closes
 * when the promise is kept, and never when it is broken.
 */
export type ExtraDescriptor =
  | Uint8Array
  | null
  | { readonly onText: (text: string) => void }
  | { readonly until: Promise<unknown> };

/** How it ended, and what it printed. */
export interface ProcessOutcome {
  readonly end: "exit" | "not-found" | EarlyReason;
  /** 128 and the signal's number when a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with closed input in a process group of its own. Never rejects because of what the program does. */
export function runProcess(request: ProcessRequest, { signal, onOutput }: ExecuteCodeOptions = {}): Promise<ProcessOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawnQuietly(request);
    const { pid } = child;
    const output = new Capture(request, () => early.by("output-limit"), onOutput);
    output.read("stdout", child.stdout);
    output.read("stderr", child.stderr);
    handOver(child, request.extra ?? []);

    if (pid !== undefined) request.onStart?.(pid);
    const unregister = pid === undefined ? () => {} : request.cleanup.add(() => request.kill(pid));
    const onEnd = (): void => void (pid !== undefined && request.kill(pid));
    const early = new EarlyEnd({ timeoutMs: request.timeoutMs, signal, onEnd });
    let grace: NodeJS.Timeout | undefined;

    const cleanUp = (): void => {
      early.close();
      clearTimeout(grace);
      unregister();
      for (const stream of child.stdio) stream?.destroy();
    };
    const finish = (code: number | null, by: NodeJS.Signals | null): void => {
      cleanUp();
      const exitCode = code ?? 128 + (by === null ? 0 : constants.signals[by]);
      resolve({ end: early.reason ?? "exit", exitCode, ...output.texts() });
    };
    child.once("exit", (code, by) => {
      early.stopClock();
      grace = setTimeout(() => finish(code, by), request.graceMs);
    });
    child.once("close", finish);
    child.once("error", (error: NodeJS.ErrnoException) => {
      cleanUp();
      if (error.code === "ENOENT" || error.code === "EACCES")
        resolve({ end: "not-found", exitCode: 127, stdout: "", stderr: "" });
      else
        reject(
          new AutogenError("executor-failed", `The program \`${request.command}\` could not be started: ${error.message}.`, {
            cause: error,
          }),
        );
    });
  });
}

function spawnQuietly({ command, args, cwd, env, extra = [], user }: ProcessRequest): ChildProcess {
  return spawn(command, [...args], {
    cwd,
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe", ...extra.map(() => "pipe" as const)],
    detached: process.platform !== "win32", // a group of its own, so that all of it can be killed
    windowsHide: true,
    ...user,
  });
}

function handOver(child: ChildProcess, extra: readonly ExtraDescriptor[]): void {
  extra.forEach((use, index) => {
    const pipe = child.stdio[3 + index];
    if (!(pipe instanceof Duplex)) return; // all of ours are pipes, which Node makes of sockets
    pipe.on("error", () => {}); // a child that ends early is reported by its exit code
    if (use instanceof Uint8Array) pipe.end(use);
    else if (use !== null && "until" in use)
      use.until.then(
        () => pipe.end("."),
        () => {},
      );
    else if (use !== null) pipe.on("data", (chunk: Buffer) => use.onText(chunk.toString("latin1")));
    pipe.resume();
  });
}

/** Both streams, kept within their limits and passed on as text. */
class Capture {
  readonly #stdout: CappedOutput;
  readonly #stderr: CappedOutput;
  readonly #request: ProcessRequest;
  readonly #onLimit: () => void;
  readonly #onOutput: ExecuteCodeOptions["onOutput"];
  #total = 0;

  constructor(request: ProcessRequest, onLimit: () => void, onOutput: ExecuteCodeOptions["onOutput"]) {
    this.#stdout = new CappedOutput(request.maxOutputBytes);
    this.#stderr = new CappedOutput(request.maxOutputBytes);
    this.#request = request;
    this.#onLimit = onLimit;
    this.#onOutput = onOutput;
  }

  read(name: "stdout" | "stderr", stream: Readable | null): void {
    if (stream === null) return;
    const kept = name === "stdout" ? this.#stdout : this.#stderr;
    const decoder = new StringDecoder("utf8");
    const cleaner = this.#request.plainText === true ? new TerminalText() : undefined;
    stream.on("data", (chunk: Buffer) => {
      kept.add(chunk);
      this.#total += chunk.length;
      if (this.#total > OUTPUT_LIMIT_BYTES) {
        this.#onLimit();
        stream.destroy(); // nothing more is read, whatever still comes
      } else if (this.#total <= this.#request.maxOutputBytes && this.#onOutput !== undefined) {
        const text = decoder.write(chunk);
        const shown = cleaner?.push(text) ?? text;
        if (shown !== "") this.#onOutput(shown, name);
      }
    });
    stream.on("error", () => {}); // the end of the process says what there is to say
  }

  texts(): { stdout: string; stderr: string } {
    const clean = this.#request.plainText === true ? withoutTerminalControls : (text: string): string => text;
    return { stdout: clean(this.#stdout.text()), stderr: clean(this.#stderr.text()) };
  }
}
