/** The tools of one server as agents have them, over all changes of the server's list. */
import type { Tool as ServerTool } from "@modelcontextprotocol/client";
import { AutogenError, defineTool, type ContentPart, type ConversableAgent, type Json, type Run, type Tool } from "../../core.js";
import type { McpOptions, ResolvedSettings } from "./options.js";
import { driftText, Pinning } from "./pinning.js";
import { driftOf, type McpDrift, type McpPins } from "./pins.js";
import type { McpToolInfo } from "./tool-info.js";
import { readToolList, type ListedTool } from "./tool-list.js";

/** What a tool is told besides its arguments; the context of agents' calls has all of it. */
export interface McpCallContext {
  readonly signal?: AbortSignal;
  readonly run?: Run;
  /** Named in progress events. */
  readonly agent?: { readonly name: string };
  readonly toolCallId?: string;
}

/** Arguments of a call, checked by the server. */
export type McpArguments = Readonly<Record<string, Json>>;

/** Calls a tool; gives what the model reads, throws what it is to read as an error. */
export type McpExecute = (args: McpArguments, context?: McpCallContext) => Promise<string | readonly ContentPart[]>;

/** A tool of a server as one of an agent: for `registerFunction`, `registerForLlm` and `registerForExecution`. */
export interface McpTool extends Tool<McpExecute> {
  readonly mcp: McpToolInfo;
}

/** The agents that tools are registered with. */
export interface McpRegistration {
  readonly caller: Pick<ConversableAgent, "registerForLlm" | "updateToolSignature">;
  readonly executor: Pick<ConversableAgent, "registerForExecution" | "registerFunctionMap">;
}

/** What a set needs of its connection. */
export interface ToolSetParts {
  readonly call: (info: McpToolInfo, args: McpArguments, context: McpCallContext) => ReturnType<McpExecute>;
  readonly warn: (code: string, text: string) => void;
}

export class ToolSet {
  readonly #settings: ResolvedSettings;
  readonly #options: McpOptions;
  readonly #parts: ToolSetParts;
  readonly #pinning: Pinning;
  readonly #registrations = new Set<McpRegistration>();
  #tools: readonly McpTool[] | null = null;

  constructor(options: McpOptions, settings: ResolvedSettings, parts: ToolSetParts) {
    this.#options = options;
    this.#settings = settings;
    this.#parts = parts;
    this.#pinning = new Pinning(settings.name, settings.onDrift, options.pins);
  }

  get tools(): readonly McpTool[] {
    return this.#tools ?? [];
  }

  get pins(): McpPins {
    return this.#pinning.current;
  }

  pin(): McpPins {
    return this.#pinning.pin();
  }

  /** Takes a list of the server. @throws AutogenError when it is refused */
  take(given: readonly ServerTool[]): void {
    const { name: server, limits } = this.#settings;
    const { filter = () => true, describe } = this.#options;
    const { tools, warnings } = readToolList(given, {
      server,
      limits,
      filter: (tool) => this.#pinning.allows(tool.originalName) && filter(tool),
      ...(describe === undefined ? {} : { describe }),
      onPins: (found) => this.#look(found),
    });
    for (const { code, text } of warnings) this.#parts.warn(code, text);
    const before = this.#tools;
    this.#tools = tools.flatMap((tool) => this.#offer(tool) ?? []);
    if (before !== null) this.#tellOfChange(before, this.#tools);
  }

  register(registration: McpRegistration): () => void {
    for (const tool of this.tools) registerBoth(registration, tool);
    this.#registrations.add(registration);
    return () => void this.#registrations.delete(registration);
  }

  #look(pins: McpPins): void {
    const drift = this.#pinning.take(pins);
    if (drift !== null) this.#parts.warn("drift", driftText(this.#settings.name, drift));
  }

  /** null for a schema that no tool can have, for example with references that lead nowhere. */
  #offer({ info, parameters }: ListedTool): McpTool | null {
    const execute: McpExecute = async (args, context = {}) => {
      this.#check(info);
      return await this.#parts.call(info, args, context);
    };
    try {
      return { ...defineTool({ name: info.name, description: info.description, parameters, execute }), execute, mcp: info };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#parts.warn("tool-left-out", `A tool of the MCP server \`${info.server}\` is left out: ${reason}`);
      return null;
    }
  }

  /** An agent may still hold a tool that the server has changed or taken away. */
  #check({ name, originalName }: McpToolInfo): void {
    if (this.tools.some(({ mcp }) => mcp.originalName === originalName)) return;
    const why = this.#pinning.allows(originalName) ? "is not offered any more" : "is not what it was when it was looked at";
    throw new AutogenError("mcp-failed", `The tool \`${name}\` ${why}, so it was not called.`);
  }

  #tellOfChange(before: readonly McpTool[], now: readonly McpTool[]): void {
    const drift = driftOf(pinsOf(before), pinsOf(now));
    if (drift === null) return;
    for (const registration of this.#registrations) update(registration, before, now);
    try {
      this.#options.onToolsChanged?.(drift);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#parts.warn("callback-failed", `\`onToolsChanged\` of the MCP server \`${this.#settings.name}\` threw: ${reason}`);
    }
  }
}

const pinsOf = (tools: readonly McpTool[]): McpPins => Object.fromEntries(tools.map(({ name, mcp }) => [name, mcp.pin]));

function registerBoth({ caller, executor }: McpRegistration, tool: McpTool): void {
  caller.registerForLlm(tool);
  executor.registerForExecution(tool);
}

function update({ caller, executor }: McpRegistration, before: readonly McpTool[], now: readonly McpTool[]): void {
  const { added, changed, removed }: McpDrift = driftOf(pinsOf(before), pinsOf(now)) ?? { added: [], changed: [], removed: [] };
  for (const name of [...removed, ...changed]) {
    caller.updateToolSignature(name, true);
    executor.registerFunctionMap({ [name]: null });
  }
  for (const tool of now) if (added.includes(tool.name) || changed.includes(tool.name)) registerBoth({ caller, executor }, tool);
}
