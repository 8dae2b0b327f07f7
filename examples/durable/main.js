// @ts-check
// One part of the story for each word: node main.js start | answer [text] | resume. Without a word: all of it, each in a process of its own.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { durableRuns, journalFile } from "autogen-ts/durable";
import { refunds } from "./app.js";

const runs = durableRuns({ store: journalFile({ dir: "journals" }), conversations: [refunds] });
const [part, ...words] = process.argv.slice(2);

switch (part) {
  case "start":
    show(await runs.start(refunds, { order: 17 }, { id: "refund-17" }));
    break;
  case "answer":
    for (const { run, id } of await runs.questions())
      console.log(`The answer is ${await runs.answer(run, id, words.join(" ") || "yes")}.`);
    break;
  case "resume":
    for (const outcome of await runs.resumeReady()) if (outcome.status !== "refused") show(outcome);
    break;
  default:
    for (const next of ["start", "answer", "resume"]) {
      console.log(`\n${next}:`);
      const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), next], { stdio: "inherit" });
      if (status !== 0) process.exit(1);
    }
    await runs.remove("refund-17");
}

/** @param {import("autogen-ts/durable").RunOutcome} outcome */
function show(outcome) {
  console.log(`${outcome.id} is ${outcome.status}.`);
  if (outcome.status === "waiting") for (const { prompt } of outcome.questions) console.log(prompt.replaceAll(/^/gm, "  "));
  if (outcome.status === "finished") console.log(`  ${String(outcome.result)}`);
}
