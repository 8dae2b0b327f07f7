import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { commandLine } from "../../../test/command-line.js";
import { AssistantAgent, memoryStream, UserProxyAgent, type ToolFunction } from "../../index.js";
import { recordRun } from "../runs/index.js";
import { scriptedModel } from "../testing/index.js";

const folder = mkdtempSync(join(tmpdir(), "cli-runs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

interface Scene {
  /** What the inner chat is answered. @default "Guten Tag" */
  readonly translation?: string;
  readonly callId?: string;
}

/** An assistant calls a tool, which holds a chat of its own; gives the file. */
async function recorded({ translation = "Guten Tag", callId = "call_1" }: Scene = {}): Promise<string> {
  const inner = scriptedModel({ content: translation, usage: [7, 3], model: "small", cost: 0.25 });
  const translator = new AssistantAgent({ name: "translator", llmConfig: inner.llmConfig });
  const clerk = new UserProxyAgent({ name: "clerk", humanInputMode: "NEVER", codeExecutionConfig: false });
  const translate: ToolFunction = async ({ text }: { text: string }, { run }) =>
    (await clerk.initiateChat(translator, { message: text, maxTurns: 1, run })).summary;
  const call = { id: callId, type: "function", function: { name: "translate", arguments: '{"text":"Good day"}' } } as const;
  const outer = scriptedModel(
    { tool_calls: [call], usage: [1000, 20], model: "large", cost: 1 },
    { content: "It is: \u001B[31mGuten Tag\u001B[0m. TERMINATE", usage: [1200, 30], model: "large", cost: null },
  );
  const assistant = new AssistantAgent({ name: "assistant", llmConfig: outer.llmConfig });
  const user = new UserProxyAgent({
    name: "user",
    humanInputMode: "NEVER",
    codeExecutionConfig: false,
    functionMap: { translate },
  });
  const path = join(folder, `run-${String((files += 1))}.jsonl`);
  await recordRun(path, () =>
    user.initiateChat(assistant, { message: "How do I greet in German?", silent: true, stream: memoryStream() }),
  );
  return path;
}

/** What stands in front is as wide in each line, and another each time. */
const TIMES = "    0.000 s      1 ms  ".length;

test("runs show prints who did what, indented by chat and tool, with tokens and money, and obeys nothing of the content", async () => {
  const path = await recorded();
  const { code, out } = await commandLine(["runs", "show", path]);
  const [head = "", sums, , ...rows] = out.split("\n");
  assert.ok(head.startsWith(`${path}: 20`) && head.endsWith(", ended by termination-message"), head);
  assert.equal(sums, "6 messages, 3 model calls, 2,207 tokens in, 53 out, cost $1.2500 or more");
  assert.deepEqual(
    rows.map((line) => line.slice(TIMES)),
    [
      "user chats with assistant: termination-message",
      "  user: How do I greet in German?",
      "  assistant asks scripted  1,000 + 20 tokens, $1.0000",
      '  assistant: calls translate({"text":"Good day"})',
      "  user runs translate",
      "    clerk chats with translator: max-turns",
      "      clerk: Good day",
      "      translator asks scripted  7 + 3 tokens, $0.2500",
      "      translator: Guten Tag",
      "  user: Guten Tag",
      "  assistant asks scripted  1,200 + 30 tokens, unknown",
      "  assistant: It is: \\u001b[31mGuten Tag\\u001b[0m. TERMINATE",
      "",
    ],
  );
  assert.equal(code, 0);
});

test("runs show in colours, on a terminal that has them, cuts no text and passes no command of the content", async () => {
  const path = await recorded();
  const { out } = await commandLine(["runs", "show", path], { colours: true });
  assert.ok(out.includes("\u001B[2m"));
  assert.ok(!out.includes("\u001B[31mGuten"));
  const plain = await commandLine(["runs", "show", path, "--no-color"], { colours: true });
  assert.ok(!plain.out.includes("\u001B"));
});

test("runs show --json has file, summary and timeline for programs", async () => {
  const { out } = await commandLine(["runs", "show", await recorded(), "--json"]);
  const { summary, timeline } = JSON.parse(out) as {
    summary: { total: unknown; usage: unknown };
    timeline: readonly { kind: string; depth: number; durationMs: number | null }[];
  };
  assert.deepEqual(summary.total, { calls: 3, cached: 0, promptTokens: 2207, completionTokens: 53, cost: null, knownCost: 1.25 });
  assert.deepEqual(summary.usage, [
    {
      agent: "assistant",
      model: "large",
      calls: 2,
      cached: 0,
      promptTokens: 2200,
      completionTokens: 50,
      cost: null,
      knownCost: 1,
    },
    {
      agent: "translator",
      model: "small",
      calls: 1,
      cached: 0,
      promptTokens: 7,
      completionTokens: 3,
      cost: 0.25,
      knownCost: 0.25,
    },
  ]);
  assert.deepEqual(
    timeline.filter(({ kind }) => kind === "chat").map(({ depth }) => depth),
    [0, 2],
  );
});

test("runs show --html writes a page, or gives it to the next program", async () => {
  const path = await recorded();
  const page = join(folder, "page.html");
  const { code, out, errors } = await commandLine(["runs", "show", path, "--html", page]);
  assert.deepEqual([code, out, errors], [0, "", `Written: ${page}\n`]);
  const piped = await commandLine(["runs", "show", path, "--html=-"]);
  assert.equal(piped.out, readFileSync(page, "utf8"));
  assert.match(piped.out, /^<!doctype html>\n/u);
});

test("runs show --html does not put the page in the place of its run", async () => {
  const path = await recorded();
  const before = readFileSync(path, "utf8");
  const { code, errors } = await commandLine(["runs", "show", path, "--html", path]);
  assert.equal(code, 1);
  assert.match(errors, /would take the place of the run/u);
  assert.equal(readFileSync(path, "utf8"), before);
});

test("runs diff finds nothing between two runs of one program, though times and ids are others", async () => {
  const { code, out } = await commandLine(["runs", "diff", await recorded(), await recorded({ callId: "call_other" })]);
  assert.deepEqual([code, out], [0, "The runs are the same.\n"]);
});

test("runs diff shows the first different event with what came before, and ends with 1", async () => {
  const [a, b] = [await recorded(), await recorded({ translation: "Hallo" })];
  const { code, out } = await commandLine(["runs", "diff", a, b]);
  assert.equal(code, 1);
  assert.deepEqual(out.split("\n"), [
    "The runs part in run/chat-0/chat-0, at event 4 of this chat:",
    "",
    "    message.received: clerk Good day",
    "    llm.start: translator asks scripted",
    "    llm.end: translator has an answer of small",
    "  A message.received: translator Guten Tag",
    "  B message.received: translator Hallo",
    "",
    "message.content:",
    '  A "Guten Tag"',
    '  B "Hallo"',
    "",
  ]);
});

test("runs diff shows where one run has ended and the other goes on; --json is for programs", async () => {
  const whole = await recorded();
  const short = join(folder, "short.jsonl");
  writeFileSync(short, `${readFileSync(whole, "utf8").split("\n").slice(0, 3).join("\n")}\n`);
  const { code, out } = await commandLine(["runs", "diff", short, whole]);
  assert.equal(code, 1);
  assert.match(out, /\n {2}A \(nothing more\)\n {2}B llm\.start: assistant asks scripted\n$/u);
  const { out: json } = await commandLine(["runs", "diff", short, whole, "--json"]);
  const { path, index, a, b } = JSON.parse(json) as { path: string; index: number; a: unknown; b: { type: string } };
  assert.deepEqual([path, index, a, b.type], ["run/chat-0", 2, null, "llm.start"]);
  assert.equal((await commandLine(["runs", "diff", whole, whole, "--json"])).out, "null\n");
});

for (const words of [
  ["runs", "show"],
  ["runs", "diff", "x"],
] as const) {
  const missing = join(folder, "missing.jsonl");
  test(`${words.join(" ")} of a file that is not there, or is none: one line, exit code 1`, async () => {
    const absent = await commandLine([...words, missing]);
    assert.deepEqual([absent.code, absent.out], [1, ""]);
    assert.match(absent.errors, /^autogen-ts: ENOENT: [^\n]*\n$/u);
  });
}

test("a file of a newer version is refused by name", async () => {
  const path = join(folder, "newer.jsonl");
  writeFileSync(path, `{"format":"autogen-ts-run","version":99,"time":"2026-11-21T10:00:00.000Z"}\n`);
  const { code, errors } = await commandLine(["runs", "show", path]);
  assert.equal(code, 1);
  assert.match(errors, /version 99, and this library knows version 1\. Read it with a newer one\. \(invalid-config\)\n$/u);
});
