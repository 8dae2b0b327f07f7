import assert from "node:assert/strict";
import { test } from "vitest";
import { fileNameFromCode } from "./index.js";

const named = (name: string) => ({ kind: "name", name }) as const;
const none = { kind: "none" } as const;
const refused = { kind: "refused", text: "Filename is not in the workspace" } as const;

const NAMES: readonly (readonly [code: string, expected: ReturnType<typeof fileNameFromCode>])[] = [
  ["# filename: a.py\nx", named("a.py")],
  ["# a.py", named("a.py")],
  ["#a.py", none],
  ["# filename:a.py", named("a.py")],
  ["// filename: a.js\nx", named("a.js")],
  ["// test.js", named("test.js")],
  ["/* a.css */\nx", named("a.css")],
  ["<!-- filename: p.html -->", named("p.html")],
  ["<!-- p.html -->\r\n<p>", named("p.html")],
  ["x = 1\n# filename: late.py", none],
  ["# filename: dir/b.py", named("dir/b.py")],
  ["# filename: dir\\b.py", named("dir/b.py")],
  ["# filename: ./a/../b.py", named("b.py")],
  ["# ../up.py", refused],
  ["# filename: ../../x", refused],
  ["# filename: a/../../x", refused],
  ["# filename: ..\\x.py", refused],
  ["# filename: /abs/c.py", refused],
  ["# filename: C:x.py", refused],
  ["# filename: .", refused],
  ["# filename: a\0b.py", refused],
  [`# filename: ${"n".repeat(300)}.py`, refused],
  ["# filename: notes", named("notes")],
  ["# filename: sales.csv", named("sales.csv")],
  ["", none],
  ["# ", none],
  ["# filename:", none],
  ["#!/bin/sh", none],
  ["  # filename: pad.py  ", named("pad.py")],
  ["# filename: with space.py", named("with space.py")],
  ["print(1)", none],
  // Prose is not a name; the reference takes it for one.
  ["# compute the sum", none],
  ["# -*- coding: utf-8 -*-", none],
  ["# %%", none],
  ["# see ../data/load.py", none],
  ["# one two three four five.py", none],
  ["# sales.csv", none],
  ["# Version 1.0", none],
];

for (const [code, expected] of NAMES) {
  test(`EXE-12 file name in ${JSON.stringify(code.slice(0, 40))}`, () => {
    assert.deepEqual(fileNameFromCode(code), expected);
  });
}
