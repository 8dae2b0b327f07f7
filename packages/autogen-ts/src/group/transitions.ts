/** Who may speak after whom in a group: the table made from the options, and its checks. Specification chapter 12, section 2.1. */
import type { Agent } from "../chat/index.js";
import { AutogenError } from "../run/index.js";
import { checkGraphValidity, isAgent, type GraphWarning } from "./graph/check-graph.js";
import { invertDisallowedToAllowed, type TransitionTable } from "./graph/transition-table.js";

/** The same table by names: `{ triage: ["doctor"], doctor: [] }`. Names that are literal types are checked by the compiler. */
export type NamedTransitions<Name extends string = string> = { readonly [From in Name]?: readonly Name[] };

/** Whether a table says who may follow, or who may not; any case. */
export type TransitionsType = "allowed" | "disallowed";

/** What users say about the order of speakers. */
export interface TransitionOptions<A extends Agent = Agent> {
  /** Whether one may speak twice in a row: all, none, or those listed. Not together with transitions. @default true */
  readonly allowRepeatSpeaker?: boolean | readonly A[] | null;
  /** For an agent, those who may, or may not, speak after it. */
  readonly allowedOrDisallowedSpeakerTransitions?: TransitionTable<A> | NamedTransitions<A["name"]> | null;
  /** Which of the two; required with transitions. */
  readonly speakerTransitionsType?: TransitionsType | Uppercase<TransitionsType> | Capitalize<TransitionsType> | null;
}

const TYPES: readonly string[] = ["allowed", "disallowed"] satisfies readonly TransitionsType[];

/** Who may follow whom among fixed agents. */
export class SpeakerTransitions<A extends Agent = Agent> {
  /** Those who may speak after an agent. One that is no key, or has an empty list, is followed by nobody (D12-4). */
  readonly allowed: TransitionTable<A>;
  /** Whether users gave transitions; otherwise the table follows from `allowRepeatSpeaker`. */
  readonly given: boolean;
  /** What is probably a mistake in the given transitions. */
  readonly warnings: readonly GraphWarning[];
  readonly #agents: readonly A[];
  readonly #members: ReadonlySet<Agent>;

  /** @throws AutogenError `invalid-option` for options that contradict each other, and for tables that do not fit `agents` */
  constructor(agents: readonly A[], options: TransitionOptions<A> = {}) {
    this.#agents = [...agents];
    this.#members = new Set<Agent>(agents);
    const { allowRepeatSpeaker: repeat = null, allowedOrDisallowedSpeakerTransitions: given = null } = options;
    const type = typeOf(options.speakerTransitionsType ?? null);
    this.given = given !== null;
    if (given === null) {
      this.allowed = everybody(agents, repeatersOf(repeat, agents));
      this.warnings = [];
      return;
    }
    if (repeat !== null) throw both();
    if (type === null) throw typeMissing();
    const table = given instanceof Map ? given : fromNames(given, agents);
    const warnings = checkGraphValidity(table, agents);
    // Errors are told of the table as users know it, warnings of the one that holds.
    this.allowed = type === "allowed" ? copyOf(table) : invertDisallowedToAllowed(table, agents);
    this.warnings = type === "allowed" ? warnings : checkGraphValidity(this.allowed, agents);
  }

  /**
   * Those who may speak after `from`, in the order of the table: nobody for a participant without an entry, all
   * participants for somebody from outside the group. May list agents that take no part (see `warnings`).
   */
  allowedNext(from: Agent): readonly A[] {
    if (!this.#members.has(from)) return this.#agents;
    // A participant is an A: that is what the constructor was given.
    return this.allowed.get(from as A) ?? [];
  }
}

const copyOf = <A extends Agent>(table: TransitionTable<A>): TransitionTable<A> =>
  new Map([...table].map(([from, next]) => [from, [...next]]));

/** Everybody else, in order; itself last, where it may repeat. */
function everybody<A extends Agent>(agents: readonly A[], repeaters: ReadonlySet<A>): TransitionTable<A> {
  return new Map(
    agents.map((agent) => {
      const others = agents.filter((other) => other !== agent);
      return [agent, repeaters.has(agent) ? [...others, agent] : others];
    }),
  );
}

function repeatersOf<A extends Agent>(repeat: boolean | readonly A[] | null, agents: readonly A[]): ReadonlySet<A> {
  if (repeat === null || repeat === true) return new Set(agents);
  if (repeat === false) return new Set();
  if (!Array.isArray(repeat)) {
    throw new AutogenError(
      "invalid-option",
      "`allowRepeatSpeaker` is neither a boolean nor a list. Pass true, false, or a list of agents.",
    );
  }
  for (const one of repeat as readonly A[]) {
    if (agents.includes(one)) continue;
    const name = isAgent(one) ? `agent \`${one.name}\`, which takes no part in the group` : "something that is no agent";
    throw new AutogenError("invalid-option", `\`allowRepeatSpeaker\` lists ${name}. List agents of the group.`);
  }
  return new Set(repeat as readonly A[]);
}

/** @throws AutogenError `invalid-option` naming those that are nobody's name */
function fromNames<A extends Agent>(given: unknown, agents: readonly A[]): Map<A, A[]> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new AutogenError(
      "invalid-option",
      "`allowedOrDisallowedSpeakerTransitions` is no table. Pass a Map from agents to lists of agents, or an object from names to lists of names.",
    );
  }
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  const agent = (name: unknown): A => {
    const found = typeof name === "string" ? byName.get(name) : undefined;
    if (found !== undefined) return found;
    const known = [...byName.keys()].map((one) => `\`${one}\``).join(", ");
    throw new AutogenError(
      "invalid-option",
      `The transitions name \`${String(name)}\`, but the participants are ${known}. Correct the name.`,
    );
  };
  return new Map(
    Object.entries(given).map(([from, next]: [string, unknown]) => {
      if (Array.isArray(next)) return [agent(from), next.map(agent)];
      const message = `What follows \`${from}\` in the transitions is no list. Pass a list of names, \`[]\` for nobody.`;
      throw new AutogenError("invalid-option", message);
    }),
  );
}

function typeOf(given: string | null): TransitionsType | null {
  const type = typeof given === "string" ? given.toLowerCase() : given;
  if (type === null) return null;
  if (TYPES.includes(type)) return type as TransitionsType;
  throw new AutogenError(
    "invalid-option",
    `\`speakerTransitionsType\` is ${JSON.stringify(given)}. Pass "allowed" or "disallowed".`,
  );
}

const typeMissing = (): AutogenError =>
  new AutogenError(
    "invalid-option",
    '`allowedOrDisallowedSpeakerTransitions` is given without its type. Add `speakerTransitionsType: "allowed"` or `"disallowed"`.',
  );

const both = (): AutogenError =>
  new AutogenError(
    "invalid-option",
    "`allowRepeatSpeaker` and `allowedOrDisallowedSpeakerTransitions` are both given. Keep one: in transitions, list an agent after itself to let it repeat.",
  );
