import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

test("each agent's message is shown, and two options make the carried numbers unmistakable", () => {
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM], {
    env: { PATH: process.env.PATH, NO_COLOR: "1" },
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout);
  assert.deepEqual(
    [...stdout.matchAll(/^In the end: .*$/gm)].map(([line]) => line),
    [
      "In the end: 2 4 6 4 8 12 1.5 3.5 5.5 3.5 7.5 11.5 (wrong: it should be 3.5 7.5 11.5)",
      "In the end: 3.5 7.5 11.5 (right)",
      "In the end: 3.5 7.5 11.5 (right)",
    ],
  );
  assert.match(
    stdout,
    /subtracter gets:\n {2}\| These are my numbers\.\n {2}\| Context: \n {2}\| 4\n {2}\| 8\n {2}\| 12\n {2}\| 8\n/,
  );
  assert.match(
    stdout,
    /\| --- Result 2 of 2, given by multiplier: the latest ---\n {2}\| 8\n {2}\| 16\n {2}\| 24\n {2}\| --- End/,
  );
});
