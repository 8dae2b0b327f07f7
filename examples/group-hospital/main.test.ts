import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));
const rowsOf = (text: string): readonly string[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("|") && !line.includes("---"))
    .map((line) => line.replaceAll(/ +/gu, " "));

test("GRP-29 the visit costs what its models counted, and the figures are those of the README", () => {
  const cwd = mkdtempSync(join(tmpdir(), "group-hospital-"));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM], { cwd, encoding: "utf8" });

    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Patient: 明白了，谢谢各位。TERMINATE$/mu);
    const printed = rowsOf(stdout);
    assert.equal(printed.length, 17, stdout);
    assert.deepEqual(rowsOf(readFileSync(new URL("README.md", import.meta.url), "utf8")), printed);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
