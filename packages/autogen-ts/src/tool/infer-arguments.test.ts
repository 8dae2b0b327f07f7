import { expectTypeOf, test } from "vitest";
import assert from "node:assert/strict";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { defineTool, type ToolContext } from "../index.js";

const about = { name: "t", description: "D" } as const;

test("handlers know the types of their arguments: Zod, Valibot, ArkType, JSON Schema written in place", () => {
  const tools = [
    defineTool({
      ...about,
      parameters: z.object({ a: z.number(), b: z.string().default("x"), c: z.boolean().optional() }),
      execute: (args, context) => {
        expectTypeOf(args).toEqualTypeOf<{ a: number; b: string; c?: boolean | undefined }>();
        expectTypeOf(context).toEqualTypeOf<ToolContext>();
      },
    }),
    defineTool({
      ...about,
      parameters: toStandardJsonSchema(v.object({ a: v.number(), b: v.optional(v.string(), "x") })),
      execute: (args) => expectTypeOf(args).toEqualTypeOf<{ a: number; b: string }>(),
    }),
    defineTool({
      ...about,
      parameters: type({ a: "number", b: "string = 'x'" }),
      execute: ({ a, b }) => {
        expectTypeOf(a).toEqualTypeOf<number>();
        expectTypeOf(b).toEqualTypeOf<string>();
      },
    }),
    defineTool({
      ...about,
      parameters: {
        type: "object",
        properties: {
          a: { type: "integer" },
          b: { type: "string", default: "x" },
          c: { type: "array", items: { enum: ["p", "q"] } },
          d: { anyOf: [{ type: "string" }, { type: "null" }] },
        },
        required: ["a"],
      },
      execute: (args) =>
        expectTypeOf(args).toEqualTypeOf<{
          readonly a: number;
          readonly b: string;
          readonly c?: readonly ("p" | "q")[] | undefined;
          readonly d?: string | null | undefined;
        }>(),
    }),
    // A handler may say itself what it takes.
    defineTool({ ...about, parameters: { type: "object" }, execute: ({ a }: { readonly a: number }) => a }),
    // @ts-expect-error the schema has no `b`
    defineTool({ ...about, parameters: z.object({ a: z.number() }), execute: ({ b }) => b as unknown }),
  ];
  assert.equal(tools.length, 6);
});
