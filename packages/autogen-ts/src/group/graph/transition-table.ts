/** Who may speak after whom, as a table, and what can be said of it. Specification chapter 12, sections 2.1 and 12. */
import type { Agent } from "../../chat/index.js";

/** For an agent, those who may (or may not) speak after it, in order of preference. */
export type TransitionTable<A extends Agent = Agent> = ReadonlyMap<A, readonly A[]>;

/** Whether somebody may follow itself. */
export function hasSelfLoops(table: TransitionTable): boolean {
  return [...table].some(([agent, next]) => next.includes(agent));
}

/**
 * What is allowed when all is allowed but this.
 *
 * @returns an entry for every one of `agents`, in their order, itself included unless it is disallowed
 */
export function invertDisallowedToAllowed<A extends Agent>(disallowed: TransitionTable<A>, agents: readonly A[]): Map<A, A[]> {
  return new Map(
    agents.map((agent) => {
      const barred = new Set(disallowed.get(agent));
      return [agent, agents.filter((other) => !barred.has(other))];
    }),
  );
}
