import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { rejection } from "../../test/pairs.js";
import { createRun } from "./index.js";

for (const [title, signal] of [
  ["with a signal", new AbortController().signal],
  ["without one", undefined],
] as const) {
  test(`work that throws at once rejects, ${title}`, async () => {
    const run = createRun({ host: fakeHost(), ...(signal === undefined ? {} : { signal }) });
    const error = new Error("at once");
    const work = run.perform("clock", "x", null, () => {
      throw error;
    });
    assert.equal(await rejection(work), error);
  });
}
