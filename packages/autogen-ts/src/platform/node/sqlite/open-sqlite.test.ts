import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { test } from "vitest";
import { isAutogenError } from "../../../index.js";
import { openSqlite, sqliteErrorName, type SqliteDriver } from "./index.js";

const builtIn = (process as { readonly getBuiltinModule?: (name: string) => unknown }).getBuiltinModule?.("node:sqlite");
/** `libsql` is a development dependency; the other one is a matter of the version of Node. */
const drivers: readonly SqliteDriver[] = builtIn === undefined ? ["libsql"] : ["libsql", "node:sqlite"];

for (const driver of drivers) {
  test(`${driver}: rows go in and come out with the names of their columns`, () => {
    const database = openSqlite(":memory:", { purpose: "A test", driver });
    database.exec("CREATE TABLE t(a TEXT, b INTEGER, c REAL, d BLOB)");
    const insert = database.prepare("INSERT INTO t VALUES (?, ?, ?, ?)");
    insert.run("x", 2 ** 52, 0.5, null);
    insert.run(null, 1n, 2, new Uint8Array([1, 2]));
    const rows = database.prepare("SELECT * FROM t WHERE b > ? ORDER BY b").all(0);
    assert.deepEqual(
      rows.map(({ a, b, c, d }) => [a, b, c, d instanceof Uint8Array ? [...d] : d]),
      [
        [null, 1, 2, [1, 2]],
        ["x", 2 ** 52, 0.5, null],
      ],
    );
    database.close();
  });

  for (const value of [true, undefined, { a: 1 }, new Date(0)]) {
    test(`${driver}: ${inspect(value)} is refused before it gets to the driver`, () => {
      const database = openSqlite(":memory:", { purpose: "A test", driver });
      assert.throws(() => database.prepare("SELECT ?").all(value as never), TypeError);
      database.close();
    });
  }

  test(`${driver}: errors have SQLite's own names`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "sqlite-"));
    try {
      const nameOf = (attempt: () => unknown): string | null => {
        try {
          attempt();
        } catch (error) {
          return sqliteErrorName(error);
        }
        return "no error";
      };
      await writeFile(join(folder, "text"), "this is no database, but a text that is long enough to be one");
      const open = (name: string): void =>
        openSqlite(join(folder, name), { purpose: "A test", driver }).exec("CREATE TABLE t(a)");
      assert.deepEqual([nameOf(() => open("text")), nameOf(() => open("none/x.db"))], ["SQLITE_NOTADB", "SQLITE_CANTOPEN"]);
      const full = openSqlite(join(folder, "full.db"), { purpose: "A test", driver });
      full.exec("PRAGMA max_page_count = 2; CREATE TABLE t(a)");
      assert.equal(
        nameOf(() => full.prepare("INSERT INTO t VALUES (?)").run("x".repeat(100_000))),
        "SQLITE_FULL",
      );
      full.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

if (builtIn === undefined) {
  test("without a driver the error names the package to install", () => {
    assert.throws(
      () => openSqlite(":memory:", { purpose: "The log", driver: "node:sqlite" }),
      (error) => isAutogenError(error, "missing-package") && /^The log needs SQLite.*`npm install libsql`/u.test(error.message),
    );
  });
}
