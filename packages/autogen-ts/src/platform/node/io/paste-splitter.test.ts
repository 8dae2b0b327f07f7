import assert from "node:assert/strict";
import { test } from "vitest";
import { PasteSplitter } from "./paste-splitter.js";

const INPUT = "ab\u001B[D\u001B\u001B[200~x\r\ny\u001B[31mz\u001B[201\u001B[201~c";

function pieces(...chunks: readonly string[]): { readonly typed: string; readonly pasted: readonly string[] } {
  const splitter = new PasteSplitter();
  const parts = chunks.flatMap((chunk) => splitter.split(chunk));
  const of = (kind: string): string[] => parts.filter((part) => part.kind === kind).map(({ text }) => text);
  return { typed: of("typed").join(""), pasted: of("pasted") };
}

test("a paste is the same wherever the input is cut", () => {
  const whole = pieces(INPUT);
  assert.deepEqual(whole, { typed: "ab\u001B[D\u001B\u001B[200~c", pasted: ["x\ny[31mz[201"] });
  for (let first = 0; first <= INPUT.length; first += 1) {
    for (let second = first; second <= INPUT.length; second += 1) {
      assert.deepEqual(pieces(INPUT.slice(0, first), INPUT.slice(first, second), INPUT.slice(second)), whole);
    }
  }
});

test("a paste that was not finished gives nothing yet", () => {
  assert.deepEqual(pieces("a\u001B[200~more"), { typed: "a\u001B[200~", pasted: [] });
});
