/** Tools: what a model may ask for, and what runs then. Specification chapter 11, sections 1–3. */
import { AutogenError, isAutogenError, jsonSchemaOf, standardSchemaOf, type StandardSchema } from "../run/index.js";
import type { ApprovalPolicy } from "./approval.js";
import type { ToolContext } from "./context.js";
import type { ArgumentsOf } from "./infer-arguments.js";
import type { ParameterSchema } from "./parameter-schema.js";
import { danglingReference } from "./references.js";
import { tidyParameters } from "./tidy-schema.js";

/** How a tool is run. What is left out is as the agent says that runs it. */
export interface ToolSettings {
  /** Whether people are asked before a call runs. @default that of the agent, "never" */
  readonly approval?: ApprovalPolicy;
  /** Milliseconds after which a call is stopped; the model is told so. @default that of the agent, no limit */
  readonly timeoutMs?: number;
  /** Whether calls may run beside other parallel ones of the same message. @default that of the agent, false */
  readonly parallel?: boolean;
  /** Longer results lose their middle. @default that of the agent, 1 000 000 */
  readonly maxOutputChars?: number;
  /**
   * A call that was interrupted by a crash is not repeated when a durable conversation goes on: somebody is asked what became
   * of it. @default false
   */
  readonly once?: boolean;
}

/** Both halves of a tool: the signature for a model, and the implementation. */
export interface Tool<Execute extends (...args: never) => unknown = (...args: never) => unknown> extends ToolSettings {
  /** 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema, as models are told it. */
  readonly parameters: ParameterSchema;
  /** Gets the arguments as one object, and the context of the call. */
  readonly execute: Execute;
  /** The schema of a library that `parameters` was made from. It checks the arguments, and gives them their final form. */
  readonly schema?: StandardSchema;
}

/** What of a tool is told to a model. */
export interface ToolSignature {
  readonly name: string;
  readonly description: string;
  readonly parameters?: ParameterSchema;
}

/** A signature as it stands in `tools` of a request. */
export interface ToolEntry {
  readonly type: "function";
  readonly function: ToolSignature;
}

interface Description extends ToolSettings {
  readonly name: string;
  /** Models choose tools by it. */
  readonly description: string;
}

const NO_PARAMETERS: ParameterSchema = { type: "object", properties: {}, required: [] };

/**
 * Puts a tool together. `parameters` is JSON Schema, which models get unchanged, or a schema of Zod, Valibot, ArkType or
 * any other library with the Standard Schema interface. `execute` gets arguments that fit the schema, defaults filled in.
 *
 * @throws AutogenError `invalid-option` for an illegal name, a missing description or handler, and a schema that is no
 *   object, describes none, or refers to what is not there
 */
export function defineTool<Output, Result>(
  tool: Description & {
    readonly parameters: StandardSchema<Output>;
    readonly execute: (args: Output, context: ToolContext) => Result;
  },
): Tool<(args: Output, context: ToolContext) => Result>;
export function defineTool<const Schema extends ParameterSchema, Result>(
  tool: Description & {
    readonly parameters: Schema;
    readonly execute: (args: ArgumentsOf<Schema>, context: ToolContext) => Result;
  },
): Tool<(args: ArgumentsOf<Schema>, context: ToolContext) => Result>;
export function defineTool<Execute extends (...args: never) => unknown>(
  tool: Description & { readonly parameters?: ParameterSchema; readonly execute: Execute },
): Tool<Execute>;
export function defineTool(
  tool: Description & { readonly parameters?: unknown; readonly execute: (...args: never) => unknown; readonly schema?: unknown },
): Tool {
  const { name, description, parameters = NO_PARAMETERS, execute, approval, timeoutMs, parallel, maxOutputChars, once } = tool;
  checkToolName(name);
  if (typeof description !== "string" || description === "") {
    throw new AutogenError("invalid-option", `The tool \`${name}\` has no description. Models choose tools by it.`);
  }
  if (typeof execute !== "function") {
    throw new AutogenError("invalid-option", `The tool \`${name}\` has no function \`execute\`.`);
  }
  checkSettings(`the tool \`${name}\``, tool);
  return {
    name,
    description,
    ...parametersOf(name, parameters),
    execute,
    ...(approval === undefined ? {} : { approval }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(maxOutputChars === undefined ? {} : { maxOutputChars }),
    ...(once === undefined ? {} : { once }),
    ...(tool.schema === undefined ? {} : { schema: tool.schema as StandardSchema }), // Of a tool that was defined before.
  };
}

/** @throws AutogenError `invalid-option` */
export function checkToolName(name: unknown): asserts name is string {
  if (typeof name === "string" && /^[a-zA-Z0-9_-]{1,64}$/.test(name)) return;
  const shown = typeof name === "string" ? `\`${name}\`` : `A value of type ${typeof name}`;
  throw new AutogenError(
    "invalid-option",
    `${shown} cannot be the name of a tool. Use 1 to 64 letters, digits, \`_\` and \`-\`.`,
  );
}

/** @param owner whose settings these are, for errors */
export function checkSettings(owner: string, { approval, timeoutMs, parallel, maxOutputChars, once }: ToolSettings): void {
  const fail = (option: string, wanted: string): never => {
    throw new AutogenError("invalid-option", `\`${option}\` of ${owner} is not ${wanted}.`);
  };
  if (approval !== undefined && approval !== "always" && approval !== "never" && typeof approval !== "function") {
    fail("approval", '"always", "never" or a function');
  }
  if (timeoutMs !== undefined && !(timeoutMs > 0)) fail("timeoutMs", "a number of milliseconds above 0");
  if (parallel !== undefined && typeof parallel !== "boolean") fail("parallel", "true or false");
  if (once !== undefined && typeof once !== "boolean") fail("once", "true or false");
  if (maxOutputChars !== undefined && !(maxOutputChars >= 100)) fail("maxOutputChars", "a number of at least 100");
}

function parametersOf(name: string, given: unknown): Pick<Tool, "parameters" | "schema"> {
  const place = `\`parameters\` of the tool \`${name}\``;
  const schema = standardSchemaOf(given, place, "write JSON Schema instead");
  if (schema === null) return { parameters: checkedSchema(place, given) };
  return { parameters: tidyParameters(checkedSchema(place, written(place, schema))), schema };
}

function written(place: string, schema: StandardSchema): unknown {
  try {
    return jsonSchemaOf(schema);
  } catch (error) {
    if (isAutogenError(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new AutogenError("invalid-option", `The schema in ${place} cannot be written as JSON Schema: ${why}.`, {
      cause: error,
    });
  }
}

function checkedSchema(place: string, schema: unknown): ParameterSchema {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw new AutogenError("invalid-option", `The ${place} are no JSON Schema: an object is expected.`);
  }
  const { type } = schema as { readonly type?: unknown };
  if (type !== undefined && type !== "object") {
    throw new AutogenError(
      "invalid-option",
      `The ${place} describe ${typeof type === "string" ? `a value of type \`${type}\`` : "no object"}. Arguments come by name: describe an object.`,
    );
  }
  const dangling = danglingReference(schema as ParameterSchema);
  if (dangling === null) return schema as ParameterSchema; // An object, without dangling references.
  throw new AutogenError(
    "invalid-option",
    `The ${place} refer to \`${dangling}\`, which is not part of the schema. Add it, for example under \`$defs\`.`,
  );
}
