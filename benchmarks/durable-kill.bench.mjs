/**
 * Not a measurement but a long test: conversations of every form in a process that is killed again and again at points of a seed.
 * `KILL_SEED`, `KILLS` and `KILL_RUNS` (conversations of each of eight forms) choose others.
 */
import { join } from "node:path";
import * as library from "autogen-ts";
import * as durable from "autogen-ts/durable";
import { testCode } from "./test-code.mjs";

export const onlyOnDemand = "long";

export async function run() {
  const { KILL_SEED: seed = "1", KILLS: most = "1000", KILL_RUNS: runs = "63" } = process.env;
  const { kills } = await testCode("kills/kills");
  await testCode("kills/worker");
  const [root, here] = [join(import.meta.dirname, ".."), import.meta.dirname];
  const worker = [join(here, "durable-kill-worker.mjs"), join(root, ".cache", "kills-worker.mjs")];
  const numbers = { seed: Number(seed), kills: Number(most), runs: Number(runs), turns: 12 };
  const tally = await kills({ ...numbers, worker, library, durable });
  return [
    { label: "kills", value: tally.kills, unit: "", atLeast: Number(most) },
    { label: "conversations", value: tally.runs, unit: "" },
    { label: "steps", value: tally.steps, unit: "" },
    { label: "requests", value: tally.requests, unit: "" },
    { label: "requests repeated, of steps that were under way", value: tally.repeatedInFlight, unit: "" },
    { label: "requests repeated, of completed steps", value: tally.repeatedCompleted, unit: "", atMost: 0 },
    { label: "answers of people, each given twice", value: tally.answers, unit: "" },
    { label: "second answers that were not told so", value: tally.wrongReceipts, unit: "", atMost: 0 },
    { label: "conversations that ended otherwise than undisturbed", value: tally.different.length, unit: "", atMost: 0 },
  ];
}
