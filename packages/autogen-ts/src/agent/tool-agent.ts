/** The tools of an agent: those its model may ask for, and those it runs. Specification chapter 11, sections 2 and 4. */
import {
  checkToolName,
  ToolSignatures,
  type SignatureOptions,
  type Tool,
  type ToolSignature,
  type ToolStyle,
} from "../tool/index.js";
import { AutogenError } from "../run/index.js";
import { AgentMemory, type MemoryOptions } from "./agent-memory.js";
import type { ToolFunction } from "./contract.js";

/** How a tool is registered. */
export interface RegisterOptions {
  /** @default the tool's own name */
  readonly name?: string;
  /** @default the tool's own description */
  readonly description?: string;
  /** "function" is the legacy form, for endpoints that know no tools. @default "tool" */
  readonly apiStyle?: ToolStyle;
}

export interface ToolAgentOptions extends MemoryOptions {
  readonly functions: Readonly<Record<string, ToolFunction>>;
  /** Signatures that the model settings came with; null for an agent without a model. */
  readonly signatures: SignatureOptions | null;
}

/** An agent's memory, and its tools. */
export class ToolAgent extends AgentMemory {
  /** Implementations of tools, by name. */
  readonly functionMap: Map<string, ToolFunction>;
  readonly #signatures: ToolSignatures | null;

  constructor({ functions, signatures, ...memory }: ToolAgentOptions) {
    super(memory);
    for (const name of Object.keys(functions)) checkToolName(name);
    this.functionMap = new Map(Object.entries(functions));
    this.#signatures = signatures === null ? null : new ToolSignatures(signatures);
  }

  /** What the requests of this agent's model say about tools. */
  get toolOptions(): SignatureOptions {
    return this.#signatures?.options ?? {};
  }

  /** Tells the model of this agent about a tool. @throws AutogenError `no-model` for an agent without one */
  registerForLlm(
    tool: Tool,
    { name = tool.name, description = tool.description, apiStyle = "tool" }: RegisterOptions = {},
  ): void {
    if (apiStyle !== "tool" && apiStyle !== "function") {
      throw new AutogenError("invalid-option", `\`apiStyle\` is ${JSON.stringify(apiStyle)}. Pass "tool" or "function".`);
    }
    this.#withModel().add(apiStyle, { description, name, parameters: tool.parameters });
  }

  /** Lets this agent run a tool. */
  registerForExecution(tool: Tool, { name = tool.name }: Pick<RegisterOptions, "name"> = {}): void {
    // The context of a call has all that a tool may ask for.
    this.registerFunctionMap({ [name]: tool.execute as ToolFunction });
  }

  /** Adds implementations of tools; null takes one away. @throws AutogenError `invalid-option` for an illegal name */
  registerFunctionMap(functions: Readonly<Record<string, ToolFunction | null>>): void {
    for (const [name, implementation] of Object.entries(functions)) {
      checkToolName(name);
      if (implementation === null) this.functionMap.delete(name);
      else this.functionMap.set(name, implementation);
    }
  }

  /** Whether all of these tools can be run by this agent. */
  canExecuteFunction(names: string | readonly string[]): boolean {
    return (typeof names === "string" ? [names] : names).every((name) => this.functionMap.has(name));
  }

  /** Adds a signature in wire form, or removes the one of that name. */
  updateToolSignature(signature: unknown, isRemove: boolean): void {
    this.#update("tool", isRemove ? signature : isEntry(signature) ? signature.function : null, isRemove);
  }

  /** The same for the legacy `functions`. */
  updateFunctionSignature(signature: unknown, isRemove: boolean): void {
    this.#update("function", signature, isRemove);
  }

  /** What there is to warn of about tools, once. */
  protected takeToolNotices(): readonly string[] {
    return this.#signatures?.takeNotices() ?? [];
  }

  #update(style: ToolStyle, signature: unknown, isRemove: boolean): void {
    const signatures = this.#withModel();
    if (isRemove) {
      signatures.remove(style, nameOf(signature));
      return;
    }
    if (typeof signature !== "object" || signature === null || !("name" in signature)) {
      throw new AutogenError(
        "invalid-option",
        `The signature of a ${style} is an object with a \`name\`, as it goes to the model.`,
      );
    }
    signatures.add(style, signature as ToolSignature); // Its name is checked there; the rest goes to the model as it is.
  }

  #withModel(): ToolSignatures {
    if (this.#signatures !== null) return this.#signatures;
    throw new AutogenError(
      "no-model",
      `Agent \`${this.name}\` has no model that could be told about a tool. Pass \`llmConfig\`.`,
    );
  }
}

const isEntry = (value: unknown): value is { readonly function: unknown } =>
  typeof value === "object" && value !== null && "function" in value;

function nameOf(signature: unknown): string {
  if (typeof signature === "string") return signature;
  if (isEntry(signature)) return nameOf(signature.function);
  if (typeof signature === "object" && signature !== null && "name" in signature) return nameOf(signature.name);
  throw new AutogenError("invalid-option", "To remove a tool, pass its name.");
}

/** Registers both halves of a tool: the signature with one agent, the implementation with another. */
export function registerFunction(
  tool: Tool,
  { caller, executor, ...options }: RegisterOptions & { readonly caller: ToolAgent; readonly executor: ToolAgent },
): void {
  caller.registerForLlm(tool, options);
  executor.registerForExecution(tool, options);
}
