/** The commands for durable runs, on a folder that a program has left. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { commandLine, type Called } from "../../../../test/command-line.js";
import { folder, type Folder } from "../../../../test/durable.js";
import { program, type Program } from "../../../../test/programs.js";

const SOURCE = `
import { AssistantAgent, UserProxyAgent } from "./index.ts";
import { conversation, durableRuns, journalFile } from "./features/durable/index.ts";
import { scriptedModel } from "./features/testing/index.ts";
export const asking = conversation("asking", async ({ model }, { run }) => {
  const scripted = scriptedModel((body) => "I am " + model + " at " + body.messages.length);
  const bot = new AssistantAgent({ name: "bot", llmConfig: scripted.llmConfig });
  const boss = new UserProxyAgent({ name: "boss", humanInputMode: "ALWAYS", codeExecutionConfig: false });
  return (await boss.initiateChat(bot, { message: "Hello", maxTurns: 2, run })).chatHistory.map(({ content }) => content);
});
export const start = async (dir) =>
  await durableRuns({ store: journalFile({ dir }), conversations: [asking] }).start(asking, { model: "small" }, { id: "a" });
`;

let app: Program;
beforeAll(async () => void (app = await program(SOURCE)));
afterAll(async () => await app[Symbol.asyncDispose]());

async function waiting(): Promise<Folder & { readonly call: (...args: readonly string[]) => Promise<Called> }> {
  const place = folder();
  const { start } = (await import(app.path)) as { readonly start: (dir: string) => Promise<unknown> };
  await start(place.dir);
  return Object.assign(place, {
    call: async (...args: readonly string[]) => await commandLine(["durable", ...args, "--dir", place.dir]),
  });
}

test("`durable list` shows runs, and questions with the command that answers them", async () => {
  using place = await waiting();
  const { code, out } = await place.call("list");
  assert.equal(code, 0);
  assert.match(out, /^a {2}waiting {2}asking \(version 1\) {2}1 steps/);
  assert.match(out, /boss asks since .*:\n {4}.*feedback to bot/);
  assert.match(out, /autogen-ts durable answer a TEXT --question 'run\/chat-0\/human:boss#0'/);
  const listed = JSON.parse((await place.call("list", "--json")).out) as { readonly id: string; readonly status: string }[];
  assert.deepEqual(
    listed.map(({ id, status }) => [id, status]),
    [["a", "waiting"]],
  );
});

test("`durable answer`, `resume` and `show` bring a run to its end; a second answer is told so, with exit code 1", async () => {
  using place = await waiting();
  assert.deepEqual((await place.call("answer", "a", "Go on.")).code, 0);
  const second = await place.call("answer", "a", "No.", "--question", "run/chat-0/human:boss#0");
  assert.deepEqual([second.code, second.errors], [1, "The question was answered before, and that answer counts.\n"]);
  const resumed = await place.call("resume", app.path);
  assert.equal(resumed.code, 0);
  assert.match(resumed.out, /^a finished: \[\n {2}"Hello",\n {2}"I am small at 2",\n {2}"Go on\.",\n {2}"I am small at 4"\n\]/);
  const { out } = await place.call("show", "a");
  assert.match(
    out,
    /input: \{"model":"small"\}\n {3}0 {4}run\/chat-0\/model:bot#0\n {8}I am small at 2\n {3}1 {4}run\/chat-0\/human:boss#0\n {8}Go on\./,
  );
  assert.equal((await place.call("resume", app.path)).errors, "No run is ready.\n");
});

test("`durable fork` goes on from a step with another message and another model", async () => {
  using place = await waiting();
  await place.call("answer", "a", "Go on.");
  await place.call("resume", app.path, "a");
  const { out } = await place.call("fork", app.path, "a", "--step", "2", "-m", "Stop it.", "--model", "large", "--id", "b");
  assert.match(out, /^b finished: .*"I am small at 2".*"Stop it\.".*"I am large at 4"/s);
  assert.equal((await place.call("fork", app.path, "a", "--step", "x")).code, 2);
  assert.match((await place.call("fork", app.path, "a", "--step", "9")).errors, /has 3 steps.*\(invalid-option\)/);
});

test("`durable cancel` stops a run once", async () => {
  using place = await waiting();
  assert.equal((await place.call("cancel", "a", "--reason", "late")).code, 0);
  assert.equal((await place.call("cancel", "a")).code, 1);
  assert.match((await place.call("show", "a")).out, /a was cancelled: late/);
  assert.match((await place.call("answer", "a", "x")).errors, /has no open question/);
});

test("bad input: unknown runs, modules without conversations", async () => {
  using place = await waiting();
  assert.match((await place.call("show", "b")).errors, /There is no run `b`.*\(unknown-run\)/);
  const empty = join(place.dir, "empty.mjs");
  writeFileSync(empty, "export const x = 1;");
  assert.match((await place.call("resume", empty)).errors, /exports no conversation/);
});
