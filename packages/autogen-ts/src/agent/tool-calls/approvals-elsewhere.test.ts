/** Questions of approval that come up deep inside, and are answered in another process. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, test } from "vitest";
import { program, type Program } from "../../../test/programs.js";
import { approveAll, keep, load, SCENARIOS, type Kept, type Outcome, type Staging } from "../../../test/pausing.js";

const execute = promisify(execFile);

/** Does one part of a scenario and ends: `save` stops at the question, `answer` takes a saved state up. */
const SOURCE = `
import { readFile, writeFile } from "node:fs/promises";
import { approveAll, keep, load, SCENARIOS } from "../test/pausing.ts";
const [part, name, file] = process.argv.slice(2);
const sent = [];
const staging = SCENARIOS[name]("later", sent);
let earlier;
if (part === "answer") {
  const kept = JSON.parse(await readFile(file, "utf8"));
  load(staging, kept);
  approveAll(staging);
  earlier = kept.outcome;
}
const kept = keep(staging, await staging.start(earlier));
await writeFile(file, JSON.stringify(kept));
console.log(JSON.stringify({ pid: process.pid, sent, questions: staging.hand.pendingApprovals.map(({ args }) => args) }));
`;

let built: Program;
beforeAll(async () => void (built = await program(SOURCE, "with packages")));
afterAll(async () => await built[Symbol.asyncDispose]());

interface Report {
  readonly pid: number;
  readonly sent: readonly string[];
  readonly questions: readonly object[];
}

async function run(part: "save" | "answer", name: string, file: string): Promise<Report> {
  const { stdout } = await execute(process.execPath, [built.path, part, name, file]);
  return JSON.parse(stdout) as Report;
}

/** How a chat ended, without what differs when it was held in two parts. */
const ends = (outcome: Outcome): unknown =>
  [outcome].flat().map(({ chatId, summary, stopReason, turns }) => ({ chatId, summary, stopReason, turns }));

const histories = ({ states }: Kept): unknown => Object.values(states).map(({ name, histories: said }) => [name, said]);

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

for (const [name, stage] of Object.entries(SCENARIOS)) {
  test(`TOOL-23 a question in ${name} is saved by one process and answered in another; all ends as without the pause`, async () => {
    const sent: unknown[] = [];
    const whole = stage(() => "approve", sent);
    const expected = keep(whole, await whole.start());
    assert.deepEqual(sent, ["ann"]);

    const file = `${built.path}.json`;
    const today = await run("save", name, file);
    assert.deepEqual([today.sent, today.questions], [[], [{ to: "ann" }]]);
    const asked = JSON.parse(await readFile(file, "utf8")) as Kept;
    assert.ok([asked.outcome].flat().some(({ stopReason }) => stopReason === "approval-pending"));

    const tomorrow = await run("answer", name, file);
    assert.notEqual(tomorrow.pid, today.pid);
    assert.deepEqual([tomorrow.sent, tomorrow.questions], [["ann"], []]);
    const kept = JSON.parse(await readFile(file, "utf8")) as Kept;
    assert.deepEqual(ends(kept.outcome), ends(plain(expected).outcome));
    assert.deepEqual(kept.states, plain(expected).states);
  });

  test(`an answer in ${name} is for the arguments that were shown: a call that was changed is asked about anew`, async () => {
    const { kept } = await pause(stage);
    const changed = JSON.parse(
      JSON.stringify(kept).replaceAll(String.raw`{\"to\":\"ann\"}`, String.raw`{\"to\":\"eve\"}`),
    ) as Kept;
    assert.notDeepEqual(changed, kept);
    const sent: unknown[] = [];
    const staging = stage("later", sent);
    load(staging, changed);
    approveAll(staging);
    await staging.start(kept.outcome);
    assert.deepEqual(sent, []);
    assert.deepEqual(
      staging.hand.pendingApprovals.map(({ args }) => args),
      [{ to: "eve" }],
    );
  });

  test(`without an answer, going on with ${name} changes nothing`, async () => {
    const { staging, kept, sent } = await pause(stage);
    const again = plain(keep(staging, await staging.start(kept.outcome)));
    assert.deepEqual([histories(again), sent], [histories(kept), []]);
    assert.deepEqual(ends(again.outcome), ends(kept.outcome));
  });
}

async function pause(stage: (typeof SCENARIOS)[string]): Promise<{ staging: Staging; kept: Kept; sent: unknown[] }> {
  const sent: unknown[] = [];
  const staging = stage("later", sent);
  return { staging, sent, kept: plain(keep(staging, await staging.start())) };
}
