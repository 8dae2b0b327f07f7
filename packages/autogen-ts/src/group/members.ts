/** Finding participants, also in groups inside of groups. Specification chapter 12, section 3. */
import { AutogenError } from "../run/index.js";
import type { Agent } from "../chat/index.js";
import type { Group } from "./contract.js";

/** Whether this takes part in the group itself. */
export const isMember = (group: { readonly agents: readonly Agent[] }, value: Agent): boolean => group.agents.includes(value);

/** A manager, recognised by the group that it leads. */
export function groupOf(agent: Agent): Group | null {
  if (!("groupChat" in agent)) return null;
  const { groupChat } = agent;
  return typeof groupChat === "object" && groupChat !== null && "agents" in groupChat ? (groupChat as Group) : null;
}

/** Participants, then those of nested managers, managers included. */
export function nestedAgents(group: Group): readonly Agent[] {
  const nested = group.agents.map(groupOf).filter((inner) => inner !== null);
  return [...group.agents, ...nested.flatMap(nestedAgents)];
}

/** @throws AutogenError `agent-name-conflict` when several have the name and `raiseOnNameConflict` is set */
export function agentByName(
  group: Group,
  name: string,
  { recursive = false, raiseOnNameConflict = false }: FindOptions = {},
): Agent | null {
  const found = (recursive ? nestedAgents(group) : group.agents).filter((agent) => agent.name === name);
  if (raiseOnNameConflict && found.length > 1) {
    throw new AutogenError("agent-name-conflict", `Several agents are called \`${name}\`. Give each a name of its own.`);
  }
  return found[0] ?? null;
}

/** How a participant is looked for. */
export interface FindOptions {
  /** Also among the participants of managers that take part. @default false */
  readonly recursive?: boolean;
  /** Refuse a name that several have. @default false */
  readonly raiseOnNameConflict?: boolean;
}
