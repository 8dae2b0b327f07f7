import { expect, test } from "vitest";
import { longFiles } from "./check-imports.mjs";
import { violationsIn } from "./import-rules.mjs";
import { tree } from "./temporary.mjs";

const rulesBroken = (files) => violationsIn(tree(files)).map(({ rule, file, line }) => `${rule} ${file}:${line}`);

/** Index files of all folders, so that a test only writes what it is about. */
const indexes = Object.fromEntries(
  [
    "message",
    "run",
    "model",
    "tool",
    "code",
    "io",
    "chat",
    "agent",
    "group",
    "platform/node",
    "providers/x",
    "features/a",
    "features/b",
  ]
    .map((folder) => [`${folder}/index.ts`, "export {};\n"])
    .concat([
      ["core.ts", "export {};\n"],
      ["index.ts", "export {};\n"],
    ]),
);

test("a tree that keeps the order is clean", () => {
  const files = {
    ...indexes,
    "run/index.ts": 'export { one } from "./one.js";\n',
    "run/one.ts": 'import type { M } from "../message/index.js";\nexport const one = (m: M): M => m;\n',
    "run/host.ts": 'export const load = async () => await import("#platform");\n',
    "group/a.ts": 'import { x } from "../agent/index.js";\nimport { y } from "./index.js";\nexport const z = [x, y];\n',
    "platform/node/host.ts": 'import { readFile } from "node:fs/promises";\nexport const read = readFile;\n',
    "platform/node/x.ts": 'import { shared } from "../shared.js";\nexport const x = [shared, Date.now()];\n',
    "platform/shared.ts": "export const shared = () => process.env;\n",
    "features/a/x.ts":
      'import { y } from "../../core.js";\nimport { n } from "../../platform/node/index.js";\nimport { b } from "../b/index.js";\nexport const x = [y, n, b];\n',
    "index.ts": 'export { n } from "./platform/node/index.js";\nexport { c } from "./core.js";\n',
    "core.ts": 'export { one } from "./run/index.js";\n',
    "platform.d.ts": 'declare module "#platform" {\n  export const host: import("./run/index.js").Host;\n}\n',
    "code/host.ts": 'declare module "../run/host.js" {\n  interface Host { x(): void }\n}\n',
  };
  expect(rulesBroken(files)).toEqual([]);
});

/** @type {[title: string, files: Record<string, string>, expected: string][]} */
const broken = [
  ["a folder imports no folder that comes later", { "run/x.ts": 'import { a } from "../agent/index.js";\n' }, "order run/x.ts:1"],
  ["types count", { "message/x.ts": 'import type { R } from "../run/index.js";\n' }, "order message/x.ts:1"],
  ["import types count", { "message/x.ts": 'export type R = import("../run/index.js").R;\n' }, "order message/x.ts:1"],
  ["re-exports count", { "message/x.ts": 'export { r } from "../run/index.js";\n' }, "order message/x.ts:1"],
  [
    "merging into a later folder counts",
    { "message/x.ts": 'declare module "../run/host.js" {}\n', "run/host.ts": "" },
    "order message/x.ts:1",
  ],
  [
    "model, tool, code and io do not know each other",
    { "tool/x.ts": 'import { m } from "../model/index.js";\n' },
    "order tool/x.ts:1",
  ],
  [
    "platform does not know agents",
    { "platform/node/x.ts": 'import { c } from "../../agent/index.js";\n' },
    "order platform/node/x.ts:1",
  ],
  [
    "the core does not know the platform",
    { "agent/x.ts": 'import { p } from "../platform/node/index.js";\n' },
    "order agent/x.ts:1",
  ],
  ["core.ts is free of platform code", { "core.ts": 'export { p } from "./platform/node/index.js";\n' }, "order core.ts:1"],
  [
    "features use the public names",
    { "features/a/x.ts": 'import { r } from "../../run/index.js";\n' },
    "order features/a/x.ts:1",
  ],
  [
    "other folders are reached through their index",
    { "run/x.ts": 'import { m } from "../message/types.js";\n', "message/types.ts": "" },
    "index run/x.ts:1",
  ],
  [
    "features do not look into each other",
    { "features/a/x.ts": 'import { y } from "../b/y.js";\n', "features/b/y.ts": "" },
    "index features/a/x.ts:1",
  ],
  ["a file in no known place is an error", { "utils/x.ts": "" }, "place utils/x.ts:1"],
  ["an unknown file beside the folders is an error", { "stray.ts": "" }, "place stray.ts:1"],
  ["imports name source files", { "run/x.ts": 'import { y } from "./nowhere.js";\n' }, "missing run/x.ts:1"],
  [
    "cycles of types are cycles",
    { "run/a.ts": 'import type { B } from "./b.js";\n', "run/b.ts": 'import type { A } from "./a.js";\n' },
    "cycle run/a.ts:1",
  ],
  ["a file does not import itself", { "run/a.ts": 'import type { A } from "./a.js";\n' }, "cycle run/a.ts:1"],
  ["the core has no Node modules", { "io/x.ts": 'import { join } from "node:path";\n' }, "node io/x.ts:1"],
  ["not even types of them", { "io/x.ts": 'import type { Readable } from "node:stream";\n' }, "node io/x.ts:1"],
  ["packages are loaded when needed", { "model/x.ts": 'import OpenAI from "openai";\n' }, "package model/x.ts:1"],
  [
    "the platform is asked for in one place",
    { "io/x.ts": 'export const p = () => import("#platform");\n' },
    "platform io/x.ts:1",
  ],
  [
    "no import with a computed name in the core",
    { "io/x.ts": "export const p = (name: string) => import(name);\n" },
    "package io/x.ts:1",
  ],
  ["no export star", { "run/index.ts": '\nexport * from "./x.js";\n', "run/x.ts": "" }, "export-star run/index.ts:2"],
  ["no namespace export", { "run/index.ts": 'export * as x from "./x.js";\n', "run/x.ts": "" }, "export-star run/index.ts:1"],
  [
    "nothing runs on import",
    { "platform/node/x.ts": "export const x = 1;\nconsole.log(x);\n" },
    "side-effect platform/node/x.ts:2",
  ],
  [
    "nothing waits on import",
    { "platform/node/x.ts": "export const x = await Promise.resolve(1);\n" },
    "side-effect platform/node/x.ts:1",
  ],
  ["nothing is imported for its effects", { "run/x.ts": 'import "../message/index.js";\n' }, "side-effect run/x.ts:1"],
  [
    "programs are not imported",
    { "platform/node/x.ts": 'import { w } from "./worker.js";\n', "platform/node/worker.ts": "f();\n" },
    "program platform/node/x.ts:1",
  ],
  ["no any", { "run/x.ts": "export const x = (y: any) => y;\n" }, "any run/x.ts:1"],
  ["no any in tests either", { "run/x.test.ts": "test(\n  (y: any) => y);\n" }, "any run/x.test.ts:2"],
];

for (const [title, files, expected] of broken) {
  test(title, () => expect(rulesBroken({ ...indexes, ...files })).toEqual([expected]));
}

const outside = {
  "Date.now": "Date.now()",
  "new Date": "new Date()",
  "Math.random": "Math.random()",
  "AbortSignal.timeout": "AbortSignal.timeout(1)",
  setTimeout: "setTimeout(f, 1)",
  setInterval: "setInterval(f, 1)",
  fetch: 'fetch("x")',
  "fetch as a value": "{ fetch }",
  process: "process.env.HOME",
  performance: "performance.now()",
  console: 'console.warn("x")',
  globalThis: "globalThis.x",
  require: 'require("x")',
};
for (const [name, expression] of Object.entries(outside)) {
  test(`the core does not use ${name}`, () => {
    expect(rulesBroken({ ...indexes, "chat/x.ts": `export const x = () => (${expression});\n` })).toEqual([
      "ambient chat/x.ts:1",
    ]);
    expect(rulesBroken({ ...indexes, "platform/node/x.ts": `export const x = () => (${expression});\n` })).toEqual([]);
  });
}

const harmless = {
  "a member of that name": "(run: R) => run.process()",
  "a key of that name": "() => ({ console: 1 })",
  "a parameter of that name": "(fetch: F) => fetch(1)",
  "a taken-apart option of that name": "({ setTimeout }: O) => setTimeout(1)",
  "the type of a global": "(f: typeof fetch) => f",
  "a date from a number": "(ms: number) => new Date(ms)",
  "parsing a date": "(text: string) => Date.parse(text)",
};
for (const [name, expression] of Object.entries(harmless)) {
  test(`${name} is not the global one`, () => {
    expect(rulesBroken({ ...indexes, "chat/x.ts": `export const x = ${expression};\n` })).toEqual([]);
  });
}

test("only files named as programs are programs", () => {
  expect(rulesBroken({ ...indexes, "platform/node/python-worker.ts": "f();\n", "features/a/main.ts": "f();\n" })).toEqual([]);
  expect(rulesBroken({ ...indexes, "platform/node/domain.ts": "f();\n" })).toEqual(["side-effect platform/node/domain.ts:1"]);
  expect(rulesBroken({ ...indexes, "chat/main.ts": "f();\n" })).toEqual(["side-effect chat/main.ts:1"]);
});

test("tests import what they like and run on import", () => {
  const text = 'import { test } from "vitest";\nimport { g } from "../group/inner.js";\ntest("x", () => g(Date.now()));\n';
  expect(rulesBroken({ ...indexes, "message/x.test.ts": text })).toEqual([]);
});

test("files have at most 400 lines, lists of exports aside", () => {
  const folder = tree({
    "a.ts": "\n".repeat(400),
    "b.mjs": "\n".repeat(401),
    "src/index.ts": "\n".repeat(401),
    "node_modules/c.js": "\n".repeat(999),
    "d.md": "\n".repeat(999),
  });
  expect(longFiles(folder)).toEqual(["b.mjs: 401 lines, at most 400"]);
});
