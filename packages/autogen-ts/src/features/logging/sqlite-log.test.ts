import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "vitest";
import { hasComponent } from "../../../test/components.js";
import { inFolder, rowsOf, shortChat, toolChat } from "../../../test/logs.js";
import { isAutogenError, type ErrorCode } from "../../index.js";
import { openSqlite } from "../../platform/node/index.js";
import { readUsage, readUsageBy, runtimeLogging } from "./index.js";

const execute = promisify(execFile);

/** Columns of version 1, as the reference has them. */
const VERSION_1 = {
  chat_completions:
    "id invocation_id client_id wrapper_id session_id source_name request response is_cached cost start_time end_time",
  agents: "id agent_id wrapper_id session_id name class init_args timestamp",
  oai_wrappers: "id wrapper_id session_id init_args timestamp",
  oai_clients: "id client_id wrapper_id session_id class init_args timestamp",
  version: "id version_number",
  events: "event_name source_id source_name agent_module agent_class_name id json_state timestamp",
  function_calls: "source_id source_name function_name args returns timestamp",
} as const;

const TYPED: Readonly<Record<string, string>> = { id: "id INTEGER PRIMARY KEY", cost: "cost REAL" };
const UNIQUE: Readonly<Record<string, string>> = {
  agents: ", UNIQUE(agent_id, session_id)",
  oai_wrappers: ", UNIQUE(wrapper_id, session_id)",
  oai_clients: ", UNIQUE(client_id, session_id)",
};

/** A file as the reference writes it, with a row in each table that matters. */
function writeVersion1(file: string, version = 1): void {
  const database = openSqlite(file, { purpose: "A test" });
  for (const [table, columns] of Object.entries(VERSION_1)) {
    const typed = columns.split(" ").map((name) => TYPED[name] ?? name);
    database.exec(`CREATE TABLE ${table}(${typed.join(", ")}${UNIQUE[table] ?? ""})`);
  }
  const response = JSON.stringify({ model: "gpt-4", usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } });
  database.exec(`
    INSERT INTO version VALUES (1, ${String(version)});
    INSERT INTO chat_completions VALUES (1, 'i', 140, 141, 'old', 'bob', '{"model":"gpt-4"}', '${response}', 0, 0.5, '2024-01-01 00:00:00.0', '2024-01-01 00:00:01.0');
    INSERT INTO events VALUES ('received_message', 142, 'bob', 'm', 'C', 1, '{}', '2024-01-01 00:00:00.0');
    INSERT INTO function_calls VALUES (142, 'bob', 'f', '{}', '"x"', '2024-01-01 00:00:00.0');`);
  database.close();
}

const columnsOf = (file: string, table: string): string =>
  rowsOf(file, `SELECT name FROM pragma_table_info('${table}') ORDER BY cid`)
    .map((row) => row["name"])
    .join(" ");

test("LOG-02 tables and columns are the reference's in its order; sessions stand at the end", async () => {
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    runtimeLogging.start({ config: { dbname } });
    await shortChat();
    runtimeLogging.stop();
    const expected = {
      ...VERSION_1,
      events: `${VERSION_1.events} session_id`,
      function_calls: `${VERSION_1.function_calls} session_id`,
    };
    const found = Object.keys(expected).map((table) => [table, columnsOf(dbname, table)]);
    assert.deepEqual(Object.fromEntries(found), expected);
    assert.deepEqual(rowsOf(dbname, "SELECT * FROM version"), [{ id: 1, version_number: 2 }]);
  });
});

test("LOG-02 opening a file again keeps its rows", async () => {
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    for (const answers of [1, 2]) {
      runtimeLogging.start({ config: { dbname } });
      await shortChat(answers);
      runtimeLogging.stop();
    }
    assert.deepEqual(rowsOf(dbname, "SELECT COUNT(*) AS n, COUNT(DISTINCT session_id) AS sessions FROM chat_completions"), [
      { n: 3, sessions: 2 },
    ]);
  });
});

test("LOG-07 the reference's two queries and sessionUsage agree, with two sessions in one file", async () => {
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    const sessions: string[] = [];
    for (const answers of [1, 3]) {
      sessions.push(runtimeLogging.start({ config: { dbname } }));
      await shortChat(answers);
    }
    const { byAgent, byModel, ...all } = runtimeLogging.sessionUsage(sessions[1]);
    runtimeLogging.stop();
    const counted = {
      calls: 3,
      cachedCalls: 0,
      promptTokens: 30,
      completionTokens: 15,
      totalTokens: 45,
      cost: 0,
      unpricedCalls: 0,
    };
    assert.deepEqual(
      { all, byAgent, byModel },
      { all: counted, byAgent: { assistant: counted }, byModel: { scripted: counted } },
    );
    const tokens = rowsOf(
      dbname,
      "SELECT session_id, SUM(json_extract(response,'$.usage.total_tokens')) AS total_tokens, SUM(cost) AS cost FROM chat_completions WHERE session_id = ? GROUP BY session_id",
      sessions[1] ?? "",
    );
    assert.deepEqual(tokens, [{ session_id: sessions[1], total_tokens: 45, cost: 0 }]);
    assert.deepEqual(
      rowsOf(
        dbname,
        "SELECT source_name, COUNT(*) calls, SUM(is_cached) cached, SUM(cost) AS cost FROM chat_completions GROUP BY source_name",
      ),
      [{ source_name: "assistant", calls: 4, cached: 0, cost: 0 }],
    );
    assert.equal(readUsage(dbname).totalTokens, 60);
    assert.deepEqual([...readUsageBy(dbname, "session").keys()], sessions);
  });
});

test("LOG-07 a cost that is not known is no zero, and what is no JSON has no tokens", async () => {
  await inFolder((folder) => {
    const dbname = join(folder, "logs.db");
    runtimeLogging.start({ config: { dbname } });
    const wrapper = {};
    const say = (model: string, cost: number | null): void =>
      runtimeLogging.logChatCompletion({ wrapper, request: { model }, response: { model, usage: { total_tokens: 5 } }, cost });
    say("priced", 0.25);
    say("free", 0);
    say("unknown", null);
    runtimeLogging.stop();
    const database = openSqlite(dbname, { purpose: "A test" });
    database.exec("INSERT INTO chat_completions(request, response, cost) VALUES ('{', 'Python''s text', 0.5)");
    database.close();
    const { byModel, ...all } = readUsage(dbname);
    assert.deepEqual([all.calls, all.totalTokens, all.cost, all.unpricedCalls], [4, 15, 0.75, 1]);
    assert.deepEqual([byModel["free"]?.cost, byModel["unknown"]?.cost, byModel["unknown"]?.unpricedCalls], [0, null, 1]);
  });
});

if (hasComponent("python3")) {
  test("LOG-07 Python reads the sums with the reference's queries", async () => {
    await inFolder(async (folder) => {
      const dbname = join(folder, "logs.db");
      const session = runtimeLogging.start({ config: { dbname } });
      await shortChat(2);
      runtimeLogging.stop();
      const program = `
import json, sqlite3, sys
con = sqlite3.connect(sys.argv[1])
cursor = con.execute("SELECT * FROM chat_completions")
names = [one[0] for one in cursor.description]
rows = [dict(zip(names, row)) for row in cursor.fetchall()]
total = sum(json.loads(row["response"])["usage"]["total_tokens"] for row in rows if row["session_id"] == sys.argv[2])
query = "SELECT session_id, SUM(json_extract(response,'$.usage.total_tokens')) AS total_tokens, SUM(cost) AS cost FROM chat_completions WHERE session_id = ? GROUP BY session_id"
first = json.loads(rows[0]["request"])["messages"][0]["content"], json.loads(rows[0]["response"])["choices"][0]["message"]["content"]
print(json.dumps([total, con.execute(query, sys.argv[2:]).fetchall(), first, con.execute("SELECT name, class FROM agents").fetchall()]))`;
      const { stdout } = await execute("python3", ["-c", program, dbname, session]);
      const agents = [
        ["assistant", "AssistantAgent"],
        ["user", "UserProxyAgent"],
      ];
      assert.deepEqual(JSON.parse(stdout), [30, [[session, 30, 0]], ["You help.", "answer 0"], agents]);
    });
  });
}

test("LOG-13 a file of version 1 is brought up to date and keeps its rows; reading changes nothing", async () => {
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    writeVersion1(dbname);
    assert.deepEqual(readUsage(dbname, "old").byAgent["bob"]?.totalTokens, 10);
    assert.equal(columnsOf(dbname, "events"), VERSION_1.events);
    const session = runtimeLogging.start({ config: { dbname } });
    await toolChat();
    runtimeLogging.stop();
    assert.deepEqual(rowsOf(dbname, "SELECT version_number FROM version"), [{ version_number: 2 }]);
    assert.equal(columnsOf(dbname, "events"), `${VERSION_1.events} session_id`);
    assert.deepEqual(rowsOf(dbname, "SELECT session_id, function_name FROM function_calls ORDER BY rowid"), [
      { session_id: null, function_name: "f" },
      { session_id: session, function_name: "double" },
    ]);
    assert.deepEqual([readUsage(dbname).calls, readUsage(dbname, "old").cost], [3, 0.5]);
    assert.deepEqual(rowsOf(dbname, "SELECT name FROM agents ORDER BY id"), [{ name: "assistant" }, { name: "user" }]);
  });
});

async function refusal(act: () => unknown): Promise<[ErrorCode, string]> {
  try {
    await act();
  } catch (error) {
    if (isAutogenError(error)) return [error.code, error.message];
    throw error;
  }
  throw new Error("was not refused");
}

test("LOG-02 a file of a newer version, of something else, or that is no database is refused and left alone", async () => {
  await inFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    writeVersion1(at("newer.db"), 3);
    const other = openSqlite(at("other.db"), { purpose: "A test" });
    other.exec("CREATE TABLE customers(name TEXT)");
    other.close();
    writeVersion1(at("columns.db"));
    const changed = openSqlite(at("columns.db"), { purpose: "A test" });
    changed.exec("ALTER TABLE agents RENAME COLUMN class TO kind");
    changed.close();
    await writeFile(at("text.db"), "a text that is long enough to be looked at as a database, if it were one");
    await mkdir(at("folder.db"));
    for (const [name, code, pattern] of [
      ["newer.db", "unsupported", /a log of version 3; this version of the library writes and reads up to 2\. Update/u],
      ["other.db", "unsupported", /a database of something else: it has no table `chat_completions`/u],
      ["columns.db", "unsupported", /its table `agents` has the columns id, agent_id.*kind/u],
      ["text.db", "unsupported", /is no SQLite database/u],
      ["folder.db", "invalid-option", /cannot be written/u],
      ["none/x.db", "invalid-option", /cannot be written.*another `dbname`/u],
    ] as const) {
      const [found, message] = await refusal(() => runtimeLogging.start({ config: { dbname: at(name) } }));
      assert.equal(found, code, name);
      assert.match(message, pattern);
      assert.equal(runtimeLogging.loggingEnabled(), false);
    }
    assert.deepEqual(rowsOf(at("other.db"), "SELECT name FROM sqlite_master"), [{ name: "customers" }]);
    assert.match((await refusal(() => readUsage(at("none.db"))))[1], /^There is no log `.*none\.db`/u);
  });
});

test("LOG-09 a folder that may not be written is an error of start, for both kinds", async () => {
  await inFolder(async (folder) => {
    const closed = join(folder, "closed");
    await writeFile(closed, "a file where a folder should be");
    await chmod(closed, 0o400);
    const [sqlite] = await refusal(() => runtimeLogging.start({ config: { dbname: join(closed, "x.db") } }));
    const [file, message] = await refusal(() => runtimeLogging.start({ loggerType: "file", config: { dir: closed } }));
    assert.deepEqual([sqlite, file], ["invalid-option", "invalid-option"]);
    assert.match(message, /^The log `.*closed.runtime\.log` cannot be written/u);
  });
});
