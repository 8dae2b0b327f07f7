import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "vitest";
import { hasComponent } from "../../../test/components.js";
import { inFolder, rowsOf } from "../../../test/logs.js";
import { ConversableAgent } from "../../index.js";
import { runtimeLogging } from "./index.js";

const program = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const execute = promisify(execFile);
/** 200 of each kind: `npm run bench -- logging-kills`. */
const KILLS = 8;
const SEED = 7;

for (const kind of ["sqlite", "file"] as const) {
  test(`LOG-09 ${kind}: ${String(KILLS)} chats are killed, and everything that they had announced is in their logs`, async () => {
    await inFolder(async (folder) => {
      const { stdout } = await execute(process.execPath, [program("kill-chats.mjs"), kind, String(KILLS), String(SEED), folder]);
      const { announced, lost, damaged } = JSON.parse(stdout) as Readonly<Record<"announced" | "lost" | "damaged", number>>;
      assert.ok(announced >= KILLS);
      assert.deepEqual([lost, damaged], [0, 0]);
    });
  });
}

/** 8 processes with 100,000 events: `npm run bench -- logging-writers`. */
test("LOG-09 4 processes with 8 chats at once log into one database: nothing is lost, and nobody finds it locked", async () => {
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    const outputs = await Promise.all(
      ["a", "b", "c", "d"].map(
        async (name) => (await execute(process.execPath, [program("writer.mjs"), dbname, name, "8", "50"])).stdout,
      ),
    );
    assert.deepEqual(outputs, ["[]", "[]", "[]", "[]"]);
    const found = rowsOf(
      dbname,
      "SELECT COUNT(*) AS messages, COUNT(DISTINCT source_name) AS agents, COUNT(DISTINCT source_id) AS ids, COUNT(DISTINCT session_id) AS sessions FROM events WHERE event_name = 'received_message'",
    );
    // Two agents a chat, and two messages a turn.
    assert.deepEqual(found, [{ messages: 4 * 8 * 100, agents: 4 * 16, ids: 4 * 16, sessions: 4 }]);
  });
});

if (hasComponent("bubblewrap")) {
  for (const kind of ["sqlite", "file"] as const) {
    test(`LOG-09 ${kind}: the disk is full in the middle of a chat, which goes on; one warning, nothing half-written, and all is there when there is room again`, async () => {
      const confined = ["--dev-bind", "/", "/", "--size", "20000000", "--tmpfs", "/mnt", process.execPath];
      const { stdout } = await execute("bwrap", [...confined, program("full-disk.mjs"), kind, "/mnt"]);
      assert.deepEqual(JSON.parse(stdout), {
        stopReason: "max-turns",
        warnings: [kind === "sqlite" ? "SQLITE_FULL" : "ENOSPC"],
        wholeWhileFull: true,
        messages: 80,
      });
    });
  }
}

test("LOG-09 messages of 20 MB are logged as they are", async () => {
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    runtimeLogging.start({ config: { dbname } });
    const [one, other] = ["one", "other"].map(
      (name) => new ConversableAgent({ name, humanInputMode: "NEVER", defaultAutoReply: "ok" }),
    );
    assert.ok(one !== undefined && other !== undefined);
    await one.initiateChat(other, { message: "12345 ".repeat(3_500_000), maxTurns: 1, silent: true });
    runtimeLogging.stop();
    const sql =
      "SELECT length(json_extract(json_state, '$.message.content')) AS length FROM events WHERE event_name = 'received_message' ORDER BY id";
    assert.deepEqual(rowsOf(dbname, sql), [{ length: 21_000_000 }, { length: 2 }]);
  });
});
