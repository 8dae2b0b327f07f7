import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, test, vi } from "vitest";
import { pair, rejection, texts, type Pair } from "../../../test/pairs.js";
import { isAutogenError, type EffectLayer, type RunEvent } from "../../index.js";
import { fakeExecutor, forbidRequests, readRecording, record, replay, scriptedHuman, type ScriptedReply } from "./index.js";

let folder = "";
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "recordings-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
const fresh = (): string => join(folder, `${String((files += 1))}.jsonl`);

const SCRIPT = ["```sh\nls\n```", "seen"];

/** A model, an executor and a person; under a replay none of them has anything to say. */
function cast(live: boolean): Pair & { readonly play: (layers: readonly EffectLayer[]) => Promise<string[]> } {
  const executor = fakeExecutor(...(live ? ["file.txt"] : []));
  const agents = pair(live ? SCRIPT : [], { humanInputMode: "ALWAYS", codeExecutionConfig: { executor } });
  const play = async (layers: readonly EffectLayer[]): Promise<string[]> => {
    const stream = scriptedHuman(...(live ? ["", "exit"] : []));
    const result = await agents.user.initiateChat(agents.bot, { message: "m", stream, layers });
    return texts(result.chatHistory);
  };
  return { ...agents, play };
}

async function recorded(): Promise<{ readonly file: string; readonly said: readonly string[] }> {
  const file = fresh();
  return { file, said: await cast(true).play([record(file)]) };
}

const written = async (...lines: readonly unknown[]): Promise<string> => {
  const file = fresh();
  await writeFile(file, lines.map((line) => (typeof line === "string" ? line : `${JSON.stringify(line)}\n`)).join(""));
  return file;
};
const HEAD = { format: 1 };
const EFFECT = { key: "run/chat-0/model:bot#0", kind: "model", target: "bot", output: {} };

async function refusal(file: string): Promise<string> {
  const error = await rejection(replay(file));
  assert.ok(isAutogenError(error, "invalid-config"), String(error));
  return error.message;
}

test("a chat with a model, code and a person is replayed without any of them", async () => {
  const { file, said } = await recorded();
  const layer = await replay(pathToFileURL(file), { strict: true });
  assert.deepEqual(await cast(false).play([layer]), said);
  layer.assertComplete();
  const kinds = new Set((await readRecording(file)).map(({ kind }) => kind));
  assert.deepEqual(kinds, new Set(["model", "human", "code"]));
});

test("a strict replay of another chat shows the line that is different", async () => {
  const { file } = await recorded();
  const { user, bot } = pair([]);
  const layers = [await replay(file, { strict: true })];
  const error = await rejection(user.initiateChat(bot, { message: "other", layers, silent: true }));
  assert.match(String(error), /\n {2}- +"content": "m",\n {2}\+ +"content": "other",\n/);
});

test("a recording is not overwritten, unless that is asked for", async () => {
  const { file } = await recorded();
  const before = await readFile(file, "utf8");
  assert.throws(() => record(file), { code: "invalid-option", message: /exists already.*overwrite: true/ });
  assert.equal(await readFile(file, "utf8"), before);
  record(file, { overwrite: true });
  assert.equal(await readFile(file, "utf8"), '{"format":1}\n');
});

test("missing folders are made", async () => {
  const file = join(folder, "a", "b", "c.jsonl");
  record(file);
  assert.deepEqual(await readRecording(file), []);
});

test("a last line that a crash cut off is left out, with one warning", async () => {
  const { file, said } = await recorded();
  await appendFile(file, '{"key":"run/chat-0/mod');
  const events: RunEvent[] = [];
  const layer = await replay(file);
  const { user, bot } = pair([], { humanInputMode: "ALWAYS", codeExecutionConfig: { executor: fakeExecutor() } });
  const stream = scriptedHuman();
  const result = await user.initiateChat(bot, { message: "m", stream, layers: [layer], onEvent: (event) => events.push(event) });
  assert.deepEqual(texts(result.chatHistory), said);
  const warnings = events.filter((event) => event.type === "warning").map(({ code, text }) => [code, text]);
  assert.equal(warnings.length, 1);
  assert.match(String(warnings[0]), /^torn-recording,.*\.jsonl:\d+ ends in the middle/);
});

test("a last line that is complete needs no line break", async () => {
  assert.equal((await readRecording(await written(HEAD, JSON.stringify(EFFECT)))).length, 1);
});

for (const [title, lines, expected] of [
  ["a line that is not JSON", [HEAD, "\n", EFFECT, "{oops\n", EFFECT], /\.jsonl:4 is not a line of JSON/],
  ["a broken last line that has a line break", [HEAD, "{oops\n"], /\.jsonl:2 is not a line of JSON/],
  ["an effect without a key", [HEAD, { ...EFFECT, key: 3 }], /\.jsonl:2 has no `key`/],
  ["an effect of an unknown kind", [HEAD, { ...EFFECT, kind: "magic" }], /\.jsonl:2 has no `kind` out of model, tool/],
  ["an effect without an outcome", [HEAD, { ...EFFECT, output: undefined }], /\.jsonl:2 has neither `output` nor `error`/],
  ["an error without a code", [HEAD, { ...EFFECT, error: { message: "m" } }], /\.jsonl:2 has an `error` without/],
  ["a line that is no object", [HEAD, "3\n"], /\.jsonl:2 is no object/],
  ["a newer format", [{ format: 2 }, EFFECT], /format 2, and this version knows 1\. Update/],
  ["a file that is no recording", [{ version: 1 }], /is no recording/],
  ["an empty file", [], /is no recording/],
] as const) {
  test(`refused: ${title}`, async () => {
    assert.match(await refusal(await written(...lines)), expected);
  });
}

const real = (replies: readonly ScriptedReply[]): Pair =>
  pair(replies, {}, { llmConfig: { config_list: [{ model: "gpt-4", base_url: "http://127.0.0.1:9/v1", api_key: "k" }] } });
const chat = async ({ user, bot }: Pair, ...layers: readonly EffectLayer[]): Promise<string[]> =>
  texts((await user.initiateChat(bot, { message: "m", maxTurns: 1, layers, silent: true })).chatHistory);

test("forbidRequests refuses a real request and names it", async () => {
  const error = await rejection(chat(real([]), forbidRequests()));
  assert.ok(isAutogenError(error, "request-forbidden"));
  assert.match(error.message, /`run\/chat-0\/model:bot#0` for the model `gpt-4` at http:\/\/127\.0\.0\.1:9\/v1 /);
});

test("forbidRequests lets scripted models pass, and what it is told to", async () => {
  assert.deepEqual(await chat(pair(["hello"]), forbidRequests()), ["m", "hello"]);
  const asked: string[] = [];
  const allow = ({ endpoint }: { readonly endpoint: string }): boolean => (asked.push(endpoint), true);
  const answered: EffectLayer = () => async () =>
    await Promise.resolve({ model: "m", choices: [{ message: { content: "hi" } }] } as never);
  assert.deepEqual(await chat(real([]), forbidRequests({ allow }), answered), ["m", "hi"]);
  assert.deepEqual(asked, ["http://127.0.0.1:9/v1"]);
});

test("behind a replay, forbidRequests refuses only what was not recorded", async () => {
  const file = fresh();
  const said = await chat(pair(["hello"]), record(file));
  assert.deepEqual(await chat(real([]), await replay(file), forbidRequests()), said);
  const layers = [await replay(await written(HEAD), { missing: "live" }), forbidRequests()];
  assert.ok(isAutogenError(await rejection(chat(real([]), ...layers)), "request-forbidden"));
});

test("AUTOGEN_FORBID_REQUESTS keeps record and replay from real requests, and nothing forbidden is recorded", async () => {
  vi.stubEnv("AUTOGEN_FORBID_REQUESTS", "1");
  const file = fresh();
  assert.ok(isAutogenError(await rejection(chat(real([]), record(file))), "request-forbidden"));
  assert.deepEqual(await readRecording(file), []);
  const live = await replay(file, { missing: "live" });
  assert.ok(isAutogenError(await rejection(chat(real([]), live)), "request-forbidden"));
  assert.deepEqual(await chat(pair(["hello"]), live), ["m", "hello"]);
});
