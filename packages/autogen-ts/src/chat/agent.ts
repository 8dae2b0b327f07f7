/** What agents are to a chat. Specification chapter 10, section 1. */
import type { Message, MessageDraft, Reply } from "../message/index.js";
import type { OpenAIWrapper, ResponseCache } from "../model/index.js";
import type { SignatureOptions } from "../tool/index.js";
import type { Run, StopReason } from "../run/index.js";

/** Options of the public doors that belong to no message. */
export interface DoorOptions {
  /** The run that this is a part of; without it a run of its own is started. */
  readonly run?: Run;
}

/**
 * The least that a peer must be: a name and a door for messages. Such a peer answers by calling `receive` (or
 * `send`) of the other side itself.
 */
export interface Agent {
  readonly name: string;
  /** Used by group chats to choose a speaker. */
  readonly description?: string;
  /** true or false overrides the per-call value of `silent`. */
  readonly silent?: boolean | null;
  receive(
    message: string | MessageDraft,
    sender: Agent,
    requestReply?: boolean | null,
    silent?: boolean,
    options?: DoorOptions,
  ): Promise<void> | void;
}

/** What a turn gave: a reply, or null and why the agent says nothing. */
export interface TurnOutcome {
  readonly reply: Reply;
  readonly stopReason?: StopReason;
  /** The same in words. */
  readonly stopDetail?: string;
  /** The sender has heard an answer by other ways, as from a group: in a chat with turns, its next turn comes. @default false */
  readonly delivered?: boolean;
  /** With no reply: the whole chat ends, and with it groups that this turn is a part of, however deep inside. @default false */
  readonly endsChat?: boolean;
}

/** A message on its way to a peer. */
export interface Outgoing {
  readonly draft: string | MessageDraft;
  readonly recipient: Agent;
  readonly silent: boolean;
}

/**
 * An agent that the exchange loop drives step by step. Built-in agents are; one that overrides `send` or
 * `receive` says `driven: false` and is called through these methods instead.
 */
export interface LoopAgent extends Agent {
  readonly driven: boolean;
  send(
    message: string | MessageDraft,
    recipient: Agent,
    requestReply?: boolean | null,
    silent?: boolean,
    options?: DoorOptions,
  ): Promise<void>;
  /** Runs the before-send hooks; their result is what both sides store. */
  prepareMessage(outgoing: Outgoing): Promise<string | MessageDraft>;
  /** The text of a received template as people should read it: filled in from the message's `context`. */
  filledText(message: Message): string;
  /** Adds to the history with `peer`. */
  store(message: Message, peer: Agent): void;
  /** Whether a message of `sender` is answered when nothing else is said. */
  repliesTo(sender: Agent): boolean;
  takeTurn(sender: Agent, run: Run): Promise<TurnOutcome>;
}

/** How chats and agents ask a model; an `OpenAIWrapper` is one. */
export type ModelCaller = Pick<OpenAIWrapper, "create" | "extractTextOrCompletionObject">;

/** How an agent gets ready for a chat. */
export interface PrepareOptions {
  readonly replyAtReceive: boolean;
  readonly clearHistory: boolean;
  /** The chat was broken off before its end: what is counted goes on. @default false */
  readonly goesOn?: boolean;
}

/** An agent that can start a chat, or be the one it is started with. */
export interface ChatAgent extends LoopAgent {
  /** The model, if the agent has one. */
  readonly client: ModelCaller | null;
  /** What its requests say about tools. */
  readonly toolOptions: SignatureOptions;
  /** Lines that a human typed for this agent. */
  readonly humanInputs: readonly string[];
  /** The agent's own cache; that of a chat, null included, comes before it. */
  clientCache: ResponseCache | null;
  /** Marks the chat with `peer` as running until the returned function is called; throws when one is. */
  occupy(peer: Agent): () => void;
  prepareChat(peer: Agent, options: PrepareOptions): void;
  /** Makes the first message when the chat was given one that is no function. */
  generateInitMessage(
    message: string | MessageDraft | null | undefined,
    context: ChatContext,
    run: Run,
  ): Promise<string | MessageDraft>;
  /** The history with `peer`; empty when there is none. */
  historyWith(peer: Agent): readonly Message[];
  /** Whether something of the chat with `peer` waits for this agent: a call for its approval, or chats inside of an answer. */
  isPausedFor?(peer: Agent): boolean;
  /** What a summary is made of: the history with `peer`, for a group manager the transcript. */
  chatMessagesForSummary(peer: Agent): readonly Message[];
  /** What a chat with `peer` came to when `peer` heard nothing of it; null when its own history has it all. */
  transcriptFor?(peer: Agent): readonly Message[] | null;
}

/** Options of a chat that message functions see. */
export interface ChatContext {
  readonly carryover?: unknown;
  readonly [extra: string]: unknown;
}

/** Whether the exchange loop can drive this peer. */
export function isLoopAgent(agent: Agent): agent is LoopAgent {
  return "takeTurn" in agent && "driven" in agent;
}

/** Whether this peer can be the other side of `initiateChat`. */
export function isChatAgent(agent: Agent): agent is ChatAgent {
  return isLoopAgent(agent) && "prepareChat" in agent;
}
