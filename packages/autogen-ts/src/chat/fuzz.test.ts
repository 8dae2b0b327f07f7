import assert from "node:assert/strict";
import { test } from "vitest";
import * as library from "../index.js";
import { fuzz } from "../../test/fuzz/fuzz.js";

const SEED = 20_260_101;
const SEQUENCES = 2_000;

test(`${String(SEQUENCES)} random sequences of messages of every shape: no crash, no hang, no orphaned call in a request`, async () => {
  const tally = await fuzz(library, { seed: SEED, sequences: SEQUENCES });

  assert.equal(tally.sequences, SEQUENCES);
  // A change that lets hardly any message through would make the rest of the test idle.
  assert.ok(tally.requests > SEQUENCES, `only ${String(tally.requests)} requests`);
  assert.ok(tally.calls > SEQUENCES / 2, `only ${String(tally.calls)} messages with calls in them`);
});
