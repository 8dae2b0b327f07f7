/** Going on with a saved group chat. Specification chapter 12, section 10. */
import { readMessage, toolCallsOf, functionCallOf, type Message, type MessageDraft } from "../message/index.js";
import { AutogenError, type Run } from "../run/index.js";
import type { Agent } from "../chat/index.js";
import type { ReplyingAgent } from "../agent/index.js";
import { broadcast } from "./broadcast.js";
import type { Group } from "./contract.js";
import { messagesFromString } from "./messages-from-string.js";
import type { GroupLeader } from "./run.js";

/** How saved messages are taken up again. */
export interface ResumeOptions {
  /** Taken out of the last message, so that it does not end the chat at once; a function maps its text. */
  readonly removeTerminationString?: string | ((text: string) => string) | null;
  /** @default false */
  readonly silent?: boolean;
  /** The run that this is a part of; without it a run of its own is started. */
  readonly run?: Run;
}

/** Who goes on, with what: `lastAgent.initiateChat(manager, { message: lastMessage, clearHistory: false })`. */
export interface Resumed {
  readonly lastAgent: ReplyingAgent;
  /** Not stored yet. */
  readonly lastMessage: Message;
}

export interface ResumeRequest {
  readonly leader: GroupLeader & { clearHistory(): void };
  readonly group: Group;
  readonly messages: unknown;
  readonly options: ResumeOptions;
}

/** Nothing is cleared before the messages are found to be in order. */
export async function resumeGroup({ leader, group, messages, options }: ResumeRequest, run: Run): Promise<Resumed> {
  const saved = messagesOf(messages).map((message) => withSpeaker(message, leader));
  const speakers = speakersOf(saved, { leader, group });
  const last = saved.at(-1);
  if (last === undefined) throw refused("there is no message in them");
  const lastAgent = speakers.get(last.name ?? "") ?? leader;
  if (!starts(lastAgent)) throw refused(`\`${lastAgent.name}\`, who speaks last, cannot start a chat`);
  leader.clearHistory();
  for (const agent of group.agents) if (forgets(agent)) agent.clearHistory();
  group.reset();
  for (const message of saved.slice(0, -1)) {
    const speaker = speakers.get(message.name ?? "") ?? leader;
    await restore(message, speaker, { leader, group }, run);
  }
  warnOfOpenCalls(saved, leader, run);
  const lastMessage = withoutTermination(last, options.removeTerminationString ?? null);
  if (await leader.isTermination(lastMessage, { sender: lastAgent, run })) {
    run.warn(
      "resumed-at-end",
      `The last of the messages resumed by \`${leader.name}\` ends the chat. Pass \`removeTerminationString\` to go on.`,
    );
  }
  run.emit({ type: "group.resumed", group: leader.name, messages: saved.length, lastSpeaker: lastAgent.name });
  return { lastAgent, lastMessage };
}

/** Models refuse a conversation with a call that nobody answered; the last message is answered by the chat that goes on. */
function warnOfOpenCalls(messages: readonly Message[], leader: Agent, run: Run): void {
  const answered = new Set(messages.flatMap(answeredBy));
  const open = messages
    .slice(0, -1)
    .flatMap(toolCallsOf)
    .filter(({ id }) => !answered.has(id));
  if (open.length === 0) return;
  run.warn(
    "resumed-open-calls",
    `Calls in the messages resumed by \`${leader.name}\` have no answer (${open.map(({ id }) => `\`${id}\``).join(", ")}), which models refuse. Add the messages with the answers, or take the calls out.`,
  );
}

const answeredBy = (message: Message): readonly (string | null | undefined)[] =>
  message.role === "tool" ? [message.tool_call_id, ...(message.tool_responses ?? []).map(({ tool_call_id: id }) => id)] : [];

interface Parties {
  readonly leader: GroupLeader;
  readonly group: Group;
}

/** As if it had just been said: the speaker's own copy reads `assistant` (D12-13). */
async function restore(message: Message, speaker: Agent, { leader, group }: Parties, run: Run): Promise<void> {
  const stored = group.append(message, speaker);
  const own = group.agents.find((agent) => agent === speaker);
  if (own !== undefined && stores(own)) {
    leader.store(stored, own);
    own.store(ownWords(stored), leader);
  }
  await broadcast({ manager: leader, group, message: stored, to: group.agents.filter((agent) => agent !== own) }, run);
}

/** Answers of tools and functions keep their role; calls of one's own have no name. */
function ownWords(message: Message): Message {
  if (message.role === "tool" || message.role === "function") return message;
  const { name, ...rest } = message;
  const calls = toolCallsOf(message).length > 0 || functionCallOf(message) !== undefined;
  return Object.freeze({ ...rest, ...(calls || name === undefined ? {} : { name }), role: "assistant" });
}

function messagesOf(given: unknown): readonly Message[] {
  const list = typeof given === "string" ? messagesFromString(given) : given;
  if (!Array.isArray(list)) throw refused(`they are ${list === null ? "null" : `of type ${typeof list}`}, not a list`);
  return list.map((draft: unknown, index) => {
    // From a file: `readMessage` checks it.
    const message = readMessage(draft as MessageDraft);
    if (typeof message === "string") throw refused(`message ${String(index + 1)} is none: ${message}`);
    return message;
  });
}

function withSpeaker(message: Message, leader: Agent): Message {
  return message.name === undefined ? { ...message, name: leader.name } : message;
}

function speakersOf(messages: readonly Message[], { leader, group }: Parties): ReadonlyMap<string, Agent> {
  const known = new Map<string, Agent>([
    [group.adminName, leader],
    [leader.name, leader],
    ...group.agents.map((agent): [string, Agent] => [agent.name, agent]),
  ]);
  const strangers = [...new Set(messages.filter(({ role }) => role !== "function").map(({ name = "" }) => name))].filter(
    (name) => !known.has(name),
  );
  if (strangers.length > 0) {
    throw refused(
      `${strangers.map((name) => `\`${name}\``).join(", ")} ${strangers.length === 1 ? "speaks" : "speak"} in them but ${strangers.length === 1 ? "takes" : "take"} no part in the group of \`${leader.name}\``,
    );
  }
  return known;
}

function withoutTermination(message: Message, remove: NonNullable<ResumeOptions["removeTerminationString"]> | null): Message {
  if (remove === null || typeof message.content !== "string") return message;
  const content = typeof remove === "function" ? remove(message.content) : message.content.replaceAll(remove, "");
  return { ...message, content };
}

const refused = (why: string): AutogenError =>
  new AutogenError("invalid-option", `The messages to resume from cannot be used: ${why}.`);

const starts = (agent: Agent): agent is ReplyingAgent => "initiateChat" in agent;
const forgets = (agent: Agent): agent is Agent & { clearHistory(): void } => "clearHistory" in agent;
const stores = (agent: Agent): agent is Agent & { store(message: Message, peer: Agent): void } => "store" in agent;
