/** Tools: what a model may ask for, and what runs then. Specification chapter 11, sections 1–3. */
import type { Json } from "../message/index.js";
import { AutogenError } from "../run/index.js";

/** Parameters of a tool as JSON Schema; sent to the model unchanged. */
export type ParameterSchema = Readonly<Record<string, Json>>;

/** Both halves of a tool: the signature for a model, and the implementation. */
export interface Tool<Execute extends (...args: never) => unknown = (...args: never) => unknown> {
  /** 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string;
  readonly description: string;
  /** @default no parameters */
  readonly parameters: ParameterSchema;
  /** Gets the arguments as one object, and the context of the call. */
  readonly execute: Execute;
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

const NO_PARAMETERS: ParameterSchema = { type: "object", properties: {}, required: [] };

/**
 * Puts a tool together.
 *
 * @throws AutogenError `invalid-option` for an illegal name, a missing description or a schema that is no object
 */
export function defineTool<Execute extends (...args: never) => unknown>(
  tool: Omit<Tool<Execute>, "parameters"> & { readonly parameters?: ParameterSchema },
): Tool<Execute> {
  const { name, description, parameters = NO_PARAMETERS, execute } = tool;
  checkToolName(name);
  if (typeof description !== "string" || description === "") {
    throw new AutogenError("invalid-option", `The tool \`${name}\` has no description. Models choose tools by it.`);
  }
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters)) {
    throw new AutogenError("invalid-option", `The \`parameters\` of the tool \`${name}\` are no JSON Schema object.`);
  }
  if (typeof execute !== "function")
    throw new AutogenError("invalid-option", `The tool \`${name}\` has no function \`execute\`.`);
  return { name, description, parameters, execute };
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
