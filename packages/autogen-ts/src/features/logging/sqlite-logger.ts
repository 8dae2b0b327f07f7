/** Logs into a SQLite file with the tables of the reference. Specification chapter 25, section 3. */
import { randomUUID } from "node:crypto";
import { AutogenError } from "../../core.js";
import { sqliteErrorName, type SqliteDatabase, type SqliteStatement, type SqliteValue } from "../../platform/node/index.js";
import type {
  BaseLogger,
  ChatCompletionEntry,
  EventEntry,
  FunctionUseEntry,
  NewAgentEntry,
  NewClientEntry,
  NewWrapperEntry,
} from "./entries.js";
import { Backlog, LogWriteError } from "./backlog.js";
import { openLog } from "./sqlite-file.js";

/** Where the log is. */
export interface SqliteLoggerConfig {
  /** A file, made when it is not there, or `:memory:`. @default "logs.db" */
  readonly dbname?: string;
  /**
   * How long an entry waits while somebody else writes into the file, in milliseconds. What cannot be written by then is kept, and
   * the chat goes on; later entries do not wait until the file is free again. @default 5000
   */
  readonly busyTimeoutMs?: number;
}

const INSERTS = {
  completion: `INSERT INTO chat_completions(invocation_id, client_id, wrapper_id, session_id, request, response, is_cached, cost,
    start_time, end_time, source_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  agent: `INSERT INTO agents(agent_id, wrapper_id, session_id, name, class, init_args, timestamp) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (agent_id, session_id) DO UPDATE SET
      wrapper_id = excluded.wrapper_id, name = excluded.name, class = excluded.class, init_args = excluded.init_args,
      timestamp = excluded.timestamp`,
  event: `INSERT INTO events(source_id, source_name, event_name, agent_module, agent_class_name, json_state, timestamp, session_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  wrapper: `INSERT OR IGNORE INTO oai_wrappers(wrapper_id, session_id, init_args, timestamp) VALUES (?, ?, ?, ?)`,
  client: `INSERT OR IGNORE INTO oai_clients(client_id, wrapper_id, session_id, class, init_args, timestamp) VALUES (?, ?, ?, ?, ?, ?)`,
  function: `INSERT INTO function_calls(source_id, source_name, function_name, args, returns, timestamp, session_id)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
} as const;

type Table = keyof typeof INSERTS;

interface Row {
  readonly table: Table;
  readonly values: readonly SqliteValue[];
}

/**
 * Writes each entry as a transaction of its own before the method returns, so that nothing is lost when the process is
 * killed. While the disk is full or the file is locked, entries are kept and written later.
 */
export class SqliteLogger implements BaseLogger {
  readonly sessionId: string = randomUUID();
  readonly dbname: string;
  readonly #busyTimeoutMs: number;
  /** Whether the last attempt found the file locked. */
  #locked = false;
  #database: SqliteDatabase | null = null;
  #statements: Partial<Record<Table, SqliteStatement>> = {};
  readonly #backlog = new Backlog<Row>({ write: (row) => this.#insert(row), sizeOf });

  constructor({ dbname = "logs.db", busyTimeoutMs = BUSY_TIMEOUT_MS }: SqliteLoggerConfig = {}) {
    if (typeof dbname !== "string" || dbname === "")
      throw new AutogenError(
        "invalid-option",
        `\`dbname\` is ${JSON.stringify(dbname)}. Pass the name of a file, or ":memory:".`,
      );
    if (!Number.isInteger(busyTimeoutMs) || busyTimeoutMs < 0)
      throw new AutogenError("invalid-option", `\`busyTimeoutMs\` is ${String(busyTimeoutMs)}. Pass milliseconds, 0 or more.`);
    this.dbname = dbname;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  /** @throws AutogenError `invalid-option` for a path that cannot be written, `unsupported` for a file of something else */
  start(): string {
    if (this.#database === null) {
      this.#database = openLog(this.dbname);
      this.#wait(false);
    }
    return this.sessionId;
  }

  logChatCompletion(entry: ChatCompletionEntry): void {
    const { invocationId, clientId, wrapperId, source, request, response, isCached, cost, startTime, endTime } = entry;
    this.#write("completion", [
      ...[invocationId, clientId, wrapperId, this.sessionId, JSON.stringify(request), JSON.stringify(response, null, 4)],
      ...[isCached ? 1 : 0, cost, startTime, endTime, source?.name ?? ""],
    ]);
  }

  logNewAgent({ id, wrapperId, name, className, initArgs, timestamp }: NewAgentEntry): void {
    this.#write("agent", [id, wrapperId, this.sessionId, name, className, JSON.stringify(initArgs), timestamp]);
  }

  logEvent({ source, name, state, timestamp }: EventEntry): void {
    const { id, name: sourceName, module, className } = source;
    this.#write("event", [id, sourceName, name, module, className, JSON.stringify(state), timestamp, this.sessionId]);
  }

  logNewWrapper({ wrapperId, initArgs, timestamp }: NewWrapperEntry): void {
    this.#write("wrapper", [wrapperId, this.sessionId, JSON.stringify(initArgs), timestamp]);
  }

  logNewClient({ clientId, wrapperId, className, initArgs, timestamp }: NewClientEntry): void {
    this.#write("client", [clientId, wrapperId, this.sessionId, className, JSON.stringify(initArgs), timestamp]);
  }

  logFunctionUse({ source, function: name, args, returns, timestamp }: FunctionUseEntry): void {
    const texts = [JSON.stringify(args), JSON.stringify(returns)];
    this.#write("function", [source.id, source.name, name, ...texts, timestamp, this.sessionId]);
  }

  /** @throws LogWriteError when entries could not be written */
  stop(): void {
    const database = this.#database;
    if (database === null) return;
    try {
      this.#wait(false);
      this.#backlog.flush();
    } finally {
      this.#database = null;
      this.#statements = {};
      // Into one file, where nobody else writes; what remains beside it belongs to it and is read with it.
      try {
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch {
        // Another connection is at work, or the disk is full.
      }
      database.close();
    }
  }

  /** The object of the driver: a `DatabaseSync` of `node:sqlite`, or a `Database` of `libsql`; null while stopped. */
  getConnection(): object | null {
    return this.#database?.handle ?? null;
  }

  /** For queries; null while stopped. */
  get database(): SqliteDatabase | null {
    return this.#database;
  }

  /** Entries that could not be written, not even later: 0 as long as nothing went wrong. */
  get lostEntries(): number {
    return this.#backlog.lost;
  }

  #write(table: Table, values: readonly SqliteValue[]): void {
    if (this.#database !== null) this.#backlog.add({ table, values });
  }

  /** A file that somebody has locked for seconds is likely to stay so; the chat waits for it once. */
  #wait(locked: boolean): void {
    this.#locked = locked;
    this.#database?.exec(`PRAGMA busy_timeout = ${String(locked ? 0 : this.#busyTimeoutMs)}`);
  }

  /** One statement is one transaction: it is there as a whole, or not at all. */
  #insert({ table, values }: Row): void {
    // Rows are only written between start and stop.
    const database = this.#database as SqliteDatabase;
    try {
      (this.#statements[table] ??= database.prepare(INSERTS[table])).run(...values);
      if (this.#locked) this.#wait(false);
    } catch (cause) {
      if (sqliteErrorName(cause) === "SQLITE_BUSY" && !this.#locked) this.#wait(true);
      throw new LogWriteError(`[sqlite logger]Error running query with query ${INSERTS[table].replaceAll(/\s+/gu, " ")}`, cause);
    }
  }
}

/** Chapter 25, section 3. */
const BUSY_TIMEOUT_MS = 5_000;

const sizeOf = ({ values }: Row): number =>
  values.reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : 8), 0);
