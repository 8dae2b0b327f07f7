import assert from "node:assert/strict";
import { test } from "vitest";
import { extractCode, extractCodeBlocks, MarkdownCodeExtractor } from "./index.js";

const BOTH_MODES: readonly (readonly [text: string, expected: readonly (readonly [string, string])[]])[] = [
  ["```python\nprint(1)\n```", [["python", "print(1)"]]],
  ["x\n```\ncode\n```\ny", [["", "code"]]],
  ["no code", [["unknown", "no code"]]],
  ["", [["unknown", ""]]],
  ["```python\nprint(1)", [["unknown", "```python\nprint(1)"]]],
  ["```python print(1)```", [["unknown", "```python print(1)```"]]],
  ["```  sh  \nls\n```", [["sh", "ls"]]],
  ["```python\r\nprint(1)\r\n```", [["python", "print(1)"]]],
  [
    "```python\na\n```\ntext\n```bash\nb\n```",
    [
      ["python", "a"],
      ["bash", "b"],
    ],
  ],
  ["```python\n\n\na\n\n```", [["python", "\n\na\n"]]],
  ["   ```python\n   a\n   ```", [["python", "   a"]]],
  ["```python\n```", [["unknown", "```python\n```"]]],
  ["```python\nx = '```'\n```", [["python", "x = '```'"]]],
  ["``````", [["unknown", "``````"]]],
  ["`inline`", [["unknown", "`inline`"]]],
  ["first: ```py\na\n``` then", [["py", "a"]]],
  ["```python\n\n```", [["python", ""]]],
  ["```python\na\n```\n```", [["python", "a"]]],
  ["a ```python print(2)``` b", [["unknown", "a ```python print(2)``` b"]]],
];

for (const [text, expected] of BOTH_MODES) {
  test(`EXE-02 both readers agree on ${JSON.stringify(text)}`, () => {
    assert.deepEqual(extractCode(text), expected);
    assert.deepEqual(extractCode(text, { strictReferenceExtraction: true }), expected);
  });
}

const MODES_DIFFER: readonly (readonly [text: string, extended: [string, string][], strict: [string, string][]])[] = [
  ["```c++\nint x;\n```", [["c++", "int x;"]], [["unknown", "```c++\nint x;\n```"]]],
  ["```shell-session\n$ ls\n```", [["shell-session", "$ ls"]], [["unknown", "```shell-session\n$ ls\n```"]]],
  ["```python title=x\na\n```", [["python", "a"]], [["unknown", "```python title=x\na\n```"]]],
  ["~~~sh\nls\n~~~", [["sh", "ls"]], [["unknown", "~~~sh\nls\n~~~"]]],
  ["````md\n```python\nx\n```\n````", [["md", "```python\nx\n```"]], [["md", "```python\nx"]]],
  ["```` sh\nls\n`````", [["sh", "ls"]], [["sh", "ls"]]],
  ["~~~\n```\na\n```\n~~~", [["", "```\na\n```"]], [["", "a"]]],
];

for (const [text, extended, strict] of MODES_DIFFER) {
  test(`EXE-02 extended and strict reading of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(extractCode(text), extended);
    assert.deepEqual(extractCode(text, { strictReferenceExtraction: true }), strict);
  });
}

const SINGLE_LINE: readonly (readonly [text: string, expected: readonly (readonly [string, string])[]])[] = [
  ["run `ls -l` now", [["", "ls -l"]]],
  [
    "```python\nx\n``` and `y`",
    [
      ["python", "x"],
      ["", "y"],
    ],
  ],
  ["none", []],
  [
    "`a``b`",
    [
      ["", "a"],
      ["", "b"],
    ],
  ],
  ["```\nbare\n```", [["", "bare"]]],
  ["```py\nl1\nl2\n```", [["py", "l1\nl2"]]],
];

for (const [text, expected] of SINGLE_LINE) {
  test(`EXE-02 single-line detection in ${JSON.stringify(text)}`, () => {
    assert.deepEqual(extractCode(text, { detectSingleLine: true }), expected);
  });
}

test("EXE-02 the extractor infers missing languages and gives an empty list without blocks", () => {
  const extractor = new MarkdownCodeExtractor();
  assert.deepEqual(extractor.extractCodeBlocks("nothing"), []);
  assert.deepEqual(extractor.extractCodeBlocks("```\npip install x\n```\n```\nprint(1)\n```\n```\nthis is no code at all\n```"), [
    { language: "sh", code: "pip install x" },
    { language: "python", code: "print(1)" },
    { language: "", code: "this is no code at all" },
  ]);
  assert.deepEqual(extractCodeBlocks("```c#\nx\n```", { strictReferenceExtraction: true }), []);
});

const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ["backticks", "`".repeat(200_000)],
  ["openings in the middle of lines", "a ```x\n".repeat(40_000)],
  ["openings at the start of lines", "```x y\n".repeat(40_001)],
  ["blanks after an opening", `\`\`\`${" ".repeat(200_000)}x`],
  ["openings and blanks", "```   \t".repeat(40_000)],
  ["line breaks", "```\n".concat("\r\n \t".repeat(60_000))],
  ["growing fences", Array.from({ length: 600 }, (_, index) => "`".repeat(602 - index)).join("x\n")],
  ["tildes", "~~~ ".repeat(50_000)],
];

for (const [name, text] of HOSTILE) {
  test(`EXE-02 hostile text is read in linear time: ${name}`, { timeout: 1_500 }, () => {
    extractCode(text);
    extractCode(text, { strictReferenceExtraction: true });
    extractCode(text, { detectSingleLine: true });
  });
}
