/** Tools of LangChain.js as tools of agents. Specification chapter 43, section 2. */
import { AutogenError, type ParameterSchema } from "../../core.js";
import { bridgedTool, jsonSchemaOf, legalName, type BridgedTool } from "./bridged-tool.js";

/** What is used of a tool of LangChain.js: `tool(…)`, `DynamicStructuredTool`, `DynamicTool`, `StructuredTool` … */
export interface LangChainTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly schema?: unknown;
  // A method, so that tools with narrower arguments fit; each checks its own.
  invoke(input: never, config?: never): Promise<unknown>;
}

/** `DynamicTool` takes a text, under this name. */
const TEXT_INPUT: ParameterSchema = {
  type: "object",
  properties: { input: { type: "string", description: "input" } },
  required: ["input"],
};

/**
 * A tool of LangChain.js as one of an agent. The name is in lower case, with `_` for what endpoints do not accept. The
 * tool checks its arguments itself; the signal of the chat reaches it as `config.signal`. What it gives is a text, or
 * becomes JSON.
 *
 * @throws AutogenError `invalid-option` for something else, or a schema that has no JSON Schema
 */
export function fromLangChain(tool: LangChainTool): BridgedTool {
  if (typeof tool?.invoke !== "function" || typeof tool.name !== "string") {
    throw new AutogenError("invalid-option", "This is no tool of LangChain.js: it has no `name` or no `invoke`.");
  }
  const { name, description } = tool;
  const takesText = isTextTool(tool.schema);
  return bridgedTool({
    name: legalName(name).toLowerCase(),
    description: description === undefined || description === "" ? name : description,
    parameters: takesText ? TEXT_INPUT : jsonSchemaOf(tool.schema, name),
    execute: async (args, { signal } = {}) => {
      // Checked by the tool itself: its types are its own.
      const config = signal === undefined ? {} : { signal };
      return await tool.invoke(args as never, config as never);
    },
  });
}

/** The class for texts has a schema of zod 3 that turns `{ input }` into its text; there is no other way to tell it. */
function isTextTool(schema: unknown): boolean {
  if (schema === undefined) return true;
  if (typeof schema !== "object" || schema === null || !("_def" in schema)) return false;
  const { _def: definition } = schema;
  const { typeName, schema: inner } = definition as {
    readonly typeName?: unknown;
    readonly schema?: { readonly shape?: object };
  };
  return typeName === "ZodEffects" && Object.keys(inner?.shape ?? {}).join() === "input";
}
