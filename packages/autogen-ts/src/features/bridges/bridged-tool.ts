/** What tools of other libraries have in common here: a context of the call, and schemas of several kinds. */
import { AutogenError, defineTool, type Json, type ParameterSchema, type Run, type Tool } from "../../core.js";

/** What a tool is told besides its arguments; the context of agents' calls has all of it. */
export interface BridgeContext {
  readonly signal?: AbortSignal;
  readonly run?: Run;
  /** Named in progress events. */
  readonly agent?: { readonly name: string };
  readonly toolCallId?: string;
}

/** A tool of another library, for `registerFunction`, `registerForLlm` and `registerForExecution`. */
export type BridgedTool = Tool<(args: Readonly<Record<string, Json>>, context?: BridgeContext) => Promise<unknown>>;

/** Puts a tool together whose context may be missing: other libraries know none. @throws AutogenError `invalid-option` */
export const bridgedTool = (tool: BridgedTool): BridgedTool => ({ ...defineTool(tool), execute: tool.execute });

/** Each character that endpoints do not accept becomes `_`; at most 64. */
export const legalName = (name: string): string =>
  name
    .trim()
    .replaceAll(/[^a-zA-Z0-9_-]/gu, "_")
    .slice(0, 64);

interface StandardSchema {
  readonly "~standard": {
    readonly validate: (value: unknown) => unknown;
    readonly jsonSchema?: { readonly input: (options: { readonly target: string }) => unknown };
  };
}

/**
 * The JSON Schema of a schema of zod 4.2 and later, valibot, arktype …, of the AI SDK's `jsonSchema`, or of one that is
 * one already.
 *
 * @throws AutogenError `invalid-option` when it has none to give
 */
export function jsonSchemaOf(schema: unknown, tool: string): ParameterSchema {
  const found = typeof schema === "function" && !("~standard" in schema) ? (schema as () => unknown)() : schema;
  const json = isStandard(found) ? fromStandard(found) : hasJsonSchema(found) ? found.jsonSchema : found;
  if (isObject(json) && !("then" in json) && !("_def" in json)) {
    const { $schema: _dialect, ...parameters } = json as { readonly [key: string]: Json };
    return { type: "object", ...parameters };
  }
  throw new AutogenError(
    "invalid-option",
    `The schema of the tool \`${tool}\` cannot be turned into JSON Schema. Write it with zod 4.2 or later, or as JSON Schema.`,
  );
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

const hasJsonSchema = (value: unknown): value is { readonly jsonSchema: unknown } => isObject(value) && "jsonSchema" in value;

function isStandard(value: unknown): value is StandardSchema {
  // arktype's schemas are functions.
  return (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value;
}

/** Fields with defaults are optional for the model, so that it is the schema of the input. */
function fromStandard(schema: StandardSchema): unknown {
  try {
    return schema["~standard"].jsonSchema?.input({ target: "draft-07" });
  } catch {
    return undefined; // transformations and dates, for example, have no JSON Schema
  }
}

/**
 * The arguments as the schema makes them, with defaults filled in.
 *
 * @throws AutogenError `invalid-option` with what is wrong, for the model
 */
export async function checkedArguments(schema: unknown, args: unknown): Promise<unknown> {
  const found = typeof schema === "function" && !("~standard" in schema) ? (schema as () => unknown)() : schema;
  if (isStandard(found)) {
    const result = (await found["~standard"].validate(args)) as {
      readonly value?: unknown;
      readonly issues?: readonly { readonly message: string; readonly path?: readonly unknown[] }[];
    };
    if (result.issues === undefined) return result.value;
    throw wrongArguments(result.issues.map(({ message, path = [] }) => `${path.map(keyOf).join(".")}: ${message}`));
  }
  if (!hasJsonSchema(found) || !("validate" in found) || typeof found.validate !== "function") return args;
  const validate = found.validate as (value: unknown) => unknown;
  const checked = (await validate(args)) as { readonly success: boolean; readonly value?: unknown; readonly error?: Error };
  if (checked.success) return checked.value;
  throw wrongArguments([checked.error?.message ?? "they do not fit the schema"]);
}

const keyOf = (part: unknown): string => String(isObject(part) && "key" in part ? part.key : part);

const wrongArguments = (issues: readonly string[]): AutogenError =>
  new AutogenError("invalid-option", `The arguments are wrong: ${issues.join("; ")}`);
