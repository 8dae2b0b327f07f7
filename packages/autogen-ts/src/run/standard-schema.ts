/**
 * Schemas of the libraries for validation, by the interface that they share, so that none of them is needed here.
 * See https://standardschema.dev: the standard itself, and its part that gives JSON Schema.
 */
import { AutogenError } from "./errors.js";

/** A schema in wire form. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What is wrong with a value, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The value as the schema gives it (defaults filled in, texts turned into dates …), or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** A Standard Schema that can write itself as JSON Schema. Zod has it from 4.2, ArkType from 2.1, Valibot with `@valibot/to-json-schema`. */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly jsonSchema: { readonly input: (options: { readonly target: "draft-2020-12" }) => JsonSchema };
  };
}

/**
 * `value` when it is a schema of a library, null when it is none (JSON Schema, for example).
 *
 * @param place where it was given, for the error: `` `parameters` of the tool `add` ``
 * @param instead what to write when the library cannot say what its schema is
 * @throws AutogenError `invalid-option` for a schema that cannot be written as JSON Schema
 */
export function standardSchemaOf(value: unknown, place: string, instead: string): StandardSchema | null {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || !("~standard" in value)) return null;
  const { jsonSchema, vendor } = value["~standard"] as { readonly jsonSchema?: unknown; readonly vendor?: unknown };
  // Both halves belong to the standard that the property stands for.
  if (typeof jsonSchema === "object" && jsonSchema !== null) return value as StandardSchema;
  const way = vendor === "valibot" ? "Wrap it: `toStandardJsonSchema(schema)` of `@valibot/to-json-schema`" : NEWER;
  throw new AutogenError(
    "invalid-option",
    `The schema in ${place} cannot be written as JSON Schema (it has no \`~standard.jsonSchema\`). ${way}, or ${instead}.`,
  );
}

const NEWER = "Use a newer release of its library";

/** The schema of the values that go in, as JSON Schema without its dialect. */
export function jsonSchemaOf(schema: StandardSchema): JsonSchema {
  const { $schema: _dialect, ...whole } = schema["~standard"].jsonSchema.input({ target: "draft-2020-12" });
  return whole;
}

/** `` `address.street`: must be a text ``; without a path only the message. */
export function issueText({ path = [], message }: SchemaIssue): string {
  const keys = path.map((step) => String(typeof step === "object" ? step.key : step));
  return keys.length === 0 ? message : `\`${keys.join(".")}\`: ${message}`;
}
