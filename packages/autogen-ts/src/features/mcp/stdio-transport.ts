/**
 * A server as a child process. The official transport leaves grandchildren behind (`npx` starts one), and copies its
 * buffer with each chunk that comes in; this one ends the whole process group and holds a limit on messages.
 */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { AutogenError } from "../../core.js";
import { childEnvironment, exitCleanup, killGroup, within } from "../../platform/node/index.js";
import { cleanText } from "./clean-text.js";
import type { McpCommand } from "./options.js";
import { masked } from "./secrets.js";

/** What the transport is told besides the command. */
export interface StdioOptions {
  readonly messageBytes: number;
  /** Checks a parsed message; throws for what is none. From the official package. */
  readonly parse: (value: unknown) => JSONRPCMessage;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** How long a server may take to end after its input has ended, and after it was asked to. */
const GRACE_MS = 1000;
/** How long what a process wrote last may take to arrive after its end. */
const LAST_WORDS_MS = 200;
/** Messages that may wait to be looked at before no more are read. */
const MOST_WAITING_MESSAGES = 1000;
/** How much of standard error is shown in messages about the end. */
const STDERR_CHARACTERS = 2000;
/** How much of it is kept: more, so that no secret is cut before it is masked. */
const STDERR_KEPT = 4 * STDERR_CHARACTERS;

/** One process; it cannot be started again. */
export class StdioTransport implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: Transport["onmessage"];
  readonly #command: McpCommand;
  readonly #options: StdioOptions;
  #child: Child | null = null;
  #exited: Promise<void> = Promise.resolve();
  #stderr = "";
  #end: string | null = null;
  #tellEnd: () => void = () => undefined;
  /** Resolves when it is known how the process ended. */
  readonly #known: Promise<void> = new Promise((resolve) => (this.#tellEnd = resolve));
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #messages: JSONRPCMessage[] = [];
  #delivering = false;

  constructor(command: McpCommand, options: StdioOptions) {
    this.#command = command;
    this.#options = options;
  }

  /** How the process ended, with the last it wrote to standard error; null while it runs. */
  get end(): string | null {
    return this.#end;
  }

  /** @throws the system's error when the program cannot be started */
  async start(): Promise<void> {
    const { command, args = [], cwd, env = {} } = this.#command;
    const child = spawn(command, [...args], {
      ...(cwd === undefined ? {} : { cwd }),
      env: childEnvironment(process.env, { env }),
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32", // a group of its own, so that all of it can be killed
      windowsHide: true,
    });
    this.#child = child;
    child.stdin.on("error", () => undefined); // the end of the process says what there is to say
    child.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    const { pid } = child;
    const forget = pid === undefined ? () => undefined : exitCleanup.add(() => killGroup(pid));
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    this.#exited = new Promise((resolve) => {
      child.once("exit", (code, by) => {
        // What it has started is of no use without it. Later the number could be that of another group.
        if (pid !== undefined) killGroup(pid);
        forget();
        resolve();
        const how = code === null ? `it was ended by ${String(by)}` : `exit code ${String(code)}`;
        // What it wrote last is still to be read; but a process that left the group may hold the output open for ever.
        void within(LAST_WORDS_MS, closed).then(() => this.#whenDelivered(() => this.#ended(how)));
      });
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) => {
        this.#end = error.message;
        reject(error);
      });
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const child = this.#child;
    if (child === null || this.#end !== null) {
      throw new AutogenError("mcp-failed", `The process has ended (${this.#end ?? "it was not started"}).`);
    }
    const failed = await new Promise<Error | null | undefined>((resolve) => {
      child.stdin.write(`${JSON.stringify(message)}\n`, resolve);
    });
    if (failed == null) return;
    // A pipe breaks before its process is known to have ended, and how it ended says more.
    await within(GRACE_MS, this.#known);
    throw new AutogenError("mcp-failed", `The process has ended (${this.end ?? failed.message}).`, { cause: failed });
  }

  /** Ends the input, asks, and then kills: the process and all that it started. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    if (child.exitCode === null && child.signalCode === null) {
      child.stdin.end();
      if (!(await within(GRACE_MS, this.#exited))) {
        child.kill("SIGTERM");
        await within(GRACE_MS, this.#exited);
      }
      if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
      await within(GRACE_MS, this.#exited);
    }
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    this.#ended("it was closed");
  }

  #ended(how: string): void {
    if (this.#end !== null) return;
    const { text } = cleanText(masked(this.#stderr, this.#command).slice(-STDERR_CHARACTERS), STDERR_CHARACTERS);
    const lines = text.split("\n").slice(-5).join("\n");
    this.#end = lines === "" ? how : `${how}; it wrote last:\n${lines}`;
    this.#waiting = [];
    this.#tellEnd();
    this.onclose?.();
  }

  #take(chunk: Buffer): void {
    if (this.#end !== null) return;
    let start = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, start)) {
      this.#waiting.push(chunk.subarray(start, at));
      const line = Buffer.concat(this.#waiting).toString("utf8").trim();
      this.#waiting = [];
      this.#waitingBytes = 0;
      start = at + 1;
      if (line !== "") this.#takeLine(line);
    }
    const rest = chunk.subarray(start);
    this.#waiting.push(rest);
    this.#waitingBytes += rest.length;
    if (this.#waitingBytes <= this.#options.messageBytes) return;
    this.#child?.stdout.destroy();
    this.#ended(`it sent a message of more than ${String(this.#options.messageBytes)} bytes`);
    void this.close();
  }

  #takeLine(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
      this.#deliver(this.#options.parse(value));
    } catch {
      this.onerror?.(new AutogenError("mcp-failed", `sent a line that is no message: ${cleanText(line, 100).text}`));
      // Whoever waits for this answer would wait in vain.
      const id = idOfResponse(value);
      if (id === null) return;
      this.#deliver({ jsonrpc: "2.0", id, error: { code: INTERNAL_ERROR, message: "The answer is no valid JSON-RPC." } });
    }
  }

  /**
   * One after another. The official client looks at notifications a moment later than at answers: without a pause the
   * last progress of a call would come when nobody listens to it any more.
   */
  #deliver(message: JSONRPCMessage): void {
    this.#messages.push(message);
    if (this.#messages.length > MOST_WAITING_MESSAGES) this.#child?.stdout.pause();
    if (this.#delivering) return;
    this.#delivering = true;
    setImmediate(() => this.#deliverWaiting()); // with what else is in this chunk
  }

  #deliverWaiting(): void {
    const batch = this.#messages;
    this.#messages = [];
    for (const [index, message] of batch.entries()) {
      this.onmessage?.(message);
      const next = batch[index + 1];
      if (next === undefined || !("method" in message) || "method" in next) continue;
      this.#messages = [...batch.slice(index + 1), ...this.#messages];
      setImmediate(() => this.#deliverWaiting());
      return;
    }
    this.#delivering = false;
    this.#child?.stdout.resume();
  }

  #whenDelivered(then: () => void): void {
    if (this.#delivering) setImmediate(() => this.#whenDelivered(then));
    else then();
  }
}

/** JSON-RPC 2.0, section 5.1. */
const INTERNAL_ERROR = -32_603;

function idOfResponse(value: unknown): string | number | null {
  if (typeof value !== "object" || value === null || "method" in value || !("id" in value)) return null;
  return typeof value.id === "string" || typeof value.id === "number" ? value.id : null;
}
