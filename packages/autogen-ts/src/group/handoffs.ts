/** Passing the turn: by tools of the model, by conditions, and by rules for the end of a turn. */
import { contentText, toolCallsOf, type Message, type ToolCall } from "../message/index.js";
import type { ToolEntry } from "../tool/index.js";
import { AutogenError } from "../run/index.js";
import type { Agent } from "../chat/index.js";
import { normalizeName, type ContextVariables } from "../agent/index.js";

/** A participant, or one of: once more (`stay`), back to who passed the turn on (`return`), the end of the run (`terminate`). */
export type TurnTarget<Name extends string = string> = Name | "stay" | "return" | "terminate";

/** What a condition looks at. */
export interface HandoffState {
  readonly speaker: Agent;
  /** What it just said. */
  readonly message: Message;
  readonly variables: ContextVariables;
}

/**
 * A text that the message contains (or a pattern that it matches), a context variable that is set to something that
 * counts as true (or to this value), or a function.
 */
export type HandoffCondition =
  | { readonly text: string | RegExp }
  | { readonly variable: string; readonly is?: boolean | number | string }
  | ((state: HandoffState) => boolean | Promise<boolean>);

/** One way in which an agent passes the turn on. */
export interface Handoff<Name extends string = string> {
  readonly to: TurnTarget<Name>;
  /** Looked at after each message of the agent; absent: its model decides, by the tool `transfer_to_<to>`. */
  readonly when?: HandoffCondition;
  /** Tells the model when to call the tool. @default the description of the agent that takes over */
  readonly description?: string;
}

/** Handoffs by the name of the agent that passes the turn on. */
export type HandoffTable<Name extends string = string> = { readonly [From in Name]?: readonly Handoff<Name>[] };
/** What happens after a turn when no handoff does, by the name of the agent; absent: the method of the group decides. */
export type AfterTurnTable<Name extends string = string> = { readonly [From in Name]?: TurnTarget<Name> };

/** How the turn is passed on beside the method of selection. */
export interface HandoffOptions<Name extends string = string> {
  /** @default none */
  readonly handoffs?: HandoffTable<Name> | null;
  /** @default the method of the group decides */
  readonly afterTurn?: AfterTurnTable<Name> | null;
}

const WORDS: readonly string[] = ["stay", "return", "terminate"];
const PREFIX = "transfer_to_";

interface HandoffTool {
  readonly name: string;
  readonly to: string;
  readonly entry: ToolEntry;
}

/** The handoffs of a group, checked. */
export class Handoffs {
  readonly #conditions = new Map<string, readonly Handoff[]>();
  readonly #tools = new Map<string, readonly HandoffTool[]>();
  readonly #after = new Map<string, string>();
  readonly #toolNames = new Set<string>();

  /** @throws AutogenError `invalid-option` for strangers and conditions of another kind */
  constructor(agents: readonly Agent[], { handoffs, afterTurn }: HandoffOptions) {
    const known = new Map(agents.map((agent) => [agent.name, agent]));
    if (handoffs != null || afterTurn != null) checkWords(known);
    for (const [from, list] of Object.entries(handoffs ?? {})) {
      checkName(from, "handoffs", known);
      if (!Array.isArray(list))
        throw new AutogenError("invalid-option", `\`handoffs.${from}\` is no list. Pass a list of handoffs.`);
      const all = list as readonly Handoff[];
      for (const handoff of all) checkHandoff(from, handoff, known);
      const tools = all.filter(({ when }) => when === undefined).map((handoff) => toolOf(handoff, known.get(handoff.to)));
      checkToolNames(from, tools);
      this.#conditions.set(
        from,
        all.filter(({ when }) => when !== undefined),
      );
      this.#tools.set(from, tools);
      for (const { name } of tools) this.#toolNames.add(name);
    }
    for (const [from, to] of Object.entries(afterTurn ?? {})) {
      checkName(from, "afterTurn", known);
      if (!WORDS.includes(String(to))) checkName(String(to), `afterTurn.${from}`, known);
      this.#after.set(from, String(to));
    }
  }

  /** Whether a group has any. */
  get some(): boolean {
    return this.#conditions.size + this.#after.size > 0;
  }

  /** What the model of this agent is told. */
  signaturesFor(agent: string): readonly ToolEntry[] {
    return (this.#tools.get(agent) ?? []).map(({ entry }) => entry);
  }

  /** Where a tool of this agent leads; undefined for a tool that it was not offered. */
  targetOf(agent: string, tool: string): string | undefined {
    return this.#tools.get(agent)?.find(({ name }) => name === tool)?.to;
  }

  isTool(name: string): boolean {
    return this.#toolNames.has(name);
  }

  /** Whether all that the message calls is handoffs. */
  onlyHandsOff(message: Message): boolean {
    const calls: readonly Partial<ToolCall>[] = toolCallsOf(message);
    // Written by a model: any part may be missing.
    return (
      calls.length > 0 &&
      calls.every(({ function: called }) => this.isTool((called as { name?: string } | undefined)?.name ?? ""))
    );
  }

  /** Where the first condition that holds leads; else where the end of the turn does; null: nowhere in particular. */
  async afterMessage(state: HandoffState): Promise<string | null> {
    for (const { to, when } of this.#conditions.get(state.speaker.name) ?? []) {
      if (when !== undefined && (await holds(when, state))) return to;
    }
    return this.#after.get(state.speaker.name) ?? null;
  }
}

async function holds(condition: HandoffCondition, state: HandoffState): Promise<boolean> {
  if (typeof condition === "function") return await condition(state);
  if ("text" in condition) {
    const said = contentText(state.message.content);
    // A pattern with the flag `g` would go on where it stopped the last time.
    return typeof condition.text === "string" ? said.includes(condition.text) : said.search(condition.text) !== -1;
  }
  const value = state.variables.get(condition.variable);
  return condition.is === undefined ? Boolean(value) : value === condition.is;
}

function toolOf({ to, description }: Handoff, agent: Agent | undefined): HandoffTool {
  const name = normalizeName(`${PREFIX}${to}`);
  const why = description ?? defaultDescription(to, agent);
  return {
    name,
    to,
    entry: { type: "function", function: { name, description: why, parameters: { type: "object", properties: {} } } },
  };
}

function defaultDescription(to: string, agent: Agent | undefined): string {
  if (agent !== undefined) return `Pass the turn to ${to}. ${agent.description ?? ""}`.trim();
  if (to === "terminate") return "End the conversation of the group.";
  return to === "return" ? "Pass the turn back to the one who passed it to you." : "Take another turn.";
}

/** Endpoints refuse two tools of one name. */
function checkToolNames(from: string, tools: readonly HandoffTool[]): void {
  for (const [index, { name, to }] of tools.entries()) {
    const before = tools.slice(0, index).find((other) => other.name === name);
    if (before === undefined) continue;
    throw new AutogenError(
      "invalid-option",
      before.to === to
        ? `\`handoffs.${from}\` leads to \`${to}\` twice without a condition. Leave one out.`
        : `The handoffs from \`${from}\` to \`${before.to}\` and to \`${to}\` would both be the tool \`${name}\`. Give one of the agents another name.`,
    );
  }
}

function checkWords(known: ReadonlyMap<string, Agent>): void {
  const taken = WORDS.find((word) => known.has(word));
  if (taken === undefined) return;
  throw new AutogenError(
    "invalid-option",
    `A participant is called \`${taken}\`, which means something else in handoffs. Give it another name.`,
  );
}

function checkHandoff(from: string, handoff: unknown, known: ReadonlyMap<string, Agent>): void {
  const { to, when } = (handoff ?? {}) as { readonly to?: unknown; readonly when?: unknown };
  if (typeof to !== "string")
    throw new AutogenError("invalid-option", `A handoff of \`${from}\` says not where \`to\`. Pass a name.`);
  if (!WORDS.includes(to)) checkName(to, `handoffs.${from}`, known);
  const isObject = typeof when === "object" && when !== null && ("text" in when || "variable" in when);
  if (when === undefined || typeof when === "function" || isObject) return;
  throw new AutogenError(
    "invalid-option",
    `The condition of the handoff from \`${from}\` to \`${to}\` is of no known kind. Pass \`{ text }\`, \`{ variable }\`, or a function.`,
  );
}

function checkName(name: string, place: string, known: ReadonlyMap<string, Agent>): void {
  if (known.has(name)) return;
  throw new AutogenError(
    "invalid-option",
    `\`${place}\` of a group chat names \`${name}\`, which takes no part. The participants are ${[...known.keys()].map((one) => `\`${one}\``).join(", ")}.`,
  );
}
