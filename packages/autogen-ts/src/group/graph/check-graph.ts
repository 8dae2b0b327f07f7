/** Whether a transition table fits its agents. Specification chapter 12, section 12. */
import type { Agent } from "../../chat/index.js";
import { AutogenError } from "../../run/index.js";

/** What makes a table unusable. */
export type GraphErrorKind = "not-a-map" | "not-a-list" | "unknown-key" | "not-an-agent";

/** What is probably a mistake: nobody leads to or from an agent; agents with edges are not the participants; one is listed twice. */
export type GraphWarningKind = "isolated" | "mismatch" | "duplicates";

/** One finding: for programs, and in words. */
export interface GraphProblem<Kind extends string> {
  readonly kind: Kind;
  /** The names that it is about, in order of appearance, each once. */
  readonly agents: readonly string[];
  readonly text: string;
}

/** What makes a table unusable, in words. */
export type GraphError = GraphProblem<GraphErrorKind>;
/** What is probably a mistake, in words. */
export type GraphWarning = GraphProblem<GraphWarningKind>;

/** All that is wrong with a table; at most one warning of each kind. Warnings are looked for when there are no errors. */
export interface GraphReport {
  readonly errors: readonly GraphError[];
  readonly warnings: readonly GraphWarning[];
}

/**
 * Compares a transition table (a Map from agent to list of agents) with the participants. An agent in a list that takes
 * no part is a warning, as in the reference; as a key it is an error. Nothing is thrown.
 */
export function checkGraph(table: unknown, agents: readonly Agent[]): GraphReport {
  if (!(table instanceof Map)) {
    const text = "The transitions are no Map. Pass a Map from each agent to the list of agents that may follow it.";
    return { errors: [{ kind: "not-a-map", agents: [], text }], warnings: [] };
  }
  const entries: readonly (readonly [unknown, unknown])[] = [...table];
  const errors = errorsOf(entries, new Set(agents));
  if (errors.length > 0) return { errors, warnings: [] };
  // Without errors every key is a participant and every element of a list an agent.
  return { errors, warnings: warningsOf(entries as readonly (readonly [Agent, readonly Agent[]])[], agents) };
}

/**
 * The same for those who want to hear of errors at once.
 *
 * @returns the warnings
 * @throws AutogenError `invalid-option` with the text of every error
 */
export function checkGraphValidity(table: unknown, agents: readonly Agent[]): readonly GraphWarning[] {
  const { errors, warnings } = checkGraph(table, agents);
  if (errors.length > 0) throw new AutogenError("invalid-option", errors.map(({ text }) => text).join(" "));
  return warnings;
}

function errorsOf(entries: readonly (readonly [unknown, unknown])[], members: ReadonlySet<unknown>): GraphError[] {
  return entries.flatMap(([key, next]): GraphError[] => {
    const name = nameOf(key);
    if (!members.has(key)) {
      const text = `The transitions have an entry for \`${name}\`, which takes no part in the group. Add the agent to \`agents\`, or remove the entry.`;
      return [{ kind: "unknown-key", agents: [name], text }];
    }
    if (!Array.isArray(next)) {
      const text = `What follows \`${name}\` in the transitions is no list. Pass a list of agents, \`[]\` for nobody.`;
      return [{ kind: "not-a-list", agents: [name], text }];
    }
    const others = (next as readonly unknown[]).filter((one) => !isAgent(one)).map(nameOf);
    if (others.length === 0) return [];
    const text = `The list of those who follow \`${name}\` has ${listed(others)} in it, which is no agent. List the agents themselves.`;
    return [{ kind: "not-an-agent", agents: [name], text }];
  });
}

function warningsOf(entries: readonly (readonly [Agent, readonly Agent[]])[], agents: readonly Agent[]): GraphWarning[] {
  const ends = new Set<Agent>();
  for (const [from, next] of entries) if (next.length > 0) for (const one of [from, ...next]) ends.add(one);
  const isolated = names(agents.filter((agent) => !ends.has(agent)));
  const outside = names([...ends].filter((agent) => !agents.includes(agent)));
  const twice = names(entries.filter(([, next]) => new Set(next).size < next.length).map(([from]) => from));
  const warnings: GraphWarning[] = [];
  if (isolated.length > 0) {
    const text = `No transition leads to or from ${listed(isolated)}: it can neither be chosen nor pass the turn on.`;
    warnings.push({ kind: "isolated", agents: isolated, text });
  }
  if (isolated.length + outside.length > 0) {
    const who =
      outside.length > 0 ? `${listed(outside)} has transitions but takes no part` : `${listed(isolated)} has no transitions`;
    warnings.push({
      kind: "mismatch",
      agents: [...isolated, ...outside],
      text: `The agents of the transitions are not those of the group: ${who}.`,
    });
  }
  if (twice.length > 0) {
    const text = `An agent stands more than once in what follows ${listed(twice)}; once is enough.`;
    warnings.push({ kind: "duplicates", agents: twice, text });
  }
  return warnings;
}

/** A table comes from users; what stands in it may be anything. */
export function isAgent(value: unknown): value is Agent {
  if (typeof value !== "object" || value === null) return false;
  const { name, receive } = value as { readonly name?: unknown; readonly receive?: unknown };
  return typeof name === "string" && typeof receive === "function";
}

function nameOf(value: unknown): string {
  if (isAgent(value)) return value.name;
  return typeof value === "string" ? `"${value}"` : typeof value;
}

const names = (agents: readonly Agent[]): string[] => [...new Set(agents.map(({ name }) => name))];
const listed = (all: readonly string[]): string => all.map((name) => `\`${name}\``).join(", ");
