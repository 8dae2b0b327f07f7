import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { test } from "vitest";
import { argumentsHash } from "../index.js";
import { sha256 } from "./sha256.js";

test("the digest is that of Node for texts of all lengths around the borders of blocks, and for any text", () => {
  const expected = (text: string): string => createHash("sha256").update(text).digest("hex");
  for (let length = 0; length < 200; length += 1) assert.equal(sha256("é".repeat(length)), expected("é".repeat(length)));
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => sha256(text) === expected(text)),
    { seed: 6, numRuns: 300 },
  );
});

test("the order of names does not matter to the hash of arguments, all else does", () => {
  const hash = argumentsHash("t", { a: 1, b: { c: [1, 2], d: null } });
  assert.equal(argumentsHash("t", { b: { d: null, c: [1, 2] }, a: 1 }), hash);
  const others = [
    argumentsHash("u", { a: 1, b: { c: [1, 2], d: null } }),
    argumentsHash("t", { a: "1", b: { c: [1, 2], d: null } }),
    argumentsHash("t", { a: 1, b: { c: [2, 1], d: null } }),
    argumentsHash("t", { a: 1, b: { c: [1, 2] } }),
  ];
  assert.equal(new Set([hash, ...others]).size, 5);
});
