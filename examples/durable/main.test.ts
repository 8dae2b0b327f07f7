import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

function inFolder(play: (run: (...args: readonly string[]) => string, cwd: string) => void): void {
  const cwd = mkdtempSync(join(tmpdir(), "durable-example-"));
  const run = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { cwd, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  try {
    play(run, cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

test("the whole story: three processes ask the model twice and pay once", () => {
  inFolder((run, cwd) => {
    const output = run();
    assert.match(
      output,
      /refund-17 is waiting\.[\s\S]*The answer is accepted\.[\s\S]*refund-17 is finished\.\n {2}order 17 is refunded\./,
    );
    assert.equal(output.match(/asks the model/g)?.length, 2);
    assert.equal(output.match(/pays order 17 back, with the key refund-17:[0-9a-f]{32}/g)?.length, 1);
    assert.deepEqual(readdirSync(join(cwd, "journals")), [".changes"]);
  });
});

test("a denied refund is not paid", () => {
  inFolder((run) => {
    run("start");
    run("answer", "no: send a picture first");
    const output = run("resume");
    assert.match(output, /Reason: send a picture first/);
    assert.doesNotMatch(output, /pays order/);
  });
});
