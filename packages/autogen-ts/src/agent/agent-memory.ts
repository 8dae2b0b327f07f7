/** What an agent remembers of its peers: histories, how often it answered them by itself, and who is answered unasked. */
import type { Message } from "../message/index.js";
import { AutogenError, loadHost } from "../run/index.js";
import type { Agent, PrepareOptions } from "../chat/index.js";
import type { SavedApproval } from "../tool/index.js";
import { ChatMessages, keptFrom, lastMessage } from "./history.js";
import type { PausedAnswer } from "./paused-answers.js";
import { ReplyLimits } from "./reply-limits.js";

export interface MemoryOptions {
  readonly name: string;
  readonly chatMessages: Map<Agent, Message[]> | null | undefined;
  readonly maxConsecutiveAutoReply: number;
}

/** All that an agent remembers, by peer. */
export interface MemoryState {
  readonly histories: ReadonlyMap<Agent, readonly Message[]>;
  readonly autoReplies: ReadonlyMap<Agent, number>;
  readonly maxConsecutiveAutoReply: number;
  readonly limits: ReadonlyMap<Agent, number>;
  readonly repliesTo: ReadonlyMap<Agent, boolean>;
  readonly humanInputs: readonly string[];
  /** Calls of tools that wait for approval. */
  readonly approvals: readonly SavedApproval[];
  /** Answers that wait for approvals in chats inside of them. */
  readonly paused: readonly PausedAnswer[];
}

/** The state of one agent towards its peers. Specification chapter 10, sections 11 and 13. */
export class AgentMemory {
  readonly name: string;
  /** Peer to history; reading an unknown peer makes an empty one. */
  readonly chatMessages: Map<Agent, Message[]>;
  protected readonly recordedInputs: string[] = [];
  readonly #limits: ReplyLimits;
  readonly #replyAtReceive = new Map<Agent, boolean>();
  readonly #busyWith = new Set<Agent>();

  constructor({ name, chatMessages, maxConsecutiveAutoReply }: MemoryOptions) {
    this.name = name;
    this.chatMessages = chatMessages ?? new ChatMessages();
    this.#limits = new ReplyLimits(maxConsecutiveAutoReply);
  }

  /** Lines that humans typed for this agent, in order, since a chat last cleared them. */
  get humanInputs(): readonly string[] {
    return this.recordedInputs;
  }

  // Histories.

  /** The last message with `peer`, or of the only conversation; null when there is none. */
  lastMessage(peer?: Agent | null): Message | null {
    return lastMessage(this.name, this.chatMessages, peer);
  }

  /** The history with `peer`; asking for it does not make one. */
  historyWith(peer: Agent): readonly Message[] {
    return this.chatMessages.has(peer) ? (this.chatMessages.get(peer) ?? []) : [];
  }

  /** What a summary is made of; a group manager gives its transcript instead. */
  chatMessagesForSummary(peer: Agent): readonly Message[] {
    return this.historyWith(peer);
  }

  /**
   * With a peer: forgets that conversation. Without: forgets all, or keeps the last `preserve` messages of each, and
   * the call before them when the first of them answers it.
   */
  clearHistory(peer?: Agent | null, preserve?: number | null): void {
    if (peer !== undefined && peer !== null) {
      this.chatMessages.set(peer, []);
      if (preserve != null)
        notify("The number of messages to preserve is ignored: the history with one agent is cleared whole.", "yellow");
      return;
    }
    if (preserve === undefined || preserve === null) {
      this.chatMessages.clear();
      return;
    }
    for (const [one, history] of this.chatMessages) {
      const { start, keptCall } = keptFrom(history, preserve);
      this.chatMessages.set(one, history.slice(start));
      if (keptCall) notify(`One more message of ${one.name} is kept, so that a tool's answer stays with its call.`);
    }
  }

  store(message: Message, peer: Agent): void {
    const history = this.chatMessages.get(peer);
    if (history === undefined) this.chatMessages.set(peer, [message]);
    else history.push(message);
  }

  // Automatic answers.

  maxConsecutiveAutoReply(sender: Agent | null = null): number {
    return this.#limits.limit(sender);
  }

  /** Without a sender: the standard limit and all that were set for senders. */
  updateMaxConsecutiveAutoReply(value: number, sender?: Agent | null): void {
    this.#limits.setLimit(value, sender);
  }

  autoReplyCount(sender: Agent | null): number {
    return this.#limits.count(sender);
  }

  countAutoReply(sender: Agent | null): void {
    this.#limits.add(sender);
  }

  /** An answer that did not come: it is counted when it does. */
  protected uncountAutoReply(sender: Agent | null, before: number): void {
    if (this.#limits.count(sender) > before) this.#limits.takeBack(sender);
  }

  /** Without a sender: all counters. */
  resetConsecutiveAutoReplyCounter(sender?: Agent | null): void {
    this.#limits.reset(sender);
  }

  /** Whether a message of `sender` is answered when nothing else is said; chats switch it on. */
  repliesTo(sender: Agent): boolean {
    return this.#replyAtReceive.get(sender) ?? false;
  }

  /** From now on messages of `sender` (of anybody) are only answered on request. */
  stopReplyAtReceive(sender?: Agent | null): void {
    if (sender === undefined || sender === null) this.#replyAtReceive.clear();
    else this.#replyAtReceive.set(sender, false);
  }

  // Chats.

  /** @throws AutogenError `chat-overlap` when a chat with `peer` is running */
  occupy(peer: Agent): () => void {
    if (this.#busyWith.has(peer)) {
      throw new AutogenError(
        "chat-overlap",
        `Agents \`${this.name}\` and \`${peer.name}\` are in a chat already. Wait for its end, or use other agents for a second one.`,
      );
    }
    this.#busyWith.add(peer);
    return () => this.#busyWith.delete(peer);
  }

  prepareChat(peer: Agent, { replyAtReceive, clearHistory, goesOn = false }: PrepareOptions): void {
    if (!goesOn) this.#limits.reset(peer);
    this.#replyAtReceive.set(peer, replyAtReceive);
    if (!clearHistory) return;
    this.clearHistory(peer);
    this.recordedInputs.length = 0;
  }

  // Saving.

  protected exportMemory(): Omit<MemoryState, "approvals" | "paused"> {
    return {
      histories: this.chatMessages,
      repliesTo: this.#replyAtReceive,
      humanInputs: this.recordedInputs,
      ...this.#limits.export(),
    };
  }

  protected importMemory(memory: Omit<MemoryState, "approvals" | "paused">): void {
    this.chatMessages.clear();
    for (const [peer, history] of memory.histories) this.chatMessages.set(peer, [...history]);
    this.#replyAtReceive.clear();
    for (const [peer, replies] of memory.repliesTo) this.#replyAtReceive.set(peer, replies);
    this.recordedInputs.splice(0, Infinity, ...memory.humanInputs);
    this.#limits.import(memory);
  }
}

/** Clearing a history is done at once, its notice is printed when the platform is there; nobody has to wait for it. */
function notify(text: string, color?: "yellow"): void {
  const print = async (): Promise<void> => {
    const stream = (await loadHost()).stream();
    stream.print(color !== undefined && stream.supportsColor === true ? `\u001B[33m${text}\u001B[0m` : text);
  };
  print().catch(() => undefined); // A notice that cannot be printed is no reason to fail.
}
