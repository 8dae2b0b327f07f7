/** Runtime logging, and reading its SQLite file. */
import { createRequire } from "node:module";
import { exported } from "../map/not-available.mjs";

const FEATURE = "runtime logging";

/** Columns of one table in order of `id`; those in `json` parsed and without null values. */
function readRows({ path, table, columns, json = [] }) {
  const database = open(path);
  try {
    const statement = database.prepare(`SELECT ${columns.map((name) => `"${name}"`).join(", ")} FROM "${table}" ORDER BY id`);
    return statement
      .all()
      .map((row) => Object.fromEntries(columns.map((name) => [name, json.includes(name) ? parsed(row[name]) : row[name]])));
  } finally {
    database.close();
  }
}

/** By a driver, and not by the library: the file is what is compared. */
function open(path) {
  // Not in every version of Node that the library runs on, so not in the types either.
  const builtIn = process.getBuiltinModule?.(/** @type {any} */ ("node:sqlite"));
  if (builtIn !== undefined) return new builtIn.DatabaseSync(path, { readOnly: true });
  return new (createRequire(import.meta.url)("libsql"))(path, { readonly: true });
}

const parsed = (text) => withoutNulls(JSON.parse(text));

function withoutNulls(value) {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

/** @type {Record<string, import("./index.mjs").Step>} */
export const logging = {
  start_logging: async ({ type, config }) => void (await exported("runtimeLogging", FEATURE).start({ loggerType: type, config })),
  stop_logging: async () => void (await exported("runtimeLogging", FEATURE).stop()),
  read_log: readRows,
};
