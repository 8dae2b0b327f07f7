import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

test("the trace has every part of the chat at its place", async () => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: _endpoint, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], { env });
  assert.deepEqual(stdout.split("\n").slice(0, -2), [
    "POST /question",
    "  invoke_workflow user → assistant",
    "    invoke_agent assistant",
    "      chat scripted  failed: 429",
    "      chat scripted  210 + 18 tokens",
    "    invoke_agent user",
    "      execute_tool population",
    "    invoke_agent assistant",
    "      chat scripted  failed: 429",
    "      chat scripted  240 + 9 tokens",
  ]);
});
