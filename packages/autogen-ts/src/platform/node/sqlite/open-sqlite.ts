/**
 * SQLite, with one interface over what there is: `node:sqlite` where Node has it (22.13 and newer), else the optional
 * package `libsql`. Both work synchronously, and both leave nothing behind when their process is killed.
 */
import { createRequire } from "node:module";
import { AutogenError } from "../../../run/index.js";

/** What a column can hold. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** A row by the names of its columns. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** A statement that was compiled once, for many rows. */
export interface SqliteStatement {
  run(...values: readonly SqliteValue[]): void;
  all(...values: readonly SqliteValue[]): readonly SqliteRow[];
}

/** An open database. */
export interface SqliteDatabase {
  readonly driver: SqliteDriver;
  /** The driver's own object, for what this interface does not have. */
  readonly handle: object;
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/** What SQLite is reached by. */
/** Which package or module does the work. */
export type SqliteDriver = "node:sqlite" | "libsql";

/** How a database is opened. */
export interface SqliteOptions {
  /** What needs it, for the error when there is no driver: `The log`. */
  readonly purpose: string;
  /** @default false */
  readonly readOnly?: boolean;
  /** How long a statement waits while another connection writes, in milliseconds. @default 5000 */
  readonly busyTimeoutMs?: number;
  /** @default the first that is there */
  readonly driver?: SqliteDriver;
}

/**
 * Opens a file, or `:memory:`.
 *
 * @throws AutogenError `missing-package` when there is no driver; the driver's own error when the file cannot be opened
 */
export function openSqlite(
  path: string,
  { purpose, readOnly = false, busyTimeoutMs = 5_000, driver }: SqliteOptions,
): SqliteDatabase {
  const chosen = loadDriver(purpose, driver);
  // `node:sqlite` spells the option one way and `libsql` the other.
  const handle = new chosen.Database(path, { readOnly, readonly: readOnly });
  const database: SqliteDatabase = {
    driver: chosen.name,
    handle,
    exec: (sql) => void handle.exec(sql),
    prepare: (sql) => chosen.statement(handle.prepare(sql)),
    close: () => void handle.close(),
  };
  try {
    database.exec(`PRAGMA busy_timeout = ${String(busyTimeoutMs)}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** SQLite's own name of what went wrong, such as `SQLITE_FULL`; null for other errors. */
export function sqliteErrorName(error: unknown): string | null {
  const { code, errcode, message } = (error ?? {}) as {
    readonly code?: unknown;
    readonly errcode?: unknown;
    readonly message?: unknown;
  };
  if (typeof code === "string" && /^SQLITE_[A-Z]+/u.test(code)) return code.replace(/^(SQLITE_[A-Z]+).*$/u, "$1");
  // When a file cannot be opened, `libsql` says the number at the end of its message.
  const failed = typeof message === "string" ? /^ConnectionFailed\(.*: (\d+)"\)$/su.exec(message) : null;
  if (failed !== null) return NAMES.get(Number(failed[1])) ?? "SQLITE_ERROR";
  // Extended codes have the kind in their last eight bits.
  return typeof errcode === "number" ? (NAMES.get(errcode & 0xff) ?? "SQLITE_ERROR") : null;
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [5, "SQLITE_BUSY"],
  [6, "SQLITE_LOCKED"],
  [8, "SQLITE_READONLY"],
  [10, "SQLITE_IOERR"],
  [11, "SQLITE_CORRUPT"],
  [13, "SQLITE_FULL"],
  [14, "SQLITE_CANTOPEN"],
  [26, "SQLITE_NOTADB"],
]);

/** What both drivers have in common, as far as it is used. */
interface Handle {
  exec(sql: string): unknown;
  prepare(sql: string): HandleStatement;
  close(): unknown;
}

interface HandleStatement {
  run(...values: readonly unknown[]): unknown;
  all(...values: readonly unknown[]): unknown;
}

interface Driver {
  readonly name: SqliteDriver;
  readonly Database: new (path: string, options: object) => Handle;
  readonly statement: (statement: HandleStatement) => SqliteStatement;
}

function loadDriver(purpose: string, only: SqliteDriver | undefined): Driver {
  const builtIn = only === "libsql" ? undefined : builtInDriver();
  if (builtIn !== undefined) return builtIn;
  if (only === "node:sqlite") throw missing(purpose, undefined);
  try {
    // The shape is that of the package's documentation.
    const Database = createRequire(import.meta.url)("libsql") as Driver["Database"];
    return { name: "libsql", Database, statement: ofLibsql };
  } catch (cause) {
    throw missing(purpose, cause);
  }
}

function builtInDriver(): Driver | undefined {
  // Not in the types of the oldest Node that works.
  const { getBuiltinModule } = process as { readonly getBuiltinModule?: (name: string) => unknown };
  const module = getBuiltinModule?.("node:sqlite") as { readonly DatabaseSync: Driver["Database"] } | undefined;
  return module === undefined ? undefined : { name: "node:sqlite", Database: module.DatabaseSync, statement: ofNode };
}

/** A lone list of bytes would be read as something else; a list of values never is. */
const ofLibsql = (statement: HandleStatement): SqliteStatement => ({
  run: (...values) => void statement.run(values.map(checked)),
  // Rows are plain objects with the names of columns.
  all: (...values) => (statement.all(values.map(checked)) as readonly SqliteRow[]).map(withBytes),
});

function withBytes(row: Readonly<Record<string, SqliteValue | ArrayBuffer>>): SqliteRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof ArrayBuffer ? new Uint8Array(value) : value]),
  );
}

const ofNode = (statement: HandleStatement): SqliteStatement => ({
  run: (...values) => void statement.run(...values.map(checked)),
  all: (...values) => statement.all(...values.map(checked)) as readonly SqliteRow[],
});

/** A value of another type ends the whole process in one of the drivers, so it never gets there. */
function checked(value: unknown): SqliteValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "bigint") return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`SQLite holds no ${typeof value}. Pass a text, a number, bytes or null.`);
}

const missing = (purpose: string, cause: unknown): AutogenError =>
  new AutogenError(
    "missing-package",
    `${purpose} needs SQLite, which this version of Node (${process.versions.node}) does not have. Install the package \`libsql\` (\`npm install libsql\`), or use Node 22.13 or newer.`,
    cause === undefined ? {} : { cause },
  );
