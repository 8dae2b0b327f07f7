/** What can be registered, and what is remembered of functions between two registrations. Specification chapter 11, section 2. */
import { defineTool, type ParameterSchema, type Tool, type ToolStyle } from "../tool/index.js";
import { AutogenError, type StandardSchema } from "../run/index.js";
import type { ToolFunction } from "./tool-settings.js";

/** A tool, or a plain function. */
export type RegisteredFunction = Tool | ToolFunction;

/** How a tool is registered. */
export interface RegisterOptions {
  /** @default the tool's own name; of a function, the one it was registered by before, else that of the function */
  readonly name?: string;
  /** @default the tool's own description; of a function, the one it was registered with before */
  readonly description?: string;
  /** Of a function: JSON Schema, or a schema of a library. @default those it was registered with before, else none */
  readonly parameters?: ParameterSchema | StandardSchema;
  /** "function" is the legacy form, for endpoints that know no tools. @default "tool" */
  readonly apiStyle?: ToolStyle;
}

/** A tool, and whether its parameters are known. */
export type NamedTool = Tool & { readonly described: boolean };

interface Remembered {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: ParameterSchema | StandardSchema;
}

/** Hangs on the function itself: agents that know nothing of each other register it. */
const REMEMBERED: unique symbol = Symbol.for("autogen-ts.registered");

/** @param needsDescription whether a model is to be told @throws AutogenError `invalid-option` */
export function toolOf(given: RegisteredFunction, options: RegisterOptions, needsDescription: boolean): NamedTool {
  if (typeof given === "object" && given !== null) {
    const { name = given.name, description = given.description } = options;
    return { ...defineTool({ ...given, name, description }), described: true };
  }
  if (typeof given !== "function") {
    throw new AutogenError("invalid-option", "A tool of `defineTool` or a function is expected.");
  }
  const before = rememberedOf(given);
  const { name = before?.name ?? given.name, description = before?.description, parameters = before?.parameters } = options;
  if (description === undefined && needsDescription) {
    throw new AutogenError(
      "invalid-option",
      `The function \`${name}\` has no description. Pass \`description\`: a description is required the first time, models choose tools by it.`,
    );
  }
  const said = {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
  };
  const tool = defineTool({
    name,
    description: description ?? name,
    execute: given,
    // Either form is read there.
    ...(parameters === undefined ? {} : { parameters: parameters as ParameterSchema }),
  });
  remember(given, said);
  return { ...tool, described: parameters !== undefined };
}

function rememberedOf(given: ToolFunction): Remembered | undefined {
  return (given as { readonly [REMEMBERED]?: Remembered })[REMEMBERED];
}

function remember(given: ToolFunction, said: Remembered): void {
  // A frozen function is registered all the same; each time needs all there is to say.
  if (!Object.isExtensible(given)) return;
  Object.defineProperty(given, REMEMBERED, { value: said, configurable: true, enumerable: false });
}
