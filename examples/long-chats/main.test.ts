import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

test("without help the chat ends at the window; in all other ways it goes on to its end", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM]);
  const [, alone = "", ...helped] = stdout.split(/\n\n?(?=Without|A guard|The newest)/);
  assert.match(alone, /ended with: .*maximum context length/);
  assert.equal(helped.length, 4);
  for (const part of helped) {
    assert.match(part, /80 messages in the history/);
    assert.ok(Number(/the longest had (\d+) tokens/.exec(part)?.[1]) <= 2000, part);
  }
});
