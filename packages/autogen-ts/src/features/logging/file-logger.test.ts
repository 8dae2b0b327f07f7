import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "vitest";
import { inFolder, shortChat, toolChat } from "../../../test/logs.js";
import { AssistantAgent, isAutogenError } from "../../index.js";
import { FileLogger, runtimeLogging } from "./index.js";

type Line = Readonly<Record<string, unknown>>;

const linesOf = async (file: string): Promise<readonly Line[]> =>
  (await readFile(file, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

const KEYS = {
  session_start: "kind event session_id time schema",
  wrapper: "kind wrapper_id session_id json_state timestamp thread_id",
  agent: "kind id agent_name wrapper_id session_id current_time agent_type args thread_id",
  client: "kind client_id wrapper_id session_id class json_state timestamp thread_id",
  completion: "kind invocation_id client_id wrapper_id request response is_cached cost start_time end_time thread_id source_name",
  event: "kind source_id source_name event_name agent_module agent_class json_state timestamp thread_id",
  function: "kind source_id source_name function_name agent_module agent_class timestamp thread_id input_args returns",
} as const;

test("LOG-10 every line is JSON with the keys of its kind", async () => {
  await inFolder(async (folder) => {
    const session = runtimeLogging.start({ loggerType: "file", config: { dir: folder, filename: "my.log" } });
    await toolChat();
    runtimeLogging.stop();
    const lines = await linesOf(join(folder, "my.log"));
    const keys = new Map(lines.map((line) => [String(line["kind"]), Object.keys(line).join(" ")]));
    assert.deepEqual(Object.fromEntries(keys), KEYS);
    const { time: _time, ...first } = lines[0] ?? {};
    assert.deepEqual(first, { kind: "session_start", event: "session_start", session_id: session, schema: 1 });
    const used = lines.find((line) => line["kind"] === "function");
    assert.deepEqual([used?.["function_name"], used?.["input_args"], used?.["returns"]], ["double", '{"n":21}', '"42"']);
    const completion = lines.find((line) => line["kind"] === "completion");
    assert.deepEqual((completion?.["response"] as Line | undefined)?.["usage"], {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
    });
  });
});

test("LOG-10 the file is `autogen_logs/runtime.log` in the current folder, and further sessions are appended", async () => {
  assert.equal(new FileLogger().path, join(process.cwd(), "autogen_logs", "runtime.log"));
  await inFolder(async (folder) => {
    for (const answers of [1, 2]) {
      runtimeLogging.start({ loggerType: "file", config: { dir: join(folder, "a", "b") } });
      await shortChat(answers);
    }
    runtimeLogging.stop();
    const kinds = (await linesOf(join(folder, "a", "b", "runtime.log"))).map((line) => line["kind"]);
    assert.equal(kinds.filter((kind) => kind === "session_start").length, 2);
  });
});

test("LOG-10 no secrets: neither under their names nor elsewhere; names without an agent are kept", async () => {
  await inFolder(async (folder) => {
    runtimeLogging.start({ loggerType: "file", config: { dir: folder } });
    const config_list = [{ model: "m", api_key: "planted-key-1", base_url: "https://u:planted-2@h.example/v1" }];
    const bot = new AssistantAgent({ name: "bot", llmConfig: { config_list }, systemMessage: "Your key is planted-key-1." });
    assert.equal(bot.systemMessage, "Your key is planted-key-1.");
    runtimeLogging.logEvent({ source: "cron", name: "tick", state: { authorization: "Bearer planted-3", note: "sk-planted-4" } });
    runtimeLogging.logChatCompletion({ wrapper: {}, request: {}, response: null, cost: null, source: "somebody" });
    runtimeLogging.stop();
    const text = await readFile(join(folder, "runtime.log"), "utf8");
    assert.doesNotMatch(text, /planted/u);
    const lines = await linesOf(join(folder, "runtime.log"));
    assert.deepEqual(
      [lines.at(-2)?.["source_name"], lines.at(-1)?.["source_name"], lines.at(-1)?.["response"]],
      ["cron", "somebody", { response: null }],
    );
  });
});

// A device of Linux that has no room for anything.
if (existsSync("/dev/full")) {
  test("LOG-09 a disk that is full at the start is an error of start", async () => {
    await inFolder(async (folder) => {
      await symlink("/dev/full", join(folder, "runtime.log"));
      assert.throws(
        () => runtimeLogging.start({ loggerType: "file", config: { dir: folder } }),
        (error) => isAutogenError(error, "invalid-option") && error.message.includes("ENOSPC"),
      );
    });
  });
}
