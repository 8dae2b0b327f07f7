import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, test } from "vitest";
import { AutogenError } from "../../core.js";
import { commandLine } from "../../../test/command-line.js";
import { program, type Program } from "../../../test/programs.js";
import type { Command, CommandEntry } from "./command.js";

const copies: Command = {
  description: "Copies a text.",
  operands: ["FILE", "[COPY]"],
  options: [
    { name: "times", short: "t", value: "N", help: "how often" },
    { name: "as", value: "FORM", choices: ["text", "json"], help: "the form" },
    { name: "quiet", help: "write nothing" },
  ],
  run: ({ operands, has, value, out }) => {
    out.write(JSON.stringify({ operands, times: value("times") ?? null, as: value("as") ?? null, quiet: has("quiet") }));
    return Promise.resolve(3);
  },
};
const fails = (error: Error): Command => ({
  ...{ description: "", operands: [], options: [] },
  run: async () => {
    throw error;
  },
});
const entry = (name: string, command: Command): CommandEntry => ({ name, summary: "for a test", load: async () => command });
const commands = [
  entry("copy", copies),
  entry("copies list", copies),
  entry("refuse", fails(new AutogenError("invalid-config", "`a.jsonl` is no run file."))),
  entry("system", fails(Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT", syscall: "open" }))),
  entry("bug", fails(new TypeError("undefined is not a function"))),
];

test("a command gets operands, switches and values, in any order, and gives the exit code", async () => {
  const { code, out } = await commandLine(["copy", "--quiet", "a", "-t", "2", "--as=json", "b"], { commands });
  assert.deepEqual(JSON.parse(out), { operands: ["a", "b"], times: "2", as: "json", quiet: true });
  assert.equal(code, 3);
});

test("behind `--` stand operands only", async () => {
  const { out } = await commandLine(["copy", "--", "--quiet"], { commands });
  assert.deepEqual(JSON.parse(out), { operands: ["--quiet"], times: null, as: null, quiet: false });
});

test("a command may have two words", async () => {
  const { out } = await commandLine(["copies", "list", "a"], { commands });
  assert.deepEqual(JSON.parse(out).operands, ["a"]);
});

test("--help lists the commands, those of a family, or what a command takes", async () => {
  const all = await commandLine(["--help"], { commands });
  assert.match(all.out, /^Usage: autogen-ts COMMAND …\n[^]*\n {2}copies list {2}for a test\n/u);
  const family = await commandLine(["copies", "--help"], { commands });
  assert.match(family.out, /copies list/u);
  assert.doesNotMatch(family.out, /refuse/u);
  const one = await commandLine(["copy", "--help"], { commands });
  assert.match(
    one.out,
    /^Usage: autogen-ts copy FILE \[COPY\] \[options\]\n\nCopies a text\.\n[^]* {2}-t, --times N {2,}how often\n/u,
  );
  assert.match(one.out, /--as FORM {2,}the form: text or json\n/u);
  assert.deepEqual([all.code, family.code, one.code], [0, 0, 0]);
});

test("--version is that of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string };
  assert.deepEqual(await commandLine(["--version"]), { code: 0, out: `${version}\n`, errors: "" });
});

for (const [words, message] of [
  [["cpy"], "there is no command `cpy`, only `copy`, `copies list`, "],
  [["copies", "lst"], "there is no command `copies lst`, "],
  [["\u001B[31mred"], "there is no command `\\u001b[31mred`"],
  [["copy", "a", "--loud"], "There is no option `--loud`, only `--times`, `--as`, `--quiet`"],
  [["copy"], "FILE is missing."],
  [["copy", "a", "b", "c"], "`c` is one too many."],
  [["copy", "a", "--times"], "`--times` needs a value: `--times N`."],
  [["copy", "a", "--times", "--quiet"], "`--times` needs a value: `--times N`."],
  [["copy", "a", "--quiet=yes"], "`--quiet` is a switch"],
  [["copy", "a", "--as", "xml"], "`--as` cannot be `xml`. There are: `text`, `json`."],
] as const) {
  test(`called wrongly (${JSON.stringify(words)}): a clear word and exit code 2`, async () => {
    const { code, out, errors } = await commandLine(words, { commands });
    assert.ok(errors.startsWith(`autogen-ts: ${message}`), errors);
    assert.deepEqual([code, out], [2, ""]);
  });
}

test("without a command the list is shown, and the exit code is 2", async () => {
  const { code, out } = await commandLine([], { commands });
  assert.deepEqual([code, out.split("\n")[0]], [2, "Usage: autogen-ts COMMAND …"]);
});

test("errors of the user are one line without a stack, and exit code 1; mistakes of ours are thrown", async () => {
  assert.deepEqual(await commandLine(["refuse"], { commands }), {
    ...{ code: 1, out: "", errors: "autogen-ts: `a.jsonl` is no run file. (invalid-config)\n" },
  });
  assert.deepEqual(await commandLine(["system"], { commands }), {
    ...{ code: 1, out: "", errors: "autogen-ts: ENOENT: no such file.\n" },
  });
  await assert.rejects(commandLine(["bug"], { commands }), TypeError);
});

let real: Program;
let long: Program;
beforeAll(async () => {
  real = await program(`await import("./features/cli/cli.ts");`);
  long = await program(`
    import { writerOf } from "./features/cli/output.ts";
    const out = writerOf(process.stdout, process.env);
    for (let line = 0; line < 200_000; line += 1) out.write("line " + line + "\\n");
    process.stderr.write(String(out.colours));
    process.exitCode = 5;
  `);
});
afterAll(async () => {
  await real[Symbol.asyncDispose]();
  await long[Symbol.asyncDispose]();
});

test("a program: exit code, and one line of error", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [real.path, "no-such-command"], { encoding: "utf8" });
  assert.deepEqual([status, stdout, stderr.split("\n").length], [2, "", 2]);
});

test("a program whose reader leaves early ends as it would have, without a word", () => {
  const command = `set -o pipefail; "${process.execPath}" "${long.path}" | head -n 1; exit $?`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
  assert.deepEqual([status, stdout, stderr], [5, "line 0\n", "false"]);
});

test("all that a program writes arrives in a pipe", () => {
  const { stdout } = spawnSync(process.execPath, [long.path], { encoding: "utf8", maxBuffer: 10_000_000 });
  assert.equal(stdout.trimEnd().split("\n").length, 200_000);
});
