import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

test("both groups talk along their edges, and the pictures are those of the documents", () => {
  const cwd = mkdtempSync(join(tmpdir(), "group-graphs-"));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM], { cwd, encoding: "utf8" });

    assert.equal(status, 0, stderr);
    assert.match(stdout, /^hub: Repaired, paid, and on its way on Thursday\./mu);
    assert.match(stdout, /^teams: All teams have 77 crates\./mu);
    assert.match(stdout, / {2}n0 -->\|2\| n1\n {2}n0 -->\|1\| n2/u);
    for (const name of ["hub", "teams"]) {
      const documented = new URL(`../../docs/images/group-${name}.svg`, import.meta.url);
      assert.equal(readFileSync(join(cwd, `${name}.svg`), "utf8"), readFileSync(documented, "utf8"), name);
      assert.equal(
        readFileSync(join(cwd, `${name}.png`))
          .subarray(1, 4)
          .toString("latin1"),
        "PNG",
      );
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
