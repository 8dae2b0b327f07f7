/** Tables of the SQLite log, and files of other versions. Specification chapter 25, section 3. */
import { AutogenError } from "../../core.js";
import type { SqliteDatabase } from "../../platform/node/index.js";

/** The reference writes 1. Version 2 has `session_id` at the end of `events` and `function_calls`. */
const SCHEMA_VERSION = 2;

/** Columns of version 1, in their order: programs read them by position. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  chat_completions: [
    ...["id", "invocation_id", "client_id", "wrapper_id", "session_id", "source_name", "request", "response"],
    ...["is_cached", "cost", "start_time", "end_time"],
  ],
  agents: ["id", "agent_id", "wrapper_id", "session_id", "name", "class", "init_args", "timestamp"],
  oai_wrappers: ["id", "wrapper_id", "session_id", "init_args", "timestamp"],
  oai_clients: ["id", "client_id", "wrapper_id", "session_id", "class", "init_args", "timestamp"],
  version: ["id", "version_number"],
  events: ["event_name", "source_id", "source_name", "agent_module", "agent_class_name", "id", "json_state", "timestamp"],
  function_calls: ["source_id", "source_name", "function_name", "args", "returns", "timestamp"],
};

const CREATE = `
CREATE TABLE chat_completions(
  id INTEGER PRIMARY KEY, invocation_id TEXT, client_id INTEGER, wrapper_id INTEGER, session_id TEXT, source_name TEXT,
  request TEXT, response TEXT, is_cached INTEGER, cost REAL,
  start_time DATETIME DEFAULT CURRENT_TIMESTAMP, end_time DATETIME DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE agents(
  id INTEGER PRIMARY KEY, agent_id INTEGER, wrapper_id INTEGER, session_id TEXT, name TEXT, class TEXT, init_args TEXT,
  timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE(agent_id, session_id));
CREATE TABLE oai_wrappers(
  id INTEGER PRIMARY KEY, wrapper_id INTEGER, session_id TEXT, init_args TEXT,
  timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE(wrapper_id, session_id));
CREATE TABLE oai_clients(
  id INTEGER PRIMARY KEY, client_id INTEGER, wrapper_id INTEGER, session_id TEXT, class TEXT, init_args TEXT,
  timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE(client_id, session_id));
CREATE TABLE version(id INTEGER PRIMARY KEY CHECK (id = 1), version_number INTEGER NOT NULL);
CREATE TABLE events(
  event_name TEXT, source_id INTEGER, source_name TEXT, agent_module TEXT DEFAULT NULL, agent_class_name TEXT DEFAULT NULL,
  id INTEGER PRIMARY KEY, json_state TEXT, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, session_id TEXT);
CREATE TABLE function_calls(
  source_id INTEGER, source_name TEXT, function_name TEXT, args TEXT DEFAULT NULL, returns TEXT DEFAULT NULL,
  timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, session_id TEXT);
INSERT INTO version(id, version_number) VALUES (1, ${String(SCHEMA_VERSION)});
`;

/** From each older version to the next; they come with the library and are read from nowhere else. */
const MIGRATIONS: ReadonlyMap<number, string> = new Map([
  [
    1,
    `ALTER TABLE events ADD COLUMN session_id TEXT;
     ALTER TABLE function_calls ADD COLUMN session_id TEXT;
     UPDATE version SET version_number = 2;`,
  ],
]);

/**
 * Makes the tables of a new file, or brings those of an older version up to date, as one transaction.
 *
 * @param name of the file, for errors
 * @throws AutogenError `unsupported` for a file of something else, or of a newer version of this library
 */
export function prepareSchema(database: SqliteDatabase, name: string): void {
  // Others may be doing the same; whoever comes second finds it done.
  database.exec("BEGIN IMMEDIATE");
  try {
    const version = versionOf(database, name);
    if (version === 0) database.exec(CREATE);
    for (let step = version; step > 0 && step < SCHEMA_VERSION; step += 1) database.exec(MIGRATIONS.get(step) ?? "");
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

/** @returns 0 for an empty file @throws AutogenError `unsupported`, see `prepareSchema` */
export function versionOf(database: SqliteDatabase, name: string): number {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  if (tables.length === 0) return 0;
  const names = new Set(tables.map((row) => row["name"]));
  const missing = Object.keys(COLUMNS).filter((table) => !names.has(table));
  if (missing.length > 0) throw otherSchema(name, `it has no table \`${missing.join("`, `")}\``);
  for (const [table, expected] of Object.entries(COLUMNS)) {
    const found = database.prepare(`SELECT name FROM pragma_table_info('${table}') ORDER BY cid`).all();
    const first = found.slice(0, expected.length).map((row) => String(row["name"]));
    if (first.join() !== expected.join())
      throw otherSchema(name, `its table \`${table}\` has the columns ${first.join(", ")}, and not ${expected.join(", ")}`);
  }
  const version = Number(database.prepare("SELECT version_number FROM version").all()[0]?.["version_number"] ?? Number.NaN);
  if (!Number.isInteger(version) || version < 1) throw otherSchema(name, "it does not say which version it is");
  if (version <= SCHEMA_VERSION) return version;
  const message = `\`${name}\` is a log of version ${String(version)}; this version of the library writes and reads up to ${String(SCHEMA_VERSION)}. Update the library, or log into another file.`;
  throw new AutogenError("unsupported", message);
}

const otherSchema = (name: string, why: string): AutogenError =>
  new AutogenError(
    "unsupported",
    `\`${name}\` is a database of something else: ${why}. Pass the name of a log, or of a file that is not there yet.`,
  );
