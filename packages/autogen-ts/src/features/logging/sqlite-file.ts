/** Opening the file of a SQLite log. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { AutogenError, isAutogenError } from "../../core.js";
import { openSqlite, sqliteErrorName, type SqliteDatabase } from "../../platform/node/index.js";
import { prepareSchema, versionOf } from "./schema.js";

/** For how long a new file is tried, in milliseconds: to switch it to write-ahead logging, SQLite does not wait by itself. */
const OPEN_MS = 5_000;
const PAUSE_MS = 5;
/** Of 4 KB, until the write-ahead log is moved into the file: the chat waits for the disk then, so it is done four times less often than usual. */
const CHECKPOINT_PAGES = 4_000;

/**
 * Opens a log to write into, with its tables made or brought up to date.
 *
 * @throws AutogenError `invalid-option` for a path that cannot be written, `unsupported` for a file of something else,
 * `missing-package` without SQLite
 */
export function openLog(path: string): SqliteDatabase {
  return opened(path, false, (database) => {
    patiently(() => database.exec("PRAGMA journal_mode = WAL"));
    database.exec(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${String(CHECKPOINT_PAGES)}`);
    patiently(() => prepareSchema(database, path));
  });
}

/** Opens a log of any version up to ours to read from it. @throws AutogenError as `openLog`, and for a file that is not there */
export function openLogToRead(path: string): SqliteDatabase {
  // One of the drivers makes the file even when it is only to be read.
  if (!existsSync(path)) throw new AutogenError("invalid-option", `There is no log \`${resolve(path)}\`. Check the name.`);
  return opened(path, true, (database) => {
    if (patiently(() => versionOf(database, path)) > 0) return;
    throw new AutogenError("unsupported", `\`${path}\` is empty. Pass the name of a log.`);
  });
}

function opened(path: string, readOnly: boolean, prepare: (database: SqliteDatabase) => void): SqliteDatabase {
  let database: SqliteDatabase | null = null;
  try {
    database = openSqlite(path, { purpose: "The SQLite log", readOnly });
    prepare(database);
    return database;
  } catch (error) {
    database?.close();
    throw explained(error, path, readOnly);
  }
}

function explained(error: unknown, path: string, readOnly: boolean): unknown {
  if (isAutogenError(error)) return error;
  const name = sqliteErrorName(error);
  const where = path === ":memory:" ? path : resolve(path);
  if (name === "SQLITE_NOTADB" || name === "SQLITE_CORRUPT") {
    const message = `\`${where}\` is no SQLite database. Pass the name of a log, or of a file that is not there yet.`;
    return new AutogenError("unsupported", message, { cause: error });
  }
  const why = error instanceof Error ? error.message : String(error);
  const doing = readOnly ? "read. Check the name" : "written. Check the folder and who may write there, or pass another `dbname`";
  return new AutogenError("invalid-option", `The log \`${where}\` cannot be ${doing} (${name ?? "error"}: ${why}).`, {
    cause: error,
  });
}

function patiently<T>(attempt: () => T): T {
  const end = performance.now() + OPEN_MS;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      const name = sqliteErrorName(error);
      if ((name !== "SQLITE_BUSY" && name !== "SQLITE_LOCKED") || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
