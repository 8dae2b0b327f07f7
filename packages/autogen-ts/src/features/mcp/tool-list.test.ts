import assert from "node:assert/strict";
import { array, assert as check, constantFrom, integer, oneof, property, string } from "fast-check";
import { test } from "vitest";
import { cleanText } from "./clean-text.js";
import { pinOf } from "./pins.js";
import { readToolList } from "./tool-list.js";

const limits = {
  ...{ resultCharacters: 100, descriptionCharacters: 50, schemaCharacters: 1000, tools: 20 },
  ...{ messageBytes: 1000, progressEvents: 10, logMessages: 10 },
};
const SEED = 43;
const inputSchema = { type: "object" as const };

test("INTEG-06 whatever servers call their tools, names are legal and no two are the same", () => {
  const lists = array(oneof(string({ unit: "binary" }), constantFrom("a b", "a.b", "a_b", "", "x".repeat(99))), {
    maxLength: 20,
  });
  check(
    property(lists, (given) => {
      const { tools } = readToolList(
        given.map((name) => ({ name, inputSchema })),
        { server: "odd", limits, onPins: () => undefined },
      );
      const names = tools.map(({ info }) => info.name);
      assert.equal(new Set(names).size, names.length);
      assert.equal(new Set(tools.map(({ info }) => info.originalName)).size, new Set(given).size);
      for (const name of names) assert.match(name, /^odd__[a-zA-Z0-9_-]{1,59}$/);
    }),
    { seed: SEED },
  );
});

test("cleaned texts hold nothing hidden, are no longer than allowed, and cleaning them again changes nothing", () => {
  check(
    property(string({ unit: "binary" }), integer({ min: 1, max: 40 }), (raw, most) => {
      const { text, cut } = cleanText(raw, most);
      assert.doesNotMatch(text, /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u);
      assert.ok(text.length <= most + 2);
      if (!cut) assert.equal(cleanText(text, most).text, text);
    }),
    { seed: SEED },
  );
});

test("a pin does not depend on the order of keys, and changes with every part of a definition", () => {
  const tool = {
    name: "a",
    description: "b",
    inputSchema: { type: "object", properties: { x: { type: "string", maxLength: 3 } } },
  };
  const turned = {
    inputSchema: { properties: { x: { maxLength: 3, type: "string" } }, type: "object" },
    description: "b",
    name: "a",
  };
  assert.equal(pinOf(tool), pinOf(turned));
  const others = [
    { ...tool, description: "b " },
    { ...tool, title: "c" },
    { ...tool, annotations: { readOnlyHint: true } },
    { ...tool, outputSchema: {} },
    { ...tool, inputSchema: { type: "object", properties: { x: { type: "string", maxLength: 4 } } } },
  ];
  assert.equal(new Set([tool, ...others].map(pinOf)).size, 6);
});

test("descriptions in schemas are cleaned; data and names of properties stay as the server needs them", () => {
  const hidden = "a\u200Bb";
  const schema = {
    type: "object" as const,
    properties: {
      description: { type: "string", description: hidden, enum: [hidden], default: hidden },
      [hidden]: { const: hidden },
    },
  };
  const { tools, warnings } = readToolList([{ name: "t", description: "d", inputSchema: schema }], {
    server: "s",
    limits,
    onPins: () => undefined,
  });
  assert.deepEqual(tools[0]?.parameters, {
    type: "object",
    properties: {
      description: { type: "string", description: "ab", enum: [hidden], default: hidden },
      [hidden]: { const: hidden },
    },
  });
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ["hidden-text"],
  );
});
