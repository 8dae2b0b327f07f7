import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

test("a timeline, a page and the place where two runs part", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "run-file-"));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], { cwd });
    assert.match(
      stdout,
      /first\.jsonl: 20.*ended by termination-message\n\d+ messages, 5 model calls, 1,807 tokens in, 154 out, cost \$0\.00036/u,
    );
    assert.match(stdout, /user runs translate\n.* {6}clerk chats with translator/u);
    assert.match(
      stdout,
      /The runs part in run\/chat-0\/group-0\/round-0\/chat-0, at event 4:\n {2}message\.content: "Guten Tag" \/ "Herzlich/u,
    );
    assert.match(await readFile(join(cwd, "first.html"), "utf8"), /<h1>first\.jsonl<\/h1>/u);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
});
