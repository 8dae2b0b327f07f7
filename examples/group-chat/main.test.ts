import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

test("the desk passes the customer on, what it found is shared, and a model chooses the rest", () => {
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM], {
    env: { PATH: process.env.PATH, NO_COLOR: "1" },
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout);
  assert.deepEqual(
    [...stdout.matchAll(/^Next speaker: (\w+)$/gm)].map(([, name]) => name),
    ["desk", "customer", "desk", "desk", "repairs", "billing"],
  );
  assert.match(stdout, /The turn goes to repairs\./);
  assert.match(stdout, /The chat ended: termination-message\nscripted: 940 tokens in, 83 out, choices of speakers included\n$/);
});
