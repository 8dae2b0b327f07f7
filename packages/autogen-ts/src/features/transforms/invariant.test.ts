import assert from "node:assert/strict";
import { test } from "vitest";
import { createRun } from "../../core.js";
import { fakeHost } from "../../../test/fake-host.js";
import { fuzzTransforms } from "../../../test/transforms/fuzz.js";
import * as transforms from "./index.js";

const SEED = 20_260_102;
const HISTORIES = 2_000;

test(`XFRM-08 ${String(HISTORIES)} random histories: no transform separates calls from answers, drops the system message or leaves nothing`, async () => {
  const tally = await fuzzTransforms(transforms, { run: createRun({ host: fakeHost() }) }, { seed: SEED, histories: HISTORIES });

  assert.equal(tally.size, 14);
  for (const [title, { tried, shorter }] of tally) {
    assert.ok(tried > HISTORIES / 4, `${title} was tried ${String(tried)} times`);
    // A transform that changes nothing would make the test idle; names make histories longer.
    if (title !== "TextMessageContentName")
      assert.ok(shorter > HISTORIES / 20, `${title} had an effect ${String(shorter)} times`);
  }
});
