/**
 * Answers in a given form: a `response_format` that is a Standard Schema, as the libraries for validation make them.
 * The model is told of it as JSON Schema, and what it answers is checked. See https://standardschema.dev.
 */
import {
  issueText,
  jsonSchemaOf,
  standardSchemaOf,
  type JsonSchema,
  type ModelResponse,
  type StandardSchema,
} from "../run/index.js";
import { textOrCompletionObjects } from "./retrieval.js";

/** A schema for answers: a Standard Schema with JSON Schema. Zod has it from 4.2. */
export type AnswerSchema = StandardSchema;

const WIRE_FORM = 'write `{ type: "json_schema", json_schema: { name, schema } }`';

/** The schema that `response_format` is, null when it is in wire form. @throws AutogenError `invalid-option` for a schema that cannot say what it is */
export const answerSchemaOf = (format: unknown): AnswerSchema | null => standardSchemaOf(format, "`response_format`", WIRE_FORM);

/**
 * The wire form of `response_format`. Objects are closed, and `strict` is set where OpenAI accepts it: when no property
 * is optional and none is left open.
 */
export function wireFormat(schema: AnswerSchema): JsonSchema {
  const closed = close(jsonSchemaOf(schema));
  const title = closed["title"];
  const name = typeof title === "string" ? title.replaceAll(/[^a-zA-Z0-9_-]/gu, "_").slice(0, 64) : "";
  return {
    type: "json_schema",
    json_schema: { name: name === "" ? "answer" : name, schema: closed, strict: isStrict(closed) },
  };
}

/**
 * Why an answer does not fit, as the end of a sentence; null when it does. Calls of tools are no answers yet.
 */
export async function misfitOf(schema: AnswerSchema, response: ModelResponse): Promise<string | null> {
  for (const answer of textOrCompletionObjects(response)) {
    if (typeof answer === "object" && answer !== null) continue;
    const misfit = await textMisfit(schema, answer);
    if (misfit !== null) return misfit;
  }
  return null;
}

async function textMisfit(schema: AnswerSchema, text: string | null): Promise<string | null> {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    return text === null || text === "" ? "it is empty" : "it is not JSON, or was cut off";
  }
  const { issues } = await schema["~standard"].validate(value);
  if (issues === undefined || issues.length === 0) return null;
  const [first] = issues;
  const more = issues.length === 1 ? "" : `, and ${String(issues.length - 1)} more`;
  return first === undefined ? null : `${issueText(first)}${more}`;
}

/** Keywords whose value is one schema or a list of them, and those whose value holds schemas by name. */
const NESTED = ["items", "prefixItems", "anyOf", "oneOf", "allOf", "not", "additionalProperties"] as const;
const NAMED = ["properties", "$defs", "definitions"] as const;

function close(schema: JsonSchema): JsonSchema {
  const copy: Record<string, unknown> = { ...schema };
  for (const key of NESTED) if (key in copy) copy[key] = mapSchemas(copy[key]);
  for (const key of NAMED) {
    if (isRecord(copy[key]))
      copy[key] = Object.fromEntries(Object.entries(copy[key]).map(([name, one]) => [name, mapSchemas(one)]));
  }
  return isRecord(copy["properties"]) && !("additionalProperties" in copy) ? { ...copy, additionalProperties: false } : copy;
}

function mapSchemas(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapSchemas);
  return isRecord(value) ? close(value) : value;
}

function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (!isRecord(schema)) return true;
  const { type, properties, required, additionalProperties } = schema;
  if (type === "object" || properties !== undefined) {
    const names = isRecord(properties) ? Object.keys(properties) : [];
    const needed: readonly unknown[] = Array.isArray(required) ? required : [];
    if (additionalProperties !== false || !names.every((name) => needed.includes(name))) return false;
  }
  const named = NAMED.flatMap((key) => (isRecord(schema[key]) ? Object.values(schema[key]) : []));
  return [...NESTED.map((key) => schema[key]), ...named].every(isStrict);
}

const isRecord = (value: unknown): value is JsonSchema => typeof value === "object" && value !== null && !Array.isArray(value);
