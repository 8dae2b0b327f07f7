import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "vitest";
import { modelServer } from "../../../test/model-server.js";
import { inFolder, people, rowsOf, shortChat, toolChat } from "../../../test/logs.js";
import {
  AssistantAgent,
  GroupChat,
  GroupChatManager,
  InMemoryCache,
  isAutogenError,
  OpenAIWrapper,
  UserProxyAgent,
} from "../../index.js";
import { scriptedModel } from "../testing/index.js";
import { FileLogger, runtimeLogging, sessionUsage, SqliteLogger, withLogging, type BaseLogger } from "./index.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u;
const KEY = "sk-planted-4242424242";

class Station {
  readonly name = "north";
}

/** A logger of one's own: keeps what it is told. */
function keeping(fail = false): BaseLogger & { readonly told: (readonly [string, unknown])[] } {
  const told: (readonly [string, unknown])[] = [];
  const keep = (what: string) => (entry?: unknown) => {
    told.push([what, entry]);
    if (fail) throw new Error(`broken at ${KEY}`);
  };
  return {
    told,
    start: () => "my session",
    logChatCompletion: keep("completion"),
    logNewAgent: keep("agent"),
    logEvent: keep("event"),
    logNewWrapper: keep("wrapper"),
    logNewClient: keep("client"),
    logFunctionUse: keep("function"),
    stop: keep("stop"),
    getConnection: () => null,
  };
}

test("LOG-01 start gives a session id and switches logging on, stop switches it off; a logger keeps its session", async () => {
  await inFolder((folder) => {
    const logger = new SqliteLogger({ dbname: join(folder, "logs.db") });
    assert.equal(runtimeLogging.loggingEnabled(), false);
    const session = runtimeLogging.start({ logger });
    assert.match(session, UUID);
    assert.equal(runtimeLogging.loggingEnabled(), true);
    assert.equal(runtimeLogging.getConnection(), logger.getConnection());
    runtimeLogging.stop();
    assert.deepEqual([runtimeLogging.loggingEnabled(), runtimeLogging.getConnection()], [false, null]);
    assert.equal(runtimeLogging.start({ logger }), session);
    assert.notEqual(runtimeLogging.start({ config: { dbname: ":memory:" } }), session);
    assert.equal(logger.getConnection(), null, "a second start ends the first session");
  });
});

test("LOG-01 an unknown type is refused", () => {
  assert.throws(
    () => runtimeLogging.start({ loggerType: "csv" as never }),
    (error) => isAutogenError(error, "invalid-option") && error.message.startsWith("[logger_factory] Unknown logger type: csv"),
  );
});

test("LOG-01 a logger of one's own is told of everything, in order, and of nothing after stop", async () => {
  await inFolder(async () => {
    const logger = keeping();
    assert.equal(runtimeLogging.start({ logger }), "my session");
    await toolChat();
    runtimeLogging.stop();
    await shortChat();
    const kinds = logger.told.map(([kind]) => kind).filter((kind) => kind !== "event");
    assert.deepEqual(kinds, ["wrapper", "agent", "agent", "client", "completion", "function", "completion", "stop"]);
  });
});

test("LOG-01 several loggers at once get the same entries", async () => {
  await inFolder(async () => {
    const [one, other] = [keeping(), keeping()];
    runtimeLogging.start({ logger: [one, other] });
    await toolChat();
    assert.ok(one.told.length > 10);
    assert.deepEqual(one.told, other.told);
  });
});

test("LOG-03 answers, answers of a cache and errors are logged; entries tried by one call share the invocation", async () => {
  await using server = await modelServer({ bad: [{ status: 500, error: { code: "overloaded" } }], good: ["Paris."] });
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    const cache = new InMemoryCache();
    runtimeLogging.start({ config: { dbname } });
    const entry = { model: "gpt-4", api_key: KEY, max_retries: 0 };
    const list = [
      { ...entry, base_url: server.base("bad") },
      { ...entry, base_url: server.base("good") },
    ];
    const wrapper = new OpenAIWrapper({ config_list: list, cache });
    const messages = [{ role: "user", content: "Capital?" }];
    await wrapper.create({ messages });
    await new OpenAIWrapper({ config_list: list.slice(1), cache }).create({ messages, agent: "geographer" });
    runtimeLogging.stop();
    const rows = rowsOf(dbname, "SELECT * FROM chat_completions ORDER BY id");
    assert.deepEqual(
      rows.map((row) => [row["is_cached"], row["cost"], row["source_name"]]),
      [
        [0, 0, ""],
        [0, 0.0006, ""],
        [1, 0.0006, "geographer"],
      ],
    );
    assert.equal(rows[0]?.["invocation_id"], rows[1]?.["invocation_id"]);
    assert.notEqual(rows[1]?.["invocation_id"], rows[2]?.["invocation_id"]);
    assert.equal(rows[0]?.["response"], '{\n    "response": "error_code:overloaded, config 0 failed"\n}');
    assert.deepEqual(JSON.parse(String(rows[1]?.["request"])), { model: "gpt-4", messages });
    const answer = JSON.parse(String(rows[1]?.["response"])) as { readonly usage: object; readonly choices: object[] };
    assert.deepEqual(answer.usage, { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
    assert.deepEqual(Object.keys(answer).toSorted(), ["choices", "created", "id", "model", "object", "usage"]);
    for (const row of rows) assert.match(String(row["end_time"]), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/u);
  });
});

test("LOG-03 a time-out is logged as an error; an unknown price is null", async () => {
  await using server = await modelServer({ slow: [{ raw: "{", end: "stall" }], own: ["hello"] });
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    runtimeLogging.start({ config: { dbname } });
    const entry = { model: "nobody-knows-it", api_key: KEY, max_retries: 0 };
    const messages = [{ role: "user", content: "hi" }];
    const ask = async (at: string, timeout: number): Promise<unknown> =>
      await new OpenAIWrapper({ config_list: [{ ...entry, base_url: server.base(at), timeout }], cache_seed: null }).create({
        messages,
      });
    await assert.rejects(ask("slow", 0.05));
    await ask("own", 5);
    runtimeLogging.stop();
    const rows = rowsOf(dbname, "SELECT json_extract(response, '$.response') AS error, cost FROM chat_completions ORDER BY id");
    assert.deepEqual(rows, [
      { error: "error_code:timeout, config 0 failed", cost: 0 },
      { error: null, cost: null },
    ]);
  });
});

test("LOG-04 an agent is one row with its most derived class, also when it is logged again", async () => {
  await inFolder((folder) => {
    const dbname = join(folder, "logs.db");
    runtimeLogging.start({ config: { dbname } });
    class Helper extends AssistantAgent {}
    const agent = new Helper({ name: "helper" });
    runtimeLogging.logNewAgent({ agent, initArgs: { again: true } });
    runtimeLogging.stop();
    assert.deepEqual(rowsOf(dbname, "SELECT agent_id, name, class, init_args FROM agents"), [
      { agent_id: runtimeLogging.idOf(agent), name: "helper", class: "Helper", init_args: '{"again":true}' },
    ]);
  });
});

test("LOG-04 agents and functions among the arguments of an agent are shown by their names", async () => {
  await inFolder((folder) => {
    const dbname = join(folder, "logs.db");
    runtimeLogging.start({ config: { dbname } });
    const member = new UserProxyAgent({ name: "member", codeExecutionConfig: false });
    const isOver = (): boolean => true;
    const boss = new AssistantAgent({ name: "boss", isTerminationMsg: isOver });
    const groupChat = new GroupChat({ agents: [member], maxRound: 1 });
    const manager = new GroupChatManager({ groupChat, name: "manager" });
    runtimeLogging.logNewAgent({ agent: { name: "other" }, initArgs: { friends: [member, boss, manager] } });
    runtimeLogging.stop();
    const rows = rowsOf(dbname, "SELECT name, class, init_args FROM agents ORDER BY id");
    const args = rows.map((row) => JSON.parse(String(row["init_args"])) as Readonly<Record<string, unknown>>);
    assert.deepEqual(
      rows.map((row) => [row["name"], row["class"]]),
      [
        ["member", "UserProxyAgent"],
        ["boss", "AssistantAgent"],
        ["manager", "GroupChatManager"],
        ["other", "Object"],
      ],
    );
    assert.equal(args[1]?.["isTerminationMsg"], "isOver");
    assert.deepEqual(args[3], { friends: ["member", "boss", "manager"] });
  });
});

test("LOG-05 rows of wrappers and clients have no secrets at any level, and clients join with completions", async () => {
  await using server = await modelServer({ x: [`I know ${KEY}-2 and ${KEY}.`] });
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    runtimeLogging.start({ config: { dbname }, redact: { patterns: [/\bCASE-\d+/u] } });
    const entry = {
      model: "gpt-4",
      base_url: server.base("x"),
      api_key: KEY,
      organization: "org-x",
      aws_secret_key: "very/secret/aws",
    };
    const llmConfig = { config_list: [{ ...entry, default_headers: { "x-key": "planted-header" } }], cache_seed: null };
    const bot = new AssistantAgent({ name: "bot", llmConfig });
    await bot.generateReply({ messages: [{ role: "user", content: `CASE-77: very/secret/aws and planted-header` }] });
    runtimeLogging.stop();
    const tables = ["agents", "oai_wrappers", "oai_clients", "chat_completions", "events"];
    const everything = JSON.stringify(tables.map((table) => rowsOf(dbname, `SELECT * FROM ${table}`)));
    assert.doesNotMatch(everything, /planted|very\/secret|org-x|CASE-77|127\.0\.0\.1/u);
    const joined = rowsOf(
      dbname,
      "SELECT oai_clients.class, oai_clients.init_args FROM chat_completions JOIN oai_clients USING (client_id, session_id) JOIN oai_wrappers ON oai_wrappers.wrapper_id = chat_completions.wrapper_id",
    );
    assert.deepEqual(joined, [
      { class: "OpenAIClient", init_args: '{"model":"gpt-4","aws_secret_key":"***","default_headers":{"x-key":"***"}}' },
    ]);
  });
});

test("LOG-06 messages received, reply functions and tools are logged; what is no JSON is named", async () => {
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    const session = runtimeLogging.start({ config: { dbname } });
    await toolChat();
    runtimeLogging.logEvent({ source: "the program", name: "weather", state: { station: new Station(), n: 1n } });
    runtimeLogging.stop();
    const messages = rowsOf(
      dbname,
      "SELECT source_name, agent_class_name, json_extract(json_state, '$.sender') AS sender, json_extract(json_state, '$.valid') AS valid, json_extract(json_state, '$.message.content') AS content FROM events WHERE event_name = 'received_message' ORDER BY id",
    );
    assert.deepEqual(messages, [
      { source_name: "assistant", agent_class_name: "AssistantAgent", sender: "user", valid: 1, content: "21 times 2?" },
      { source_name: "user", agent_class_name: "UserProxyAgent", sender: "assistant", valid: 1, content: null },
      { source_name: "assistant", agent_class_name: "AssistantAgent", sender: "user", valid: 1, content: "42" },
      { source_name: "user", agent_class_name: "UserProxyAgent", sender: "assistant", valid: 1, content: "42. TERMINATE" },
    ]);
    const replies = rowsOf(
      dbname,
      "SELECT source_name, json_extract(json_state, '$.reply_func_name') AS name FROM events WHERE event_name = 'reply_func_executed' AND json_extract(json_state, '$.final') ORDER BY id",
    );
    assert.deepEqual(
      replies.map((row) => [row["source_name"], row["name"]]),
      [
        ["assistant", "askModel"],
        ["user", "callTools"],
        ["assistant", "askModel"],
      ],
    );
    assert.deepEqual(rowsOf(dbname, "SELECT source_name, function_name, args, returns, session_id FROM function_calls"), [
      { source_name: "user", function_name: "double", args: '{"n":21}', returns: '"42"', session_id: session },
    ]);
    assert.deepEqual(
      rowsOf(dbname, "SELECT source_id, source_name, json_state, session_id FROM events WHERE event_name = 'weather'"),
      [
        {
          source_id: null,
          source_name: "the program",
          json_state: '{"station":"<<non-serializable: Station>>","n":"1"}',
          session_id: session,
        },
      ],
    );
  });
});

test("LOG-08 calls without an agent are logged with an empty name, and do not fail", async () => {
  await inFolder(async (folder) => {
    const dbname = join(folder, "logs.db");
    runtimeLogging.start({ logger: [new SqliteLogger({ dbname }), new FileLogger({ dir: folder })] });
    const { llmConfig } = scriptedModel("Paris.");
    await new OpenAIWrapper(llmConfig).create({ messages: [{ role: "user", content: "Capital?" }] });
    runtimeLogging.stop();
    assert.deepEqual(rowsOf(dbname, "SELECT source_name FROM chat_completions"), [{ source_name: "" }]);
  });
});

test("LOG-09 a broken logger breaks no chat: one warning without secrets, and other loggers are told", async () => {
  await inFolder(async () => {
    const [broken, fine] = [keeping(true), keeping()];
    const warnings: string[] = [];
    runtimeLogging.start({ logger: [broken, fine], onWarning: (text) => warnings.push(text) });
    await toolChat();
    runtimeLogging.stop();
    assert.deepEqual(warnings, ["broken at ***"]);
    assert.deepEqual(fine.told, broken.told);
  });
});

test("withLogging: sessions side by side see each their own part, the session of the program sees all", async () => {
  await inFolder(async () => {
    const [all, one, other] = [keeping(), keeping(), keeping()];
    runtimeLogging.start({ logger: all });
    const [first, second] = await Promise.all([
      runtimeLogging.withLogging({ logger: one }, async ({ sessionId }) => {
        await shortChat(1);
        return sessionId;
      }),
      runtimeLogging.withLogging({ logger: other }, async () => {
        await shortChat(3);
        return "done";
      }),
    ]);
    await shortChat(1);
    runtimeLogging.stop();
    assert.deepEqual([first, second], ["my session", "done"]);
    const completions = ({ told }: typeof all): number => told.filter(([kind]) => kind === "completion").length;
    assert.deepEqual([all, one, other].map(completions), [5, 1, 3]);
    assert.deepEqual(one.told.at(-1)?.[0], "stop");
  });
});

test("LOG-07 sessionUsage is that of the session around it, and an error where nothing is logged into SQLite", async () => {
  await inFolder(async () => {
    runtimeLogging.start({ config: { dbname: ":memory:" } });
    await withLogging({ config: { dbname: ":memory:" } }, async ({ sessionId }) => {
      await shortChat(2);
      assert.deepEqual([sessionUsage(sessionId).calls, sessionUsage().calls], [2, 2]);
    });
    await shortChat(1);
    assert.equal(sessionUsage().calls, 3);
    runtimeLogging.stop();
    assert.throws(
      () => sessionUsage(),
      (error) => isAutogenError(error, "invalid-state"),
    );
  });
});

test("withLogging: the session ends with a task that fails", async () => {
  await inFolder(async () => {
    const logger = keeping();
    const failing = runtimeLogging.withLogging({ logger }, () => {
      people("never asked");
      throw new Error("task failed");
    });
    await assert.rejects(failing, /task failed/u);
    people("not logged");
    assert.deepEqual(
      logger.told.map(([kind]) => kind),
      ["wrapper", "agent", "agent", "stop"],
    );
  });
});
