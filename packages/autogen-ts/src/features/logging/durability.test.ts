import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { test } from "vitest";
import { hasComponent } from "../../../test/components.js";
import { inFolder, rowsOf, shortChat } from "../../../test/logs.js";
import { ConversableAgent } from "../../index.js";
import { openSqlite } from "../../platform/node/index.js";
import { runtimeLogging, SqliteLogger, type BaseLogger } from "./index.js";

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
test("LOG-09 2 processes and 2 threads with 8 chats each log into one database: nothing is lost, and nobody finds it locked", async () => {
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    const args = (name: string): string[] => [dbname, name, "8", "50"];
    const writer = program("writer.mjs");
    const outputs = await Promise.all([
      ...["a", "b"].map(async (name) => (await execute(process.execPath, [writer, ...args(name)])).stdout),
      ...["c", "d"].map(async (name) => await outputOf(new Worker(writer, { argv: args(name), stdout: true }))),
    ]);
    assert.deepEqual(outputs, ["[]", "[]", "[]", "[]"]);
    const found = rowsOf(
      dbname,
      "SELECT COUNT(*) AS messages, COUNT(DISTINCT source_name) AS agents, COUNT(DISTINCT source_id) AS ids, COUNT(DISTINCT session_id) AS sessions FROM events WHERE event_name = 'received_message'",
    );
    // Two agents a chat, and two messages a turn.
    assert.deepEqual(found, [{ messages: 4 * 8 * 100, agents: 4 * 16, ids: 4 * 16, sessions: 4 }]);
  });
});

async function outputOf(worker: Worker): Promise<string> {
  const pieces: string[] = [];
  worker.stdout.setEncoding("utf8").on("data", (piece: string) => pieces.push(piece));
  await Promise.all([once(worker, "exit"), once(worker.stdout, "end")]);
  return pieces.join("");
}

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
        lost: 0,
      });
    });
  }
}

test("LOG-09 while somebody else has the file locked, chats go on, there is one warning, and nothing is lost", async () => {
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    const warnings: string[] = [];
    runtimeLogging.start({ config: { dbname, busyTimeoutMs: 20 }, onWarning: (text) => warnings.push(text) });
    await shortChat(1);
    const other = openSqlite(dbname, { purpose: "A test" });
    other.exec("BEGIN EXCLUSIVE");
    await shortChat(20);
    other.exec("ROLLBACK");
    other.close();
    await shortChat(1);
    runtimeLogging.stop();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^\[sqlite logger\]Error running query with query INSERT .*locked/u);
    const sql =
      "SELECT json_extract(json_state, '$.message.content') AS text FROM events WHERE event_name = 'received_message' ORDER BY id";
    const texts = rowsOf(dbname, sql).map((row) => String(row["text"]));
    assert.equal(texts.length, 2 + 40 + 2);
    assert.deepEqual(texts.slice(-4), ["go on", "answer 19", "hi", "answer 0"], "in their order");
  });
});

test("LOG-09 what has no room until the end is counted as lost, after the one warning", async () => {
  await inFolder(async (folder) => {
    const logger = new SqliteLogger({ dbname: join(folder, "logs.db") });
    const warnings: string[] = [];
    runtimeLogging.start({ logger, onWarning: (text) => warnings.push(text) });
    await shortChat(1);
    logger.database?.exec("PRAGMA max_page_count = 1");
    runtimeLogging.logEvent({ source: "test", name: "large", state: "x".repeat(100_000) });
    runtimeLogging.logEvent({ source: "test", name: "small", state: "x" });
    runtimeLogging.stop();
    assert.deepEqual([warnings.length, logger.lostEntries], [1, 2]);
  });
});

test("LOG-15 secrets are looked for once in each message of a history, however often it is asked with", async () => {
  await inFolder(async () => {
    const requests: (readonly unknown[])[] = [];
    const nothing = (): void => {};
    const logger: BaseLogger = {
      start: () => "s",
      logChatCompletion: ({ request }) => {
        if (typeof request === "object" && request !== null && "messages" in request)
          requests.push(request["messages"] as unknown[]);
      },
      ...{ logNewAgent: nothing, logEvent: nothing, logNewWrapper: nothing, logNewClient: nothing, logFunctionUse: nothing },
      stop: nothing,
      getConnection: () => null,
    };
    runtimeLogging.start({ logger });
    await shortChat(6);
    runtimeLogging.stop();
    const [fifth = [], sixth = []] = requests.slice(-2);
    assert.deepEqual([fifth.length, sixth.length], [10, 12]);
    // The system message is made anew for each request, and the newest two have not been asked with before.
    const reused = sixth.slice(1, 8).map((message, index) => message === fifth[index + 1]);
    assert.deepEqual(reused, Array(7).fill(true));
  });
});

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
