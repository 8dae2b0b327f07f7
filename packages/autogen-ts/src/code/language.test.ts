import assert from "node:assert/strict";
import { test } from "vitest";
import { canonicalBlock, canonicalLanguage, extensionFor, inferLanguage, programFor } from "./index.js";

const INFERRED: readonly (readonly [code: string, expected: string])[] = [
  ["print('x')", "python"],
  ["python x.py", "sh"],
  ["python3 x.py", "sh"],
  ["pip install y", "sh"],
  ["pip3 install y", "sh"],
  ["pipx run", "sh"],
  ["python", "python"],
  ["x = ", "unknown"],
  ["", "python"],
  ["def f():\n    return 1", "python"],
  ["console.log(1)", "python"],
  ["import os; os.x", "python"],
  ["for i in 1 2; do echo; done", "unknown"],
  ["hello", "python"],
  ["# just a comment", "python"],
  ["a b", "unknown"],
  ["pythonic", "python"],
  // On purpose unlike the reference, which compiles these as Python or gives up:
  ["ls -l", "sh"],
  ["echo hello", "sh"],
  ["npm install", "sh"],
  ["cd a", "sh"],
  ["# list\nls -l", "sh"],
  ["node = Node()", "python"],
  ["find = [1]", "python"],
  ["#!/bin/bash\nx", "sh"],
  ["#!/usr/bin/env python3\nx y", "python"],
  ["const x = f(1);", "unknown"],
  ["<p>hi</p>", "unknown"],
  ["#include <stdio.h>\nint main() {}", "unknown"],
  ["total: int = 3", "python"],
  ["if x > 1:\n    y(2)", "python"],
  ["this is no code at all", "unknown"],
];

for (const [code, expected] of INFERRED) {
  test(`EXE-03 ${JSON.stringify(code)} is ${expected}`, () => {
    assert.equal(inferLanguage(code), expected);
  });
}

const PROGRAMS: readonly (readonly [language: string, expected: string])[] = [
  ["python", "python"],
  ["Python", "python"],
  ["py", "python"],
  ["python3.11", "python3.11"],
  ["bash", "bash"],
  ["sh", "sh"],
  ["shell", "sh"],
  ["javascript", "node"],
  ["ps1", "pwsh"],
  ["powershell", "pwsh"],
];

for (const [language, expected] of PROGRAMS) {
  test(`EXE-04 ${language} is run by ${expected}`, () => {
    assert.equal(programFor(language), expected);
  });
}

test("EXE-04 any other language is an error that quotes it; capitals matter", () => {
  assert.throws(() => programFor("Bash"), { code: "unsupported", message: "Bash not recognized in code execution" });
  assert.equal(programFor("pwsh", { powershell: "powershell" }), "powershell");
});

test("EXE-11 aliases of languages, transcripts of terminals, extensions", () => {
  const names = ["PYTHON", "py3", "python3", "js", "Node", "ts", "zsh", "console", "cobol", "constructor"];
  assert.deepEqual(names.map(canonicalLanguage), [
    "python",
    "python",
    "python",
    "javascript",
    "javascript",
    "typescript",
    "bash",
    "sh",
    "cobol",
    "constructor",
  ]);
  assert.deepEqual(canonicalBlock({ language: "shell-session", code: "$ cd a\n$ ls" }), { language: "sh", code: "cd a\nls" });
  assert.deepEqual(["python", "sh", "bash", "shell", "javascript", "pwsh", "html"].map(extensionFor), [
    "py",
    "sh",
    "bash",
    "shell",
    "js",
    "ps1",
    "html",
  ]);
});
