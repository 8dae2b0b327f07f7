import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { program } from "../../../test/programs.js";
import { readRunFile, runFile } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "run-losses-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `run-${String((files += 1))}.jsonl`);

const CHAT_FOR_EVER = `
  import { writeSync } from "node:fs";
  import { ConversableAgent } from "./index.ts";
  import { recordRuns } from "./features/runs/index.ts";
  recordRuns({ folder: process.argv[2] });
  const agent = (name) => {
    const one = new ConversableAgent({ name, llmConfig: false, humanInputMode: "NEVER", codeExecutionConfig: false, maxConsecutiveAutoReply: 1e9 });
    one.registerReply([() => true], async () => [true, "text"]);
    return one;
  };
  const onEvent = ({ seq }) => writeSync(1, seq + "\\n");
  await agent("a").initiateChat(agent("b"), { message: "go", silent: true, maxTurns: 1e6, onEvent });
`;

test("kill -9 loses nothing that was announced", async () => {
  await using forever = await program(CHAT_FOR_EVER);
  const torn: number[] = [];
  for (let kill = 0; kill < 12; kill += 1) {
    const runs = join(folder, `killed-${String(kill)}`);
    const child = spawn(process.execPath, [forever.path, runs], { stdio: ["ignore", "pipe", "inherit"] });
    let told = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      told += text;
      if (told.length > 500 + kill * 997) child.kill("SIGKILL");
    });
    await once(child, "close");
    const announced = told.split("\n").slice(0, -1).map(Number);
    const [name = ""] = readdirSync(runs);
    const { events, notes } = await readRunFile(join(runs, name));
    assert.deepEqual(
      announced.filter((seq) => events[seq]?.seq !== seq),
      [],
    );
    torn.push(notes.length);
  }
  assert.equal(torn.length, 12);
});

const CHAT_ON_FULL_DISK = `
  import { ConversableAgent, observe } from "./index.ts";
  import { runFile } from "./features/runs/index.ts";
  const agent = (name, texts) => {
    const one = new ConversableAgent({ name, llmConfig: false, humanInputMode: "NEVER", codeExecutionConfig: false });
    one.registerReply([() => true], async () => [true, texts.shift()]);
    return one;
  };
  const large = "x".repeat(100_000);
  const write = runFile(process.argv[2]);
  const warnings = [];
  observe({ joinRun: () => ({ onEvent: (event) => event.type === "warning" && warnings.push(event.text) }) });
  const options = { message: "go", silent: true, maxTurns: 3, onEvent: write };
  const { chatHistory } = await agent("a", ["one", "two"]).initiateChat(agent("b", [large, large, "end"]), options);
  console.log(JSON.stringify({ messages: chatHistory.length, warnings }));
`;

test("a full disk: the chat goes on with one warning, nothing half-written stays, and a line says what is missing", async () => {
  await using full = await program(CHAT_ON_FULL_DISK);
  const path = newPath();
  // Files of this process may have 16 KiB: the system then writes a part, and refuses the rest, as a full disk does.
  const command = `ulimit -f 16; exec "${process.execPath}" "${full.path}" "${path}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const { messages, warnings } = JSON.parse(stdout) as { messages: number; warnings: string[] };

  assert.equal(messages, 6);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /could not be written \(EFBIG/u);
  const { events, notes } = await readRunFile(path);
  assert.equal(notes.length, 2);
  assert.match(notes[0] ?? "", /^1 events are missing before line/u);
  assert.deepEqual(
    events.filter(({ type }) => type === "message.received").map(({ from }) => from),
    ["a", "a", "a", "b"],
  );
  assert.equal(events.at(-1)?.type, "chat.end");
});

test("a disk that is full from the start: no empty files, one warning; what is overwritten stays", async () => {
  await using full = await program(`
    import { ConversableAgent, observe } from "./index.ts";
    import { recordRuns, runFile } from "./features/runs/index.ts";
    const agent = (name) => new ConversableAgent({ name, llmConfig: false, humanInputMode: "NEVER", codeExecutionConfig: false });
    recordRuns({ folder: process.argv[2] });
    const warnings = [];
    observe({ joinRun: () => ({ onEvent: (event) => event.type === "warning" && warnings.push(event.text) }) });
    await agent("a").initiateChat(agent("b"), { message: "go", silent: true, maxTurns: 2 });
    let refused = "";
    try {
      runFile(process.argv[3], { overwrite: true });
    } catch (error) {
      refused = error.code;
    }
    console.log(JSON.stringify({ warnings: warnings.length, refused }));
  `);
  const [runs, old] = [join(folder, "full-disk"), newPath()];
  runFile(old)({ seq: 0, path: "run", silent: false, type: "warning", code: "old", text: "old" });
  const { stdout, stderr } = spawnSync(
    "bash",
    ["-c", `ulimit -f 0; exec "${process.execPath}" "${full.path}" "${runs}" "${old}" | cat`],
    { encoding: "utf8" },
  );
  assert.deepEqual(JSON.parse(stdout), { warnings: 1, refused: "EFBIG" }, stderr);
  assert.deepEqual(readdirSync(runs), []);
  assert.equal((await readRunFile(old)).events[0]?.["text"], "old");
});
