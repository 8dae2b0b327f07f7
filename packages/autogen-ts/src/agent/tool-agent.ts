/** The tools of an agent: those its model may ask for, and those it runs. Specification chapter 11, sections 2 and 4. */
import {
  argumentCheck,
  checkToolName,
  ToolSignatures,
  type ApprovalAnswer,
  type ApprovalQuestion,
  type SignatureOptions,
  type ToolSignature,
  type ToolStyle,
} from "../tool/index.js";
import { AutogenError } from "../run/index.js";
import type { Agent } from "../chat/index.js";
import { AgentMemory, type MemoryOptions, type MemoryState } from "./agent-memory.js";
import type { CallRunner } from "./contract.js";
import { OpenApprovals } from "./open-approvals.js";
import { PausedAnswers } from "./paused-answers.js";
import { toolOf, type RegisteredFunction, type RegisterOptions } from "./registered-function.js";
import {
  resolveToolExecution,
  type RunnableTool,
  type ToolExecution,
  type ToolExecutionOptions,
  type ToolFunction,
} from "./tool-settings.js";

export type { RegisteredFunction, RegisterOptions } from "./registered-function.js";

export interface ToolAgentOptions extends MemoryOptions {
  readonly functions: Readonly<Record<string, ToolFunction>>;
  /** Signatures that the model settings came with; null for an agent without a model. */
  readonly signatures: SignatureOptions | null;
  readonly execution: ToolExecutionOptions | undefined;
}

/** An agent's memory, and its tools. */
export class ToolAgent extends AgentMemory {
  /** Implementations of tools, by name. */
  readonly functionMap: Map<string, ToolFunction>;
  readonly toolExecution: ToolExecution;
  /** Calls that wait for a word of somebody. */
  readonly approvals: OpenApprovals = new OpenApprovals();
  /** Answers that wait for approvals in chats inside of them. */
  readonly paused: PausedAnswers = new PausedAnswers();
  readonly #signatures: ToolSignatures | null;
  /** What is known of implementations that were registered as tools. */
  readonly #tools = new Map<string, RunnableTool>();
  #notices: readonly string[] = [];
  #callRunner: CallRunner | undefined;

  constructor({ functions, signatures, execution, ...memory }: ToolAgentOptions) {
    super(memory);
    for (const name of Object.keys(functions)) checkToolName(name);
    this.functionMap = new Map(Object.entries(functions));
    this.toolExecution = resolveToolExecution(memory.name, execution);
    this.#signatures = signatures === null ? null : new ToolSignatures(signatures);
  }

  /** What the requests of this agent's model say about tools. */
  get toolOptions(): SignatureOptions {
    return this.#signatures?.options ?? {};
  }

  /**
   * Tells the model of this agent about a tool, or about a function. What is said of a function is remembered for
   * its next registration. Without either: gives a function that registers what it is called with.
   *
   * @returns what was registered
   * @throws AutogenError `no-model` for an agent without one; `invalid-option` when a function has no description yet
   */
  registerForLlm<T extends RegisteredFunction>(tool: T, options?: RegisterOptions): T;
  registerForLlm(options: RegisterOptions): <T extends RegisteredFunction>(tool: T) => T;
  registerForLlm(given: RegisteredFunction | RegisterOptions, options: RegisterOptions = {}): unknown {
    if (isOptions(given)) return (tool: RegisteredFunction) => this.registerForLlm(tool, given);
    const { apiStyle = "tool" } = options;
    if (apiStyle !== "tool" && apiStyle !== "function") {
      throw new AutogenError("invalid-option", `\`apiStyle\` is ${JSON.stringify(apiStyle)}. Pass "tool" or "function".`);
    }
    const signatures = this.#withModel();
    const { name, description, parameters } = toolOf(given, options, true);
    signatures.add(apiStyle, { description, name, parameters });
    return given;
  }

  /** Lets this agent run a tool, or a function; named and returned as by `registerForLlm`. */
  registerForExecution<T extends RegisteredFunction>(tool: T, options?: Pick<RegisterOptions, "name">): T;
  registerForExecution(options: Pick<RegisterOptions, "name">): <T extends RegisteredFunction>(tool: T) => T;
  registerForExecution(given: RegisteredFunction | Pick<RegisterOptions, "name">, options: RegisterOptions = {}): unknown {
    if (isOptions(given)) return (tool: RegisteredFunction) => this.registerForExecution(tool, given);
    const tool = toolOf(given, options, false);
    const execute = tool.execute as ToolFunction; // The context of a call has all that a tool may ask for.
    this.registerFunctionMap({ [tool.name]: execute });
    if (tool.described) this.#tools.set(tool.name, { execute, settings: tool, check: argumentCheck(tool) });
    return given;
  }

  /**
   * Adds implementations of tools; null takes one away. Nothing is known of their arguments, so these are not checked.
   *
   * @throws AutogenError `invalid-option` for an illegal name, or what is no function
   */
  registerFunctionMap(functions: Readonly<Record<string, ToolFunction | null>>): void {
    for (const [name, implementation] of Object.entries(functions)) {
      checkToolName(name);
      const before = this.functionMap.get(name);
      if (implementation === null) {
        if (!this.functionMap.delete(name))
          this.#notice(`The function \`${name}\` of agent \`${this.name}\` is not there to be removed.`);
      } else if (typeof implementation === "function") {
        if (before !== undefined && before !== implementation) {
          this.#notice(`The function \`${name}\` of agent \`${this.name}\` is being overridden.`);
        }
        this.functionMap.set(name, implementation);
      } else {
        throw new AutogenError("invalid-option", `The implementation of \`${name}\` for agent \`${this.name}\` is no function.`);
      }
    }
  }

  /** Whether all of these tools can be run by this agent. */
  canExecuteFunction(names: string | readonly string[]): boolean {
    return (typeof names === "string" ? [names] : names).every((name) => this.functionMap.has(name));
  }

  /** What runs under a name. `functionMap` is open to everybody, so what is known of another implementation does not count. */
  toolNamed(name: string): RunnableTool | undefined {
    const execute = this.functionMap.get(name);
    if (execute === undefined) return undefined;
    const known = this.#tools.get(name);
    return known?.execute === execute ? known : { execute, settings: {}, check: null };
  }

  async callRunner(): Promise<CallRunner> {
    return (this.#callRunner ??= (await import("./tool-calls/index.js")).runCalls);
  }

  // Approvals.

  /** Calls of tools that wait for an answer, the oldest first. */
  get pendingApprovals(): readonly ApprovalQuestion[] {
    return this.approvals.questions;
  }

  /**
   * Answers a question of `pendingApprovals` or of an event `approval.ask`. The first answer counts.
   *
   * @returns false when no such question waits
   */
  answerApproval(id: string, answer: ApprovalAnswer): boolean {
    return this.approvals.answer(id, answer);
  }

  // Signatures.

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
    const notices = this.#notices;
    if (notices.length > 0) this.#notices = [];
    return [...notices, ...(this.#signatures?.takeNotices() ?? [])];
  }

  /** The implementations of another agent. */
  protected copyTools(other: ToolAgent): void {
    for (const [name, implementation] of other.functionMap) this.functionMap.set(name, implementation);
    for (const [name, tool] of other.#tools) this.#tools.set(name, tool);
  }

  /** With the history go the questions that calls in it are waiting for. */
  override clearHistory(peer?: Agent | null, preserve?: number | null): void {
    super.clearHistory(peer, preserve);
    if (peer == null && preserve != null) return;
    this.approvals.clear(peer?.name);
    this.paused.clear(peer?.name);
  }

  /** Whether a call of `peer` waits for its approval, or an answer to `peer` for chats inside of it. */
  isPausedFor({ name }: Agent): boolean {
    return this.paused.has(name) || this.approvals.concern(name);
  }

  protected override exportMemory(): MemoryState {
    return { ...super.exportMemory(), approvals: this.approvals.export(), paused: this.paused.export() };
  }

  protected override importMemory(memory: MemoryState): void {
    super.importMemory(memory);
    this.approvals.import(memory.approvals);
    this.paused.import(memory.paused);
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

  #notice(text: string): void {
    this.#notices = [...this.#notices, text];
  }

  #withModel(): ToolSignatures {
    if (this.#signatures !== null) return this.#signatures;
    throw new AutogenError(
      "no-model",
      `Agent \`${this.name}\` has no model that could be told about a tool. Pass \`llmConfig\`.`,
    );
  }
}

const isOptions = <T extends RegisterOptions>(given: RegisteredFunction | T): given is T =>
  typeof given === "object" && given !== null && !("execute" in given);

const isEntry = (value: unknown): value is { readonly function: unknown } =>
  typeof value === "object" && value !== null && "function" in value;

function nameOf(signature: unknown): string {
  if (typeof signature === "string") return signature;
  if (isEntry(signature)) return nameOf(signature.function);
  if (typeof signature === "object" && signature !== null && "name" in signature) return nameOf(signature.name);
  throw new AutogenError("invalid-option", "To remove a tool, pass its name.");
}

/** Registers both halves of a tool: the signature with one agent, the implementation with another. */
export function registerFunction<T extends RegisteredFunction>(
  tool: T,
  { caller, executor, ...options }: RegisterOptions & { readonly caller: ToolAgent; readonly executor: ToolAgent },
): T {
  caller.registerForLlm(tool, options);
  return executor.registerForExecution(tool, options);
}
