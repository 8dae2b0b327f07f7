/**
 * What the journal costs: time for each step, beside the same conversation without; bytes for each step, early and late; the time
 * from a start to the next live step of a long conversation; many runs that wait for people.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssistantAgent, memoryStream, UserProxyAgent } from "autogen-ts";
import { conversation, durableRuns, journalFile } from "autogen-ts/durable";
import { scriptedModel } from "autogen-ts/testing";

const ANSWER = "x".repeat(1_000);
const STEPS = 500;
const LONG = 1_800;
const WAITING = 500;

const chat = conversation("chat", async ({ turns }, context) => await talk(turns, context.run));
const asking = conversation(
  "asking",
  async (_input, context) => await context.run.perform("human", "boss", { prompt: "?" }, async () => ""),
);

export async function run() {
  const dir = mkdtempSync(join(tmpdir(), "autogen-bench-durable-"));
  try {
    return [
      ...(await overhead(dir)),
      ...(await bytes(dir)),
      ...(await replay(dir)),
      ...(await people(dir)),
      await withoutLayer(),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function overhead(dir) {
  const held = async (sync, id) => {
    const runs = durableRuns({ store: journalFile({ dir, sync }), conversations: [chat] });
    return await timed(async () => finished(await runs.start(chat, { turns: STEPS }, { id })));
  };
  await talk(STEPS);
  await held("none", "warm");
  const bare = await timed(async () => await talk(STEPS));
  const none = await held("none", "none");
  const always = await held("always", "always");
  return [
    { label: `a step without a journal, ${STEPS} steps of 1 kB`, value: bare / STEPS, unit: "ms" },
    { label: "a step with it", value: none / STEPS, unit: "ms", atMost: bare / STEPS + 1 },
    { label: "a step with it, and the disk", value: always / STEPS, unit: "ms" },
  ];
}

async function bytes(dir) {
  const runs = durableRuns({ store: journalFile({ dir }), conversations: [chat] });
  finished(await runs.start(chat, { turns: 1_000 }, { id: "bytes" }));
  const lines = readFileSync(join(dir, "bytes.jsonl"), "utf8").split("\n");
  const [early, late] = [lines[11].length, lines[1_000].length];
  return [
    { label: "bytes of step 10", value: early, unit: "bytes" },
    { label: "bytes of step 1000", value: late, unit: "bytes", atMost: early * 1.05 },
  ];
}

async function replay(dir) {
  const crash = new AbortController();
  const runs = durableRuns({ store: journalFile({ dir }), conversations: [chat] });
  let steps = 0;
  const onEvent = (event) => {
    if (event.type === "llm.start" && ++steps > LONG) crash.abort();
  };
  await runs.start(chat, { turns: LONG + 1 }, { id: "long", signal: crash.signal, onEvent }).catch(() => undefined);
  const start = performance.now();
  let live = 0;
  await runs.resume("long", {
    onEvent: (event, { replayed }) => {
      if (!replayed && event.type === "llm.end" && live === 0) live = performance.now() - start;
    },
  });
  return [{ label: `from a start to the next live step, ${LONG} steps`, value: live, unit: "ms", atMost: 2_000 }];
}

async function people(dir) {
  const folder = join(dir, "people");
  const runs = durableRuns({ store: journalFile({ dir: folder }), conversations: [asking], people: "wait" });
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const outcomes = Array.from({ length: WAITING }, async (_, index) => await runs.start(asking, null, { id: `a${index}` }));
  /** @type {readonly import("autogen-ts/durable").OpenQuestion[]} */
  let questions = [];
  while (questions.length < WAITING) questions = await runs.questions();
  const kilobytes = (process.memoryUsage().rss - before) / 1_024 / WAITING;
  const elsewhere = durableRuns({ store: journalFile({ dir: folder }), conversations: [] });
  let wrong = 0;
  const start = performance.now();
  for (const question of questions) {
    if ((await elsewhere.answer(question.run, question.id, `to ${question.run}`)) !== "accepted") wrong += 1;
    if ((await elsewhere.answer(question.run, question.id, "again")) === "accepted") wrong += 1;
  }
  for (const outcome of await Promise.all(outcomes))
    if (outcome.status !== "finished" || outcome.result !== `to ${outcome.id}`) wrong += 1;
  return [
    { label: `memory of a waiting run, of ${WAITING}`, value: kilobytes, unit: "kB", atMost: 120 },
    { label: `${WAITING} answers from outside, each twice, to the last end`, value: performance.now() - start, unit: "ms" },
    { label: "answers that were lost or counted twice", value: wrong, unit: "", atMost: 0 },
  ];
}

/** DUR-15: what the seam itself costs. */
async function withoutLayer() {
  const { createRun, loadHost } = await import("autogen-ts");
  const seam = createRun({ host: await loadHost() });
  const nothing = async () => 1;
  const perform = async (times) => {
    for (let index = 0; index < times; index += 1) await seam.perform("clock", "bench", null, nothing);
  };
  await perform(100_000);
  const times = 1_000_000;
  const ms = await timed(async () => await perform(times));
  return { label: "an effect without any layer, after all that", value: (ms * 1e6) / times, unit: "ns", atMost: 1_000 };
}

/** @param {number} turns @param {import("autogen-ts").Run} [part] */
async function talk(turns, part) {
  const model = scriptedModel(...Array.from({ length: turns }, (_, index) => `${index} ${ANSWER}`));
  const bot = new AssistantAgent({ name: "bot", llmConfig: model.llmConfig, maxConsecutiveAutoReply: 1e9 });
  const user = new UserProxyAgent({
    name: "user",
    humanInputMode: "NEVER",
    codeExecutionConfig: false,
    maxConsecutiveAutoReply: 1e9,
  });
  const own = part === undefined ? { stream: memoryStream() } : { run: part };
  const { chatHistory } = await user.initiateChat(bot, {
    message: "Q",
    maxTurns: turns,
    silent: true,
    loopDetection: false,
    ...own,
  });
  if (chatHistory.length !== 2 * turns) throw new Error(`The chat ended after ${chatHistory.length} messages.`);
  return chatHistory.length;
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function finished(outcome) {
  if (outcome.status !== "finished") throw new Error(JSON.stringify(outcome));
}
