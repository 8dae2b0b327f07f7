import assert from "node:assert/strict";
import { test } from "vitest";
import { createRun } from "../run/index.js";
import { fakeHost } from "../../test/fake-host.js";
import { consolePrinter, memoryStream } from "./index.js";

test("INF-28 what is printed after a stream that broke off starts on a line of its own", () => {
  const stream = memoryStream();
  const run = createRun({ host: fakeHost(), subscribers: [consolePrinter(stream)] });
  run.emit({ type: "llm.delta", agent: "bot", text: "cut" });
  run.emit({ type: "llm.failed", agent: "bot", model: "m", config: 0, reason: "broken" });
  run.emit({ type: "llm.delta", agent: "bot", text: "whole" });
  run.emit({ type: "llm.end", agent: "bot", model: "m", usage: null, cached: false });
  assert.equal(stream.text, "cut\n\nwhole\n\n");
});
