import assert from "node:assert/strict";
import * as fc from "fast-check";
import { test } from "vitest";
import { formatJsonStr, parseArguments } from "../index.js";

const READ: readonly (readonly [title: string, text: string | null | undefined, args: object])[] = [
  ["nothing at all", undefined, {}],
  ["empty text (D11-3)", "", {}],
  ["blanks", " \n", {}],
  ["null", "null", {}],
  ["null in quotes", '"null"', {}],
  ["empty text in quotes", '""', {}],
  ["line breaks between", '{"a": 1,\n "b": 3}', { a: 1, b: 3 }],
  ["raw line breaks, tabs and other controls in texts", '{"a": "x\ny\tz\r\u0001"}', { a: "x\ny\tz\r\u0001" }],
  ["a text that ends with a backslash, and a line break", '{"a": "b\\\\",\n"c": "d\ne"}', { a: "b\\", c: "d\ne" }],
  ["commas before closing brackets", '{"a": [1, 2, ], "b": ",}", }', { a: [1, 2], b: ",}" }],
  ["a code fence", '```json\n{"a": 1}\n```', { a: 1 }],
  ["a code fence without a language, and a comma too many", '```\n{"a": "```",}\n```', { a: "```" }],
  ["JSON inside of a JSON text", JSON.stringify('{"a": "b"}'), { a: "b" }],
  ["JSON twice inside of JSON texts", JSON.stringify(JSON.stringify('{"a": "b"}')), { a: "b" }],
  ["JSON in a text, with a comma too many", JSON.stringify('{"a": 1,}'), { a: 1 }],
  [
    "a name that reaches for prototypes, as an ordinary name",
    '{"__proto__": {"x": 1}}',
    JSON.parse('{"__proto__": {"x": 1}}') as object,
  ],
];
for (const [title, text, args] of READ) {
  test(`TOOL-10, TOOL-11 arguments are read: ${title}`, () => {
    assert.deepEqual(parseArguments(text), { ok: true, args });
  });
}

const REFUSED: readonly (readonly [title: string, text: string, content: RegExp])[] = [
  ["cut off, which is never completed", '{"to": "all", "amount": 1', /^Error: .+\n The argument must be in JSON format\.$/s],
  ["no JSON", "a = 1", /^Error: .+\n The argument must be in JSON format\.$/s],
  ["a list (D11-4)", "[1,2]", /^Error: the arguments must be a JSON object\.$/],
  ["a number (D11-4)", "7", /^Error: the arguments must be a JSON object\.$/],
  ["a text (D11-4)", '"x"', /^Error: the arguments must be a JSON object\.$/],
  [
    "too long",
    `{"a": "${"x".repeat(1_000_000)}"}`,
    /^Error: the arguments have 1000009 characters; at most 1000000 are taken\.$/,
  ],
  [
    "a number too large for any handler, which people would be shown as null",
    '{"to": "ann", "amounts": [1, -1e999]}',
    /^Error: the arguments have a number that is too large for JSON numbers of 64 bits\.$/,
  ],
  ["too deep", `{"a": ${"[".repeat(5000)}${"]".repeat(5000)}}`, /^Error: the arguments are nested more than 100 levels deep\.$/],
];
for (const [title, text, content] of REFUSED) {
  test(`TOOL-10 arguments are refused with words for the model: ${title}`, () => {
    const parsed = parseArguments(text);
    assert.equal(parsed.ok, false);
    assert.match(parsed.ok ? "" : parsed.content, content);
  });
}

test("no text of any kind throws, and what is JSON already is never mended", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), fc.nat(), (args, cut) => {
      const text = JSON.stringify(args);
      assert.deepEqual(parseArguments(text), { ok: true, args: JSON.parse(text) as object });
      parseArguments(text.slice(0, cut % (text.length + 1)));
      parseArguments(formatJsonStr(text));
    }),
    { seed: 11, numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("{", "}", '"', "\\", ",", "[", "]", "\n", "`", "a", "1", ":") }), (text) => {
      const parsed = parseArguments(text);
      assert.equal(typeof parsed.ok, "boolean");
    }),
    { seed: 12, numRuns: 2000 },
  );
});
