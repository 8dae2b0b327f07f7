export { openSqlite, sqliteErrorName } from "./open-sqlite.js";
export type { SqliteDatabase, SqliteDriver, SqliteOptions, SqliteRow, SqliteStatement, SqliteValue } from "./open-sqlite.js";
