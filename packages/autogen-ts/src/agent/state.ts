/**
 * The memory of an agent as plain JSON, keyed by names, so that a chat can go on in another process. What is code
 * (reply functions, hooks, tools) is not part of it: make the agent as before, then load its state.
 */
import { readMessage, type ContentPart, type Json, type Message, type MessageDraft } from "../message/index.js";
import { AutogenError, isAutogenError } from "../run/index.js";
import { argumentsHash, isAnswer, type SavedApproval } from "../tool/index.js";
import type { Agent } from "../chat/index.js";
import type { MemoryState } from "./agent-memory.js";
import type { PausedAnswer } from "./paused-answers.js";

/** Version of the form; older ones are read for ever, newer ones are refused. */
export const STATE_FORMAT = 1;

/** What `saveState` gives and `loadState` takes. */
export interface AgentState {
  readonly format: typeof STATE_FORMAT;
  readonly name: string;
  readonly systemMessage: string | readonly ContentPart[];
  readonly description: string;
  /** Peer's name to messages. */
  readonly histories: Readonly<Record<string, readonly Message[]>>;
  /** Peer's name to the automatic answers given in a row. */
  readonly autoReplies: Readonly<Record<string, number>>;
  readonly maxConsecutiveAutoReply: number;
  /** Peer's name to a limit of its own. */
  readonly limits: Readonly<Record<string, number>>;
  /** Peer's name to whether it is answered unasked. */
  readonly repliesTo: Readonly<Record<string, boolean>>;
  readonly humanInputs: readonly string[];
  /** Calls that wait for approval; absent when there are none, and in files of older versions. */
  readonly approvals?: readonly SavedApproval[];
  /** Answers that wait for approvals in chats inside of them; absent when there are none. */
  readonly paused?: readonly PausedAnswer[];
}

/** @throws AutogenError `invalid-state` when two peers share a name, or a message holds what JSON cannot */
export function stateOf(
  agent: { readonly name: string; readonly systemMessage: string | readonly ContentPart[]; readonly description: string },
  memory: MemoryState,
): AgentState {
  const byName = <V>(values: ReadonlyMap<Agent, V>): Record<string, V> => keyedByName(agent.name, values);
  const state: AgentState = {
    format: STATE_FORMAT,
    name: agent.name,
    systemMessage: agent.systemMessage,
    description: agent.description,
    histories: byName(memory.histories),
    autoReplies: byName(memory.autoReplies),
    maxConsecutiveAutoReply: memory.maxConsecutiveAutoReply,
    limits: byName(memory.limits),
    repliesTo: byName(memory.repliesTo),
    humanInputs: memory.humanInputs,
    ...(memory.approvals.length === 0 ? {} : { approvals: memory.approvals }),
    ...(memory.paused.length === 0 ? {} : { paused: memory.paused }),
  };
  // A copy: what the agent says later must not change what was saved.
  return plainCopy(state, agent.name);
}

/**
 * @param peers the agents that the histories are with
 * @throws AutogenError `invalid-state` for a state of another agent or a newer version, a peer that is missing, or a damaged message
 */
export function memoryOf(
  name: string,
  state: unknown,
  peers: readonly Agent[],
): { readonly state: AgentState; readonly memory: MemoryState } {
  const checked = checkedState(name, state);
  const known = new Map(peers.map((peer) => [peer.name, peer]));
  const byPeer = <V, R>(values: Readonly<Record<string, V>>, read: (value: V) => R): Map<Agent, R> =>
    new Map(
      Object.entries(values).map(([peer, value]) => {
        const agent = known.get(peer);
        if (agent === undefined) throw refusal(name, `it has a history with \`${peer}\`, which is not among the \`peers\``);
        return [agent, read(value)];
      }),
    );
  const same = <V>(value: V): V => value;
  return {
    state: checked,
    memory: {
      histories: byPeer(checked.histories, (messages) => messages.map((message) => readStored(name, message))),
      autoReplies: byPeer(checked.autoReplies, same),
      maxConsecutiveAutoReply: checked.maxConsecutiveAutoReply,
      limits: byPeer(checked.limits, same),
      repliesTo: byPeer(checked.repliesTo, same),
      humanInputs: checked.humanInputs,
      approvals: approvalsOf(name, checked.approvals ?? []),
      paused: pausedOf(name, checked.paused ?? []),
    },
  };
}

/** @throws AutogenError `invalid-state` for what is no state of this agent, or of a newer version */
export function checkedState(name: string, state: unknown): AgentState {
  if (typeof state !== "object" || state === null) throw refusal(name, "it is no object");
  const { format, name: saved } = state as { readonly format?: Json; readonly name?: Json };
  if (typeof format === "number" && format > STATE_FORMAT) {
    throw refusal(
      name,
      `it has format ${String(format)}, which is newer than this version (${String(STATE_FORMAT)}). Update autogen-ts`,
    );
  }
  if (format !== STATE_FORMAT) throw refusal(name, "it is no state of an agent");
  if (saved !== name) throw refusal(name, `it is the state of \`${typeof saved === "string" ? saved : "?"}\``);
  const { histories, autoReplies, limits, repliesTo, humanInputs } = state as Partial<Record<keyof AgentState, unknown>>;
  for (const [key, value] of Object.entries({ histories, autoReplies, limits, repliesTo })) {
    if (typeof value !== "object" || value === null) throw refusal(name, `its \`${key}\` is damaged`);
  }
  if (!Object.values(histories as object).every(Array.isArray)) throw refusal(name, "its `histories` are damaged");
  if (!Array.isArray(humanInputs)) throw refusal(name, "its `humanInputs` is damaged");
  return state as AgentState;
}

/** What was shown to people must be what runs: the arguments of a question have to be those of its hash. */
function approvalsOf(name: string, saved: unknown): readonly SavedApproval[] {
  if (!Array.isArray(saved)) throw refusal(name, "its `approvals` are damaged");
  return saved.map((one: unknown) => {
    if (!isApproval(one)) throw refusal(name, "one of its `approvals` is damaged");
    const { tool, args, hash } = one.question;
    if (argumentsHash(tool, args) !== hash)
      throw refusal(name, `the arguments of a call of \`${tool}\` that waits for approval were changed`);
    return one;
  });
}

function isApproval(value: unknown): value is SavedApproval {
  if (typeof value !== "object" || value === null || !("question" in value)) return false;
  if ("answer" in value && !isAnswer(value.answer)) return false;
  const { id, agent, tool, hash, args } = (value.question ?? {}) as { readonly [key: string]: unknown };
  return [id, agent, tool, hash].every((text) => typeof text === "string") && typeof args === "object" && args !== null;
}

function pausedOf(name: string, saved: unknown): readonly PausedAnswer[] {
  if (Array.isArray(saved) && saved.every(isPaused)) return saved;
  throw refusal(name, "one of its `paused` answers is damaged");
}

function isPaused(value: unknown): value is PausedAnswer {
  const { sender, turn, by, openings, results } = (value ?? {}) as { readonly [key: string]: unknown };
  if (typeof turn !== "number" || typeof by !== "string" || (sender !== null && typeof sender !== "string")) return false;
  return Array.isArray(openings) && Array.isArray(results) && results.every(isHeld);
}

function isHeld(value: unknown): boolean {
  const { turns, isFinished } = (value ?? {}) as { readonly [key: string]: unknown };
  return typeof turns === "number" && typeof isFinished === "boolean";
}

/** @throws AutogenError `invalid-state` for what is no message; `name` is the agent that it was saved with */
export function readStored(name: string, saved: unknown): Message {
  // From a file: `readMessage` checks it.
  const message = readMessage(saved as MessageDraft);
  if (typeof message === "string") throw refusal(name, `a message in it is damaged: ${message}`);
  return message;
}

function keyedByName<V>(owner: string, values: ReadonlyMap<Agent, V>): Record<string, V> {
  const record: Record<string, V> = {};
  for (const [{ name }, value] of values) {
    if (Object.hasOwn(record, name)) {
      throw new AutogenError(
        "invalid-state",
        `The state of \`${owner}\` cannot be saved: it knows two agents called \`${name}\`. Give them different names.`,
      );
    }
    record[name] = value;
  }
  return record;
}

/** The same as it will be read from a file. @throws AutogenError `invalid-state` for what JSON cannot hold */
export function plainCopy<T>(state: T, owner: string): T {
  try {
    return JSON.parse(JSON.stringify(state, refuseCode(owner))) as T;
  } catch (error) {
    if (isAutogenError(error)) throw error;
    throw new AutogenError(
      "invalid-state",
      `The state of \`${owner}\` cannot be saved: a message holds what JSON cannot (${error instanceof Error ? error.message : "it threw"}). Look into the \`context\` of messages.`,
      { cause: error },
    );
  }
}

const refuseCode =
  (owner: string) =>
  (key: string, value: unknown): unknown => {
    if (typeof value !== "function") return value;
    throw new AutogenError(
      "invalid-state",
      `The state of \`${owner}\` cannot be saved: \`${key}\` of a message is a function. Send texts instead.`,
    );
  };

/** What is said of a state that cannot be loaded into this agent. */
export const refusal = (name: string, why: string): AutogenError =>
  new AutogenError("invalid-state", `The state for agent \`${name}\` cannot be loaded: ${why}.`);
