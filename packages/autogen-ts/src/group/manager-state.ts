/** What a manager saves beside its own memory: what was said in its group, and the values that the participants share. */
import type { Json, Message } from "../message/index.js";
import { checkedState, plainCopy, readStored, refusal, type AgentState } from "../agent/index.js";
import type { Group } from "./contract.js";
import { isPausedTalk, type PausedTalk } from "./paused-run.js";

/** What `saveState` of a manager gives and `loadState` takes. */
export interface ManagerState extends AgentState {
  readonly group: GroupState;
}

/** What was said in a group, and what its participants share. */
export interface GroupState {
  /** The transcript. */
  readonly messages: readonly Message[];
  /** Context variables, as they are now. */
  readonly variables: Readonly<Record<string, Json>>;
  /** Whether the participants were presented to each other (D12-8). */
  readonly introduced: boolean;
  /** A run that waits for an approval; absent when there is none. */
  readonly paused?: PausedTalk;
}

/** @throws AutogenError `invalid-state` when a message or a variable holds what JSON cannot */
export function managerState(
  own: AgentState,
  { messages, contextVariables }: Group,
  { introduced, paused }: { readonly introduced: boolean; readonly paused: PausedTalk | null },
): ManagerState {
  const state = { messages, variables: contextVariables.toJSON(), introduced, ...(paused === null ? {} : { paused }) };
  return { ...own, group: plainCopy(state, own.name) };
}

/** @throws AutogenError `invalid-state` for the state of another agent, without a group, or with a damaged one */
export function groupStateOf(name: string, saved: unknown): GroupState {
  const { group } = checkedState(name, saved) as { readonly group?: unknown };
  if (!isRecord(group)) throw refusal(name, "it has no `group`, so it is not the state of a manager");
  const { messages, variables, introduced, paused } = group;
  if (!Array.isArray(messages)) throw refusal(name, "the `messages` of its group are damaged");
  if (!isRecord(variables)) throw refusal(name, "the `variables` of its group are damaged");
  if (paused !== undefined && !isPausedTalk(paused)) throw refusal(name, "the `paused` run of its group is damaged");
  if (typeof introduced !== "boolean") throw refusal(name, "`introduced` of its group is neither true nor false");
  const read = messages.map((message: unknown) => readStored(name, message));
  // Only JSON is left after a copy.
  const values = plainCopy(variables, name) as Readonly<Record<string, Json>>;
  return { messages: read, variables: values, introduced, ...(paused === undefined ? {} : { paused }) };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
