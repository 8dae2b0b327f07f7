import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

async function run(cwd: string, ...args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, NO_COLOR: "1" };
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Error(output))));
  });
}

async function inFolder(play: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), "approvals-"));
  try {
    await play(cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

test("without arguments the whole story is told: a bad call, three policies, an answer from a saved state", async () => {
  await inFolder(async (cwd) => {
    const output = await run(cwd);
    const at = [
      "`amount`: Invalid input",
      "denied by policy (order-19)",
      'asks about refund {"order":17,"amount":120,"reason":"broken"} (order-17)',
      "The chat stands in waiting.json",
      "approved by later (order-17)",
      "runs refund (order-17)",
      "Clerk: 2 of 3 refunds are on their way.",
    ].map((text) => output.indexOf(text));
    assert.ok(
      at.every((place, index) => place > (at[index - 1] ?? -1)),
      output,
    );
    assert.equal(existsSync(join(cwd, "waiting.json")), false);
  });
});

test("the waiting call can be denied by another process, and a changed question is refused", async () => {
  await inFolder(async (cwd) => {
    const file = join(cwd, "waiting.json");
    await run(cwd, "start");
    const saved = readFileSync(file, "utf8");
    writeFileSync(file, saved.replace('"amount":120,', '"amount":1,'));
    await assert.rejects(run(cwd, "approve"), /waits for approval were changed/);

    writeFileSync(file, saved);
    const output = await run(cwd, "deny", "send", "a", "picture", "first");
    assert.match(output, /Reason: send a picture first/);
    assert.match(output, /Clerk: 1 of 3 refunds are on their way\./);
    assert.equal(existsSync(file), false);
  });
});
