/** Processes that are killed at points that a seed chooses. The long run is `npm run bench -- durable-kill`. */
import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "vitest";
import { kills } from "../../../test/kills/kills.js";
import { program, type Program } from "../../../test/programs.js";
import * as library from "../../index.js";
import * as durable from "./index.js";

const SOURCE = `
import * as library from "./index.ts";
import * as durable from "./features/durable/index.ts";
import { work } from "../test/kills/worker.ts";
await work(library, durable, process.argv.slice(2));
`;

let worker: Program;
beforeAll(async () => void (worker = await program(SOURCE, "with packages")));
afterAll(async () => await worker[Symbol.asyncDispose]());

test("DUR-02, DUR-06 25 kills of a process with chats of every form: all end as undisturbed, nothing completed is repeated", async () => {
  const tally = await kills({ seed: 20_261_121, kills: 25, runs: 2, turns: 8, worker: [worker.path], library, durable });

  assert.equal(tally.kills, 25);
  assert.deepEqual(tally.different, []);
  assert.equal(tally.repeatedCompleted, 0);
  assert.equal(tally.wrongReceipts, 0);
  // What was under way in one of the branches may be repeated: two runs of each form, three branches in two of them.
  assert.ok(tally.repeatedInFlight <= tally.kills * 24, JSON.stringify(tally));
  // A change after which nothing is disturbed any more would make the rest of the test idle.
  assert.ok(tally.repeatedInFlight > 0 && tally.answers >= 4, JSON.stringify(tally));
}, 120_000);
