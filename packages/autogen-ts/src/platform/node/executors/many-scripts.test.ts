/** Many scripts, one after the other: each gives what it must, and nothing is left. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "vitest";
import { candidates, embedded, inFolder, prepared, sandboxRuntime } from "../../../../test/executors.js";
import { openDescriptors } from "../../../../test/escape-target.js";
import type { CodeBlock } from "../../../code/index.js";

interface Script extends CodeBlock {
  readonly expected: readonly [exitCode: number, output: string];
}

/** The same scripts on every run. */
function scripts(count: number, seed: number): Script[] {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, (_, index) => (index % 4 === 3 ? shellScript(next) : pythonScript(next)));
}

const WORDS = [
  "alpha",
  "Ωmega",
  "naïve",
  "日本",
  "😀",
  "tab\there",
  "back\\slash",
  "'quoted'",
  '"double"',
  "",
  " spaces ",
  "$HOME",
  "%d",
];

function pythonScript(next: (below: number) => number): Script {
  const lines: string[] = [];
  let output = "";
  for (let step = next(5); step >= 0; step--) {
    const word = WORDS[next(WORDS.length)] ?? "";
    const [a, b] = [next(1_000), 1 + next(50)];
    switch (next(6)) {
      case 0:
        lines.push(`print(${JSON.stringify(word)})`);
        output += `${word}\n`;
        break;
      case 1:
        lines.push(`print(${a} // ${b}, ${a} % ${b})`);
        output += `${Math.floor(a / b)} ${a % b}\n`;
        break;
      case 2:
        lines.push(`print(sum(range(${a})))`);
        output += `${(a * (a - 1)) / 2}\n`;
        break;
      case 3:
        lines.push(`for n in range(${b % 7}):`, `    print(n, end=",")`);
        output += Array.from({ length: b % 7 }, (_, n) => `${n},`).join("");
        break;
      case 4:
        lines.push(`import json`, `print(json.dumps({"a": [${a}, None, True]}))`);
        output += `{"a": [${a}, null, true]}\n`;
        break;
      default:
        lines.push(
          `open("kept.txt", "w", encoding="utf-8").write(${JSON.stringify(word)})`,
          `print(len(open("kept.txt", encoding="utf-8").read()))`,
        );
        output += `${Array.from(word).length}\n`;
    }
  }
  const exitCode = next(3) === 0 ? next(256) : 0;
  if (exitCode !== 0 || next(2) === 0) lines.push("import sys", `sys.exit(${exitCode})`);
  return {
    language: next(2) === 0 ? "python" : "py",
    code: lines.join(next(4) === 0 ? "\r\n" : "\n"),
    expected: [exitCode, output],
  };
}

function shellScript(next: (below: number) => number): Script {
  const [a, b, exitCode] = [next(1_000), next(1_000), next(2) === 0 ? next(256) : 0];
  const lines = [
    `echo $((${a} + ${b}))`,
    `for n in 1 2 3; do printf '%s;' "$n"; done`,
    `echo ${a} | tr 0-9 a-j`,
    `exit ${exitCode}`,
  ];
  const letters = Array.from(String(a), (digit) => "abcdefghij"[Number(digit)]).join("");
  return {
    language: next(2) === 0 ? "sh" : "bash",
    code: lines.join("\n"),
    expected: [exitCode, `${a + b}\n1;2;3;${letters}\n`],
  };
}

for (const candidate of candidates) {
  prepared(candidate);
  const count = candidate === sandboxRuntime ? 30 : 200; // each of its sandboxes takes a quarter of a second
  describe.skipIf(!candidate.present)(candidate.name, { timeout: 120_000 }, () => {
    test(`BOX-01 EXE-11 ${count} generated scripts give their exit codes and outputs, and leave nothing behind`, async () => {
      await withTemporaryFolder(async (temporary) => {
        const workDir = join(temporary, "work");
        const executor = candidate.make({ workDir, timeoutSeconds: 20 });
        try {
          const all = scripts(count, 24).filter(({ language }) => candidate !== embedded || language.startsWith("py"));
          await executor.executeCodeBlocks([{ language: "python", code: "pass" }]); // starts what stays
          const before = { descriptors: openDescriptors().length, temporary: readdirSync(temporary), children: childrenOf() };
          for (const { expected, ...block } of all) {
            const { exitCode, output } = await executor.executeCodeBlocks([block]);
            assert.deepEqual([exitCode, output], expected, block.code);
          }
          assert.deepEqual(
            { descriptors: openDescriptors().length, temporary: readdirSync(temporary), children: childrenOf() },
            before,
          );
          assert.ok((await readdir(workDir)).every((name) => /^(?:tmp_code_[0-9a-f]{32}\.(?:py|sh|bash)|kept\.txt)$/.test(name)));
        } finally {
          await executor.stop?.();
        }
      });
    });
  });
}

/** A folder for all temporary files of this process. */
async function withTemporaryFolder(body: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    await chmod(folder, 0o755);
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = folder;
    try {
      await body(folder);
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
  });
}

/** Children of this process, those that have ended and were not waited for as well. */
function childrenOf(): number {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === process.pid).length;
}

function parentOf(pid: string): number {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1]);
  } catch {
    return 0; // gone
  }
}
