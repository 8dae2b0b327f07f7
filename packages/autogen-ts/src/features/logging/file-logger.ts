/** Logs into a file with one JSON object a line. Specification chapter 25, section 4. */
import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { threadId } from "node:worker_threads";
import { AutogenError, type Json } from "../../core.js";
import { Backlog, LogWriteError } from "./backlog.js";
import type {
  BaseLogger,
  ChatCompletionEntry,
  EntrySource,
  EventEntry,
  FunctionUseEntry,
  NewAgentEntry,
  NewClientEntry,
  NewWrapperEntry,
} from "./entries.js";
import { timestamp } from "./timestamp.js";

/** Where the log is. */
export interface FileLoggerConfig {
  /** @default "runtime.log" */
  readonly filename?: string;
  /** @default "autogen_logs" in the current folder */
  readonly dir?: string;
}

/** Of the lines. */
const SCHEMA = 1;

/** Appends each entry before the method returns, as one line of JSON that is there as a whole or not at all. */
export class FileLogger implements BaseLogger {
  readonly sessionId: string = randomUUID();
  readonly #config: FileLoggerConfig;
  readonly #backlog = new Backlog<Buffer>({ write: (line) => this.#append(line), sizeOf: (line) => line.length });
  #file: number | null = null;

  constructor(config: FileLoggerConfig = {}) {
    const { filename = "runtime.log" } = config;
    if (typeof filename !== "string" || filename === "")
      throw new AutogenError("invalid-option", `\`filename\` is ${JSON.stringify(filename)}. Pass the name of a file.`);
    this.#config = config;
  }

  /** Absolute. */
  get path(): string {
    const { dir = "autogen_logs", filename = "runtime.log" } = this.#config;
    return resolve(dir, filename);
  }

  /** @throws AutogenError `invalid-option` for a path that cannot be written */
  start(): string {
    if (this.#file !== null) return this.sessionId;
    const { path } = this;
    const started = { event: "session_start", session_id: this.sessionId, time: timestamp(), schema: SCHEMA };
    try {
      mkdirSync(dirname(path), { recursive: true });
      // Readable for its owner alone: it holds whole conversations.
      this.#file = openSync(path, "a", 0o600);
      this.#append(lineOf("session_start", started));
    } catch (cause) {
      if (this.#file !== null) closeSync(this.#file);
      this.#file = null;
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `The log \`${path}\` cannot be written (${why}). Check the folder and who may write there, or pass another \`dir\`.`;
      throw new AutogenError("invalid-option", message, { cause });
    }
    return this.sessionId;
  }

  logChatCompletion(entry: ChatCompletionEntry): void {
    const { invocationId, clientId, wrapperId, source, request, response, isCached, cost, startTime, endTime } = entry;
    this.#write("completion", {
      ...{ invocation_id: invocationId, client_id: clientId, wrapper_id: wrapperId, request, response },
      ...{ is_cached: isCached ? 1 : 0, cost, start_time: startTime, end_time: endTime, thread_id: threadId },
      source_name: source?.name ?? null,
    });
  }

  logNewAgent({ id, name, wrapperId, className, initArgs, timestamp: time }: NewAgentEntry): void {
    this.#write("agent", {
      ...{ id, agent_name: name, wrapper_id: wrapperId, session_id: this.sessionId, current_time: time },
      ...{ agent_type: className, args: initArgs, thread_id: threadId },
    });
  }

  logEvent({ source, name, state, timestamp: time }: EventEntry): void {
    this.#write("event", {
      ...{ source_id: source.id, source_name: source.name, event_name: name },
      ...classOf(source),
      ...{ json_state: JSON.stringify(state), timestamp: time, thread_id: threadId },
    });
  }

  logNewWrapper({ wrapperId, initArgs, timestamp: time }: NewWrapperEntry): void {
    const json_state = JSON.stringify(initArgs);
    this.#write("wrapper", {
      wrapper_id: wrapperId,
      session_id: this.sessionId,
      json_state,
      timestamp: time,
      thread_id: threadId,
    });
  }

  logNewClient({ clientId, wrapperId, className, initArgs, timestamp: time }: NewClientEntry): void {
    this.#write("client", {
      ...{ client_id: clientId, wrapper_id: wrapperId, session_id: this.sessionId, class: className },
      ...{ json_state: JSON.stringify(initArgs), timestamp: time, thread_id: threadId },
    });
  }

  logFunctionUse({ source, function: name, args, returns, timestamp: time }: FunctionUseEntry): void {
    this.#write("function", {
      ...{ source_id: source.id, source_name: source.name, function_name: name },
      ...{ agent_module: source.module, agent_class: source.className, timestamp: time, thread_id: threadId },
      ...{ input_args: JSON.stringify(args), returns: JSON.stringify(returns) },
    });
  }

  /** @throws LogWriteError when lines could not be written */
  stop(): void {
    const file = this.#file;
    if (file === null) return;
    try {
      this.#backlog.flush();
    } finally {
      this.#file = null;
      closeSync(file);
    }
  }

  /** There is no database. */
  getConnection(): null {
    return null;
  }

  /** Entries that could not be written, not even later: 0 as long as nothing went wrong. */
  get lostEntries(): number {
    return this.#backlog.lost;
  }

  #write(kind: string, keys: Readonly<Record<string, Json>>): void {
    if (this.#file !== null) this.#backlog.add(lineOf(kind, keys));
  }

  #append(line: Buffer): void {
    // Lines are only written between start and stop.
    const file = this.#file as number;
    let written = 0;
    try {
      while (written < line.length) written += writeSync(file, line, written);
    } catch (cause) {
      if (written > 0) takeBack(file, written);
      throw new LogWriteError("[file_logger] Failed to write into the log", cause);
    }
  }
}

const lineOf = (kind: string, keys: Readonly<Record<string, Json>>): Buffer =>
  Buffer.from(`${JSON.stringify({ kind, ...keys })}\n`);

const classOf = ({ className, module }: EntrySource): Readonly<Record<string, Json>> =>
  className === null ? {} : { agent_module: module, agent_class: className };

/** The beginning of a line for whose end there was no room. */
function takeBack(file: number, written: number): void {
  try {
    ftruncateSync(file, fstatSync(file).size - written);
  } catch {
    // Not a file on a disk.
  }
}
