/** What the tests of logging share: a folder, agents that log, and rows of what they logged. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssistantAgent, UserProxyAgent } from "../src/index.js";
import { runtimeLogging } from "../src/features/logging/index.js";
import { scriptedModel, type ScriptedReply } from "../src/features/testing/index.js";
import { openSqlite, type SqliteRow } from "../src/platform/node/index.js";

/** Gives the test a folder; nothing is logged afterwards, and nothing is left. */
export async function inFolder(play: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "logging-"));
  try {
    await play(folder);
  } finally {
    runtimeLogging.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a query finds in a database, by a connection of its own. */
export function rowsOf(file: string, sql: string, ...values: readonly (string | number)[]): readonly SqliteRow[] {
  const database = openSqlite(file, { purpose: "A test" });
  try {
    // Rows of one of the drivers have no prototype.
    return database
      .prepare(sql)
      .all(...values)
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

/** A user who asks, and an assistant whose model answers like this. */
export function people(...answers: readonly ScriptedReply[]): { user: UserProxyAgent; assistant: AssistantAgent } {
  const { llmConfig } = scriptedModel(...answers);
  const assistant = new AssistantAgent({ name: "assistant", llmConfig, systemMessage: "You help." });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  return { user, assistant };
}

/** They talk, with a tool. */
export async function toolChat(): Promise<void> {
  const call = { id: "call_1", type: "function", function: { name: "double", arguments: '{"n":21}' } } as const;
  const { user, assistant } = people({ tool_calls: [call] }, "42. TERMINATE");
  user.registerFunctionMap({ double: ({ n }: { n: number }) => String(2 * n) });
  await user.initiateChat(assistant, { message: "21 times 2?", silent: true, maxTurns: 2 });
}

/** A short chat, with this many answers. */
export async function shortChat(answers = 1): Promise<void> {
  const { user, assistant } = people(...Array.from({ length: answers }, (_, index) => `answer ${String(index)}`));
  user.defaultAutoReply = "go on";
  await user.initiateChat(assistant, { message: "hi", silent: true, maxTurns: answers });
}
