/** Text of untrusted programs. */
import assert from "node:assert/strict";
import { array, assert as check, constantFrom, property } from "fast-check";
import { test } from "vitest";
import { TerminalText, withoutTerminalControls } from "./terminal-text.js";

for (const [what, text, expected] of [
  ["colours", "\u001b[1;31mred\u001b[0m", "red"],
  ["cursor and erasing", "a\u001b[2J\u001b[Hb\u001b[?25lc", "abc"],
  ["title and clipboard", "a\u001b]0;t\u0007b\u001b]52;c;eA==\u001b\\c", "abc"],
  ["links keep their text", "\u001b]8;;http://x\u0007text\u001b]8;;\u0007", "text"],
  ["device strings", "a\u001bP1$q\u001b\\b", "ab"],
  ["8-bit forms", "a\u009b31mb\u009dtitle\u009cc", "abc"],
  ["character sets and resets", "a\u001b(0b\u001bcc", "abc"],
  ["single controls", "a\u0000b\u0007c\bd\u007fe", "abcde"],
  ["what stays", "tab\tline\r\nnext\rover é € 😀", "tab\tline\r\nnext\rover é € 😀"],
  ["an escape without an end", "a\u001b", "a"],
] as const) {
  test(`terminal controls are removed: ${what}`, () => assert.equal(withoutTerminalControls(text), expected));
}

const CONTROL = /[^\P{Cc}\t\n\r]/u;

test("whatever the pieces, no control character comes through, and sequences that are cut are removed as a whole", () => {
  const part = constantFrom("a", "\u001b[", "31", "m", "\u001b", "]0;t", "\u0007", "\u009b", "é", "\n", "\u001b[0m", "P", "\\");
  check(
    property(array(part, { maxLength: 20 }), (parts) => {
      const text = new TerminalText();
      const shown = parts.map((piece) => text.push(piece)).join("");
      assert.equal(CONTROL.test(shown), false);
      assert.equal(CONTROL.test(withoutTerminalControls(parts.join(""))), false);
    }),
    { seed: 5, numRuns: 500 },
  );
  const text = new TerminalText();
  assert.deepEqual(
    ["a\u001b", "[3", "1", "mred"].map((piece) => text.push(piece)),
    ["a", "", "", "red"],
  );
});
