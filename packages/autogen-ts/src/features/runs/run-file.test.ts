import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, test, vi } from "vitest";
import { AssistantAgent, createRedactor, observe, UserProxyAgent, type RunEvent, type Subscriber } from "../../index.js";
import { scriptedModel, streamed } from "../testing/index.js";
import { readRunFile, recordRun, recordRuns, runFile, RUN_FILE_VERSION, type StoredRun } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "runs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `run-${String((files += 1))}.jsonl`);

/** A question and an answer; gives the events. */
async function chat(answer: string, onEvent?: (event: RunEvent) => void): Promise<readonly RunEvent[]> {
  const { llmConfig } = scriptedModel(answer);
  const assistant = new AssistantAgent({ name: "assistant", llmConfig });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  const events: RunEvent[] = [];
  const see = (event: RunEvent): void => {
    events.push(event);
    onEvent?.(event);
  };
  await user.initiateChat(assistant, { message: "Hello", maxTurns: 1, silent: true, onEvent: see });
  return events;
}

/** The same chat, whose subscriber is the given one itself, and the events as the loop of a stream gets them. */
async function chatSeenBy(onEvent: Subscriber): Promise<readonly RunEvent[]> {
  const assistant = new AssistantAgent({ name: "assistant", llmConfig: scriptedModel("again").llmConfig });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  const events: RunEvent[] = [];
  for await (const event of user.streamChat(assistant, { message: "x", maxTurns: 1, silent: true, onEvent })) events.push(event);
  return events;
}

const withoutTimes = ({ events }: StoredRun): unknown[] => events.map(({ time: _time, ...event }) => event);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("runFile writes the events of a run, in order, each with its time", async () => {
  const path = newPath();
  const before = Date.now();
  const events = await chat("Hi.", runFile(path));

  const run = await readRunFile(path);
  assert.deepEqual(withoutTimes(run), plain(events));
  for (const { time } of run.events) {
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
    assert.ok(Date.parse(time) >= before - 1 && Date.parse(time) <= Date.now());
  }
  assert.deepEqual(run.notes, []);
  const [head = ""] = readFileSync(path, "utf8").split("\n");
  assert.deepEqual(Object.keys(JSON.parse(head) as object), ["format", "version", "time"]);
});

test("recordRuns writes each run to a file of its own, before anyone else is told; runs side by side do not mix", async () => {
  const runs = join(folder, "side-by-side");
  const paths: string[] = [];
  const end = recordRuns({ folder: runs, onFile: (path) => paths.push(path) });
  const late: number[] = [];
  const all = await Promise.all(
    ["one", "two", "three"].map((answer) =>
      chat(answer, ({ seq }) => {
        // Whichever file it is in: one must have it by now.
        const written = readdirSync(runs).map((name) => readFileSync(join(runs, name), "utf8").split("\n").length - 3);
        if (Math.max(...written) < seq) late.push(seq);
      }),
    ),
  );
  end();
  await chat("not written");

  assert.deepEqual(late, []);
  assert.deepEqual(
    paths.toSorted(),
    readdirSync(runs)
      .map((name) => join(runs, name))
      .toSorted(),
  );
  const stored = await Promise.all(paths.map(async (path) => withoutTimes(await readRunFile(path))));
  const inOrder = (list: readonly unknown[]): string[] => list.map((one) => JSON.stringify(one)).toSorted();
  assert.deepEqual(inOrder(stored), inOrder(all));
});

test("recordRun writes what its work starts, and nothing of others at the same time", async () => {
  const path = newPath();
  const [result] = await Promise.all([
    recordRun(path, async () => {
      await chat("first");
      await chat("second");
      return "done";
    }),
    chat("somebody else's"),
  ]);

  assert.equal(result, "done");
  const answers = async (file: string): Promise<unknown> =>
    (await readRunFile(file)).events.find(({ type }) => type === "chat.end")?.["summary"];
  assert.equal(await answers(path), "first");
  assert.equal(await answers(path.replace(".jsonl", "-2.jsonl")), "second");
  assert.throws(() => readFileSync(path.replace(".jsonl", "-3.jsonl")), { code: "ENOENT" });
});

test("a file that exists is not overwritten unless that is asked for", async () => {
  const path = newPath();
  await chat("old", runFile(path));
  assert.throws(() => runFile(path), { code: "invalid-option" });
  await assert.rejects(
    recordRun(path, () => chat("new")),
    { code: "invalid-option" },
  );
  await chat("new", runFile(path, { overwrite: true }));
  assert.equal((await readRunFile(path)).events.at(-1)?.["summary"], "new");
});

test("a subscriber is for one run: a second one is not mixed into it, and a warning says so", async () => {
  const path = newPath();
  const subscriber = runFile(path);
  const events = await chat("first", subscriber);
  const warnings: string[] = [];
  const end = observe({
    joinRun: () => ({ onEvent: (event) => void (event.type === "warning" && warnings.push(event.text)) }),
  });
  const second = await chatSeenBy(subscriber);
  end();

  assert.equal(second.at(-1)?.type, "chat.end");
  assert.deepEqual(withoutTimes(await readRunFile(path)), plain(events));
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /holds a run already/u);
});

test("pieces of streamed answers are written when they are asked for", async () => {
  for (const deltas of [false, true]) {
    const path = newPath();
    const { llmConfig } = scriptedModel(streamed("He", "llo"));
    const assistant = new AssistantAgent({ name: "assistant", llmConfig: { ...llmConfig, stream: true } });
    const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
    await user.initiateChat(assistant, { message: "x", maxTurns: 1, silent: true, onEvent: runFile(path, { deltas }) });
    const pieces = (await readRunFile(path)).events.filter(({ type }) => type === "llm.delta").map(({ text }) => text);
    assert.deepEqual(pieces, deltas ? ["He", "llo"] : []);
  }
});

test("bad input: events of 20 MB, line separators of Unicode, and values that JSON has no form for", async () => {
  const path = newPath();
  const write = runFile(path);
  const text = `\u2028${"x".repeat(20_000_000)}\u2029\n`;
  const circular: { self?: unknown; big: bigint } = { big: 2n };
  circular.self = circular;
  const event = {
    path: "run/chat-0",
    silent: false,
    type: "chat.end",
    from: "a",
    to: "b",
    stopReason: "no-reply",
    stopDetail: null,
  } as const;
  write({ ...event, seq: 0, summary: text });
  write({ ...event, seq: 1, summary: circular });

  const { events } = await readRunFile(path);
  assert.equal(events[0]?.["summary"], text);
  assert.deepEqual(events[1]?.["summary"], { big: "2", self: "<<non-serializable: Object>>" });
});

test("LOG-05 secrets are in no file: by their looks, by a pattern of one's own, by the keys of models, from the environment", async () => {
  const key = "a-key-without-any-pattern";
  const path = newPath();
  const { llmConfig } = scriptedModel("The key is a-key-without-any-pattern, and the number ACME-77.");
  vi.stubEnv("SOME_SERVICE_TOKEN", "value-of-a-variable");
  const entry = llmConfig.config_list?.[0];
  const assistant = new AssistantAgent({
    name: "assistant",
    llmConfig: { ...llmConfig, config_list: [{ ...entry, api_key: key }] },
  });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  const message = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789 and value-of-a-variable";
  const redactor = createRedactor({ patterns: [/ACME-\d+/u], environment: process.env });
  await recordRun(path, () => user.initiateChat(assistant, { message, maxTurns: 1, silent: true }), { redactor });

  const { events } = await readRunFile(path);
  const contents = events.filter(({ type }) => type === "message.received").map(({ message: said }) => said);
  assert.deepEqual(contents, [
    { role: "user", name: "user", content: "*** and ***" },
    { role: "user", name: "assistant", content: "The key is ***, and the number ***." },
  ]);
  assert.doesNotMatch(readFileSync(path, "utf8"), /ACME-|sk-proj|a-key-without|value-of/u);
});

test("a file that was cut anywhere gives the whole lines, and a note on the rest", async () => {
  const path = newPath();
  const events = await chat("Grüße 🙂", runFile(path));
  const bytes = readFileSync(path);
  const head = bytes.indexOf(0x0a) + 1;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: head, max: bytes.length }), async (length) => {
      const cut = `${path}.cut`;
      writeFileSync(cut, bytes.subarray(0, length));
      const whole = bytes.subarray(head, length).filter((byte) => byte === 0x0a).length;
      const run = await readRunFile(cut);
      assert.deepEqual(withoutTimes(run), (plain(events) as unknown[]).slice(0, whole));
      assert.equal(run.notes.length, bytes[length - 1] === 0x0a ? 0 : 1);
    }),
    { seed: 9, numRuns: 60 },
  );
});

const HEAD = `{"format":"autogen-ts-run","version":1,"time":"2026-11-21T10:00:00.000Z"}`;
for (const [title, text, message] of [
  [
    "a newer version",
    HEAD.replace(`"version":1`, `"version":${String(RUN_FILE_VERSION + 1)}`),
    /has version 2, and this library knows version 1/u,
  ],
  ["an empty file", "", /is empty/u],
  ["some other file", "hello", /is no run file\./u],
  ["a recording", `{"format":1}`, /looks like a recording for `replay`/u],
  ["a damaged head", `{"format":"autogen-ts-run"}`, /first line is damaged/u],
  ["a damaged line", `${HEAD}\n{"time":\n{}\n`, /line 2 is no event/u],
  ["an event without a path", `${HEAD}\n{"time":"2026-11-21T10:00:00.000Z","seq":0,"type":"warning"}\n`, /line 2 is no event/u],
  [
    "a time with something else in it",
    `${HEAD}\n{"time":"2026-11-21 (\\u001b[31m)","seq":0,"path":"run","type":"warning"}\n`,
    /line 2 is no event/u,
  ],
  [
    "lists in lists without end",
    `${HEAD}\n{"time":"2026-11-21T10:00:00.000Z","seq":0,"path":"run","type":"x","a":${"[".repeat(1e5)}${"]".repeat(1e5)}}\n`,
    /line 2 is no event/u,
  ],
  ["a time that is none", `${HEAD}\n{"time":"soon","seq":0,"path":"run","type":"warning"}\n`, /line 2 is no event/u],
] as const) {
  test(`bad input: ${title} is refused by name`, async () => {
    const path = newPath();
    writeFileSync(path, text);
    await assert.rejects(readRunFile(path), (error: Error) => {
      assert.match(error.message, message);
      assert.ok(error.message.includes(path));
      assert.equal((error as Error & { code?: unknown }).code, "invalid-config");
      return true;
    });
  });
}

test("a file that is removed while its run goes on is not begun anew without its first line", async () => {
  const path = newPath();
  const write = runFile(path);
  const events = await chat("Hi.", (event) => {
    if (event.seq === 2) rmSync(path);
    write(event);
  });
  assert.throws(() => readFileSync(path), { code: "ENOENT" });
  assert.equal(events.at(-1)?.type, "chat.end");
});

test("an `onFile` that throws takes no event, and makes no second file", async () => {
  const runs = join(folder, "on-file");
  const end = recordRuns({
    folder: runs,
    onFile: () => {
      throw new Error("not today");
    },
  });
  const events = await chat("Hi.");
  end();
  const [name = "", ...more] = readdirSync(runs);
  assert.deepEqual(more, []);
  const stored = withoutTimes(await readRunFile(join(runs, name)));
  assert.deepEqual(stored, plain(events.filter(({ type }) => type !== "warning")));
});

test("only its owner may read a run file", async () => {
  const path = newPath();
  await chat("Hi.", runFile(path));
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a folder that nothing can be written to: the chat goes on with one warning", async () => {
  const path = newPath();
  writeFileSync(path, "a file where a folder should be");
  const end = recordRuns({ folder: join(path, "runs") });
  const events = await chat("Hi.");
  end();
  const warnings = events.filter((event) => event.type === "warning");
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]?.text ?? "", /EEXIST|ENOTDIR/u);
  assert.equal(events.at(-1)?.type, "chat.end");
});
