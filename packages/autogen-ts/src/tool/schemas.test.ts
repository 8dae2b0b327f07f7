import assert from "node:assert/strict";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { test } from "vitest";
import { z } from "zod";
import { pair, texts } from "../../test/pairs.js";
import { defineTool, registerFunction, type Tool } from "../index.js";

const named = (parameters: object, execute: (args: never) => unknown = () => "ok"): Tool =>
  defineTool({ name: "t", description: "D", parameters: parameters as never, execute });

/** The text that the model reads after a call with these arguments. */
async function answerTo(tool: Tool, args: unknown): Promise<string> {
  const call = { id: "1", function: { name: tool.name, arguments: JSON.stringify(args) } };
  const { user, bot, stream } = pair([{ tool_calls: [call] }, "ok"]);
  registerFunction(tool, { caller: bot, executor: user });
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  return texts(result.chatHistory)[2] ?? "";
}

const PROPERTIES = {
  text: { type: "string", description: "a text" },
  whole: { type: "integer", description: "whole" },
  number: { type: "number", description: "number" },
  flag: { type: "boolean", description: "flag" },
  choice: { type: "string", enum: ["a", "b"], description: "choice" },
  list: { type: "array", items: { type: "string" }, description: "list" },
  map: { type: "object", additionalProperties: { type: "number" }, description: "map" },
  nullable: { anyOf: [{ type: "string" }, { type: "null" }], description: "nullable" },
  pair: {
    type: "array",
    prefixItems: [{ type: "string" }, { type: "number" }],
    minItems: 2,
    maxItems: 2,
    description: "pair",
  },
  either: { anyOf: [{ type: "string" }, { type: "number" }], description: "either" },
  inner: { type: "object", properties: { x: { type: "number" } }, required: ["x"], description: "inner" },
  filled: { type: "string", default: "d", description: "filled" },
};
const REQUIRED = Object.keys(PROPERTIES).filter((name) => name !== "filled");

test("TOOL-01 a schema of Zod is told to the model in the form of the reference", () => {
  const tool = named(
    z.object({
      text: z.string().describe("a text"),
      whole: z.number().int(),
      number: z.number(),
      flag: z.boolean(),
      choice: z.enum(["a", "b"]),
      list: z.array(z.string()),
      map: z.record(z.string(), z.number()),
      nullable: z.string().nullable(),
      pair: z.tuple([z.string(), z.number()]),
      either: z.union([z.string(), z.number()]),
      inner: z.object({ x: z.number() }),
      filled: z.string().default("d"),
    }),
  );
  assert.deepEqual(tool.parameters, { type: "object", properties: PROPERTIES, required: REQUIRED });
});

test("TOOL-01 a schema of Valibot is told in the same form", () => {
  const tool = named(
    toStandardJsonSchema(
      v.object({
        text: v.pipe(v.string(), v.description("a text")),
        whole: v.pipe(v.number(), v.integer()),
        number: v.number(),
        flag: v.boolean(),
        choice: v.picklist(["a", "b"]),
        list: v.array(v.string()),
        map: v.record(v.string(), v.number()),
        nullable: v.nullable(v.string()),
        pair: v.tuple([v.string(), v.number()]),
        either: v.union([v.string(), v.number()]),
        inner: v.object({ x: v.number() }),
        filled: v.optional(v.string(), "d"),
      }),
    ),
  );
  assert.deepEqual(tool.parameters, { type: "object", properties: PROPERTIES, required: REQUIRED });
});

test("TOOL-01 a schema of ArkType is told in the same form", () => {
  const tool = named(
    type({
      text: type("string").describe("a text"),
      whole: "number.integer",
      number: "number",
      flag: "boolean",
      choice: "'a'|'b'",
      list: "string[]",
      map: { "[string]": "number" },
      nullable: "string|null",
      pair: ["string", "number"],
      either: "string|number",
      inner: { x: "number" },
      filled: "string = 'd'",
    }),
  );
  // Of the values that go in, ArkType does not write the default.
  const { nullable: _nullable, either: _either, ...rest } = PROPERTIES;
  const same = { ...rest, filled: { type: "string", description: "filled" } };
  const { nullable, either, ...properties } = tool.parameters["properties"] as Record<string, { anyOf?: readonly object[] }>;
  assert.deepEqual(properties, same);
  // ArkType orders alternatives by itself.
  assert.deepEqual(new Set(nullable?.anyOf), new Set(PROPERTIES.nullable.anyOf));
  assert.deepEqual(new Set(either?.anyOf), new Set(PROPERTIES.either.anyOf));
  assert.deepEqual(new Set(tool.parameters["required"] as readonly string[]), new Set(REQUIRED));
});

test("TOOL-02 JSON Schema of the user is sent unchanged", async () => {
  const parameters = Object.freeze({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: { at: { $ref: "#/$defs/point" }, n: { type: "integer", minimum: 0 } },
    additionalProperties: false,
    $defs: { point: { type: "object", properties: { x: { type: "number" } } } },
  });
  const before = JSON.stringify(parameters);
  const { user, bot, model, stream } = pair([{ tool_calls: [{ function: { name: "t", arguments: '{"n": 1}' } }] }, "ok"]);
  registerFunction(named(parameters), { caller: bot, executor: user });
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  const sent = model.requests.map(({ tools }) => JSON.stringify((tools as { function: object }[])[0]?.function));
  const expected = `{"description":"D","name":"t","parameters":${before}}`;
  assert.deepEqual(sent, [expected, expected]); // the second request comes after a check by this schema
});

test("TOOL-24 nested types have no references; a type that holds itself keeps one that points somewhere", () => {
  const point = z.object({ x: z.number() }).meta({ id: "Point" });
  const written = JSON.stringify(named(z.object({ a: point, b: z.array(point).describe("many") })).parameters);
  assert.equal(written.includes("$ref"), false);
  assert.deepEqual(JSON.parse(written).properties.b, {
    type: "array",
    items: { type: "object", properties: { x: { type: "number" } }, required: ["x"] },
    description: "many",
  });

  const tree = z.object({
    name: z.string(),
    get children(): z.ZodArray<typeof tree> {
      return z.array(tree);
    },
  });
  const { properties, $defs } = named(z.object({ root: tree })).parameters as unknown as {
    readonly properties: {
      readonly root: { readonly properties: { readonly children: { readonly items: { readonly $ref: string } } } };
    };
    readonly $defs: Readonly<Record<string, { readonly type: string }>>;
  };
  const { $ref } = properties.root.properties.children.items;
  assert.equal($defs[$ref.replace("#/$defs/", "")]?.type, "object");
});

const LIBRARIES = {
  Zod: z.object({ a: z.number().int(), b: z.number().default(2) }),
  Valibot: toStandardJsonSchema(v.object({ a: v.pipe(v.number(), v.integer()), b: v.optional(v.number(), 2) })),
  ArkType: type({ a: "number.integer", b: "number = 2" }),
  "JSON Schema": {
    type: "object",
    properties: { a: { type: "integer" }, b: { type: "number", default: 2 } },
    required: ["a"],
  },
} as const;
for (const [library, schema] of Object.entries(LIBRARIES)) {
  test(`TOOL-21 ${library}: what does not fit is not run, and the model is told what is wrong`, async () => {
    const seen: unknown[] = [];
    const tool = named(schema, (args) => seen.push(args));
    const wrong = await answerTo(tool, { a: "x", b: null });
    assert.match(
      wrong,
      /^Error: the arguments do not fit the parameters of t, so it was not run:\n- `a`.*\n- `b`.*\nCorrect the arguments/,
    );
    assert.match(await answerTo(tool, {}), /\n- .*a/);
    assert.deepEqual(seen, []);

    assert.equal(await answerTo(tool, { a: 1 }), "1");
    assert.deepEqual(seen, [{ a: 1, b: 2 }]); // with the default
  });
}

test("TOOL-21 a schema that turns texts into something else gives the handler its result", async () => {
  const day = defineTool({
    name: "day",
    description: "D",
    parameters: z.object({ day: z.string().transform((text) => new Date(`${text}T00:00:00Z`)) }),
    execute: ({ day: date }) => date.getTime(),
  });
  assert.equal(await answerTo(day, { day: "1970-01-02" }), "86400000");
});

const WORDS: readonly (readonly [title: string, schema: object, args: object, issues: readonly string[]])[] = [
  ["a missing argument", { properties: { a: {} }, required: ["a"] }, {}, ['does not have required property "a".']],
  [
    "a wrong type, with its place",
    { properties: { a: { properties: { b: { type: "integer" } } } } },
    { a: { b: "1" } },
    ["`a.b`: is of type string, expected integer"],
  ],
  ["a misspelt name", { properties: { colour: {} } }, { color: "red" }, ["`color`: no such argument; did you mean `colour`?"]],
  [
    "a name of nothing",
    { properties: { a: {}, b: {} } },
    { zzzzz: 1 },
    ["`zzzzz`: no such argument; the arguments are `a`, `b`"],
  ],
  ["a name where there is none", { properties: {} }, { x: 1 }, ["`x`: no such argument; there are no arguments"]],
];
for (const [title, schema, args, issues] of WORDS) {
  test(`TOOL-21 words that a model can act on: ${title}`, async () => {
    const lines = (await answerTo(named({ type: "object", ...schema }), args)).split("\n").slice(1, -1);
    assert.deepEqual(
      lines,
      issues.map((issue) => `- ${issue}`),
    );
  });
}

test("further names are accepted where the schema says so", async () => {
  const open = { type: "object", properties: { a: {} }, additionalProperties: { type: "number" } };
  assert.equal(await answerTo(named(open), { b: 1 }), "ok");
  assert.match(await answerTo(named(open), { b: "x" }), /`b`: is of type string, expected number/);
});

test("defaults are filled in deeply, and what was given stays", async () => {
  const inner = { type: "object", properties: { x: { default: [1] }, y: { default: "y" } } };
  const parameters = { type: "object", properties: { one: inner, many: { type: "array", items: inner } } };
  const seen: unknown[] = [];
  await answerTo(
    named(parameters, (args) => seen.push(args)),
    { one: { y: null }, many: [{}] },
  );
  assert.deepEqual(seen, [{ one: { y: null, x: [1] }, many: [{ x: [1], y: "y" }] }]);
});

const BAD: readonly (readonly [title: string, parameters: unknown, message: RegExp])[] = [
  ["a text", "string", /no JSON Schema: an object is expected/],
  ["a list", [], /no JSON Schema: an object is expected/],
  ["a schema of a text", { type: "string" }, /describe a value of type `string`.*describe an object/],
  ["a Zod schema of a text", z.string(), /describe a value of type `string`/],
  [
    "a dangling reference",
    { type: "object", properties: { a: { $ref: "#/$defs/gone" } } },
    /refer to `#\/\$defs\/gone`, which is not part/,
  ],
  [
    "a reference to another document",
    { type: "object", properties: { a: { $ref: "https://example.org/a.json" } } },
    /refer to `https:/,
  ],
  ["a Valibot schema without JSON Schema", v.object({ a: v.string() }), /Wrap it: `toStandardJsonSchema\(schema\)`/],
  ["a Zod type that JSON Schema has no word for", z.object({ a: z.bigint() }), /cannot be written as JSON Schema: /],
];
for (const [title, parameters, message] of BAD) {
  test(`bad input: ${title} as parameters is refused when the tool is defined`, () => {
    assert.throws(() => named(parameters as object), { code: "invalid-option", message });
  });
}

test("a `$ref` inside of a default is data, and references by anchor or identifier are found", () => {
  const parameters = {
    type: "object",
    properties: { a: { default: { $ref: "#/nowhere" } }, b: { $ref: "#here" }, c: { $ref: "https://example.org/c" } },
    $defs: { x: { $anchor: "here", type: "string" }, y: { $id: "https://example.org/c", type: "string" } },
  };
  assert.equal(named(parameters).parameters, parameters);
});

test("a schema that cannot be applied is told to the model, and nothing runs", async () => {
  const broken = { type: "object", properties: { a: { type: "string", pattern: "(" } } };
  assert.match(await answerTo(named(broken), { a: "x" }), /^Error: the arguments of t cannot be checked: /);
});
