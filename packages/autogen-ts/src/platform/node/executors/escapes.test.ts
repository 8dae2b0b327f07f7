/** Attempts to get out of each isolating executor. The table is data: `test/escapes.ts`. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, test } from "vitest";
import { bubblewrap, container, embedded, isRunning, local, prepared, sandboxRuntime } from "../../../../test/executors.js";
import { EscapeGround } from "../../../../test/escape-target.js";
import { ESCAPED } from "../../../../test/escape-kit.js";
import type { Escape, EscapeEvidence, EscapeTarget } from "../../../../test/escape-kit.js";
import { DIFFERENCES, ESCAPES } from "../../../../test/escapes.js";
import type { CodeExecutor } from "../../../code/index.js";
import { LocalCommandLineCodeExecutor } from "./index.js";

/** What the reference hands down to code: everything. */
const unconfined = {
  ...local,
  make: (options: Parameters<typeof local.make>[0]) => new LocalCommandLineCodeExecutor({ ...options, inheritEnv: true }),
};

/** A further isolating executor is one entry more. */
const CANDIDATES = [unconfined, bubblewrap, embedded, container, sandboxRuntime];

for (const candidate of CANDIDATES) {
  prepared(candidate);
  describe.skipIf(!candidate.present)(candidate.name, { timeout: candidate.testLimit }, () => {
    let ground: EscapeGround;
    let executor: CodeExecutor;
    beforeAll(async () => {
      ground = await EscapeGround.make();
      executor = candidate.make({ workDir: ground.target.workDir, timeoutSeconds: 4 });
    });
    afterAll(async () => {
      await executor.stop?.();
      await ground[Symbol.asyncDispose]();
    });

    for (const [group, escapes] of Object.entries(ESCAPES)) {
      for (const escape of escapes) {
        if (!candidate.isolated && escape.unconfined !== true) continue;
        if (DIFFERENCES[candidate.name]?.[escape.what] !== undefined) continue; // each is in SECURITY.md
        const verdict = candidate.isolated ? "refuses" : "lets through";
        test(`BOX-10 BOX-15 ${candidate.name} ${verdict}: ${group}: ${escape.what}`, async () => {
          const target = await ground.reset();
          const evidence = await outcomeOf(executor, escape, target, ground);
          const gotThrough = (escape.gotThrough ?? saysSo)(evidence, target);
          assert.equal(gotThrough, !candidate.isolated, evidence.result.output.slice(-500));
          if (!candidate.isolated) await executor.stop?.(); // ends what it left running
          assert.equal(isRunning(`daemon-${target.secret}`), false);
        });
      }
    }
  });
}

const saysSo = ({ result }: EscapeEvidence, { secret }: EscapeTarget): boolean =>
  result.output.includes(ESCAPED) || result.output.includes(secret);

async function outcomeOf(
  executor: CodeExecutor,
  escape: Escape,
  target: EscapeTarget,
  ground: EscapeGround,
): Promise<EscapeEvidence> {
  let result = { exitCode: 0, output: "" };
  for (const block of escape.blocks(target)) {
    const { exitCode, output } = await executor.executeCodeBlocks([
      typeof block === "string" ? { language: "python", code: block } : block,
    ]);
    result = { exitCode, output: result.output + output };
  }
  return ground.evidence(result);
}

test("SECURITY.md lists every attempt, and there are more than forty", async () => {
  const page = await readFile(new URL("../../../../../../SECURITY.md", import.meta.url), "utf8");
  const list = page.replace(/\s*\|\s*/g, "|").replace(/-{2,}/g, "-");
  for (const escape of Object.values(ESCAPES).flat())
    assert.ok(list.includes(escape.what.replace(/^kernel: /, "")), `\`${escape.what}\` is missing in SECURITY.md`);
  assert.ok(Object.values(ESCAPES).flat().length >= 40);
  const attempts = Object.values(ESCAPES).flat();
  for (const [executor, differences] of Object.entries(DIFFERENCES)) {
    for (const [what, why] of Object.entries(differences)) {
      assert.ok(
        attempts.some((escape) => escape.what === what),
        what,
      );
      assert.ok(list.includes(why), `\`${why}\` (${executor}) is missing in SECURITY.md`);
    }
  }
});
