import assert from "node:assert/strict";
import { test } from "vitest";
import { codeReply, dangerIn, decideUseDocker, dockerTag, silencePip } from "./index.js";

const REASONS = {
  rm: "Use of 'rm -rf' command is not allowed.",
  mv: "Moving files to /dev/null is not allowed.",
  dd: "Use of 'dd' command is not allowed.",
  disk: "Overwriting disk blocks directly is not allowed.",
  fork: "Fork bombs are not allowed.",
} as const;

const COMMANDS: readonly (readonly [language: string, code: string, reason: keyof typeof REASONS | null])[] = [
  ["sh", "rm -rf /", "rm"],
  ["shell", "rm  -rf x", "rm"],
  ["sh", "rm -fr x", "rm"],
  ["sh", "rm -r -f x", "rm"],
  ["sh", "rm --recursive --force x", "rm"],
  ["sh", "rm x -R -f", "rm"],
  ["sh", "rm \\\n -rf x", "rm"],
  ["bash", "echo rm -rf", "rm"],
  ["sh", "echo 'rm -rf'", "rm"],
  ["sh", "rm -r x", null],
  ["sh", "rm -f x; ls -r", null],
  ["sh", "farm -rf x", null],
  ["python", "rm -rf /", null],
  ["pwsh", "rm -rf x", null],
  ["sh", "RM -RF x", null],
  ["sh", "mv a /dev/null", "mv"],
  ["sh", "mv a b", null],
  ["sh", "ls > /dev/null", null],
  ["sh", "dd if=a", "dd"],
  ["sh", "cd x && dd if=a", "dd"],
  ["sh", "sudo dd if=a", "dd"],
  ["sh", "echo dd", null],
  ["sh", "add x", null],
  ["sh", "cat x > /dev/sda1", "disk"],
  ["sh", "cat x >/dev/sdb", "disk"],
  ["sh", ":(){ :|:& };:", "fork"],
  ["bash", "bomb() { bomb | bomb & }; bomb", "fork"],
];

for (const [language, code, reason] of COMMANDS) {
  test(`EXE-14 ${language} ${JSON.stringify(code)} is ${reason === null ? "let through" : "refused"}`, () => {
    const expected = reason === null ? undefined : `Potentially dangerous command detected: ${REASONS[reason]}`;
    assert.equal(dangerIn(language, code), expected);
  });
}

test("EXE-14 a long hostile line is read in linear time", { timeout: 1_500 }, () => {
  for (const piece of ["rm ", "mv ", ">  ", "; \t", "a(){"]) dangerIn("sh", piece.repeat(50_000));
});

const PIP: readonly (readonly [code: string, language: string, expected: string])[] = [
  ["pip install x", "sh", "pip install -qqq x"],
  ["pip install -qqq x", "bash", "pip install -qqq x"],
  ["!pip install x", "python", "!pip install -qqq x"],
  ["! pip install x", "python", "! pip install -qqq x"],
  ["  pip install x", "sh", "  pip install x"],
  ["echo a\npip install b\npip install c", "shell", "echo a\npip install -qqq b\npip install -qqq c"],
  ["pip install x", "python", "pip install x"],
  ["pip install x", "html", "pip install x"],
  ["pip3 install x", "sh", "pip3 install x"],
  ["import x\n!pip install y z", "python", "import x\n!pip install -qqq y z"],
];

for (const [code, language, expected] of PIP) {
  test(`EXE-15 ${language} ${JSON.stringify(code)}`, () => {
    assert.equal(silencePip(code, language), expected);
  });
}

test("EXE-05 a given value decides; else the environment; else containers are wanted", () => {
  assert.equal(decideUseDocker("image", "0"), "image");
  assert.equal(decideUseDocker(false, "1"), false);
  const words = [undefined, "1", "TRUE", "yes", "t", "0", "False", "no", "f", "None"];
  assert.deepEqual(
    words.map((word) => decideUseDocker(undefined, word)),
    [true, true, true, true, true, false, false, false, false, null],
  );
  assert.throws(() => decideUseDocker(null, "maybe"), /^AutogenError: Invalid value for AUTOGEN_USE_DOCKER: maybe\./);
  assert.throws(() => decideUseDocker(null, ""), { code: "invalid-config" });
});

test("EXE-10 tags of images", () => {
  const names = ["a b.py", ".hidden", "-dash", "ok_1.2-3", "é/x", "", "a".repeat(140)];
  assert.deepEqual(names.map(dockerTag), ["a_b.py", "_hidden", "_dash", "ok_1.2-3", "__x", "", "a".repeat(128)]);
});

test("EXE-09 the reply to the model", () => {
  assert.equal(codeReply({ exitCode: 0, output: "7\n" }), "exitcode: 0 (execution succeeded)\nCode output: 7\n");
  assert.equal(codeReply({ exitCode: 4, output: "" }), "exitcode: 4 (execution failed)\nCode output: ");
});
