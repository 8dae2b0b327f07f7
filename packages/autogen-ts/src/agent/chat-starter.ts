/** The chats that an agent starts: one, or several. */
import { AutogenError, type RunEvent } from "../run/index.js";
import {
  ChatQueueError,
  initiateChat,
  initiateChats,
  initiateChatsAsync,
  streamChat,
  withSender,
  type Agent,
  type ChatAgent,
  type ChatEntry,
  type ChatId,
  type ChatOptions,
  type ChatResult,
  type GraphEntry,
  type QueueOptions,
  type QueueResults,
  type SequenceEntry,
} from "../chat/index.js";
import { ToolAgent } from "./tool-agent.js";

/** An agent with tools and memory that can start chats. */
export abstract class ChatStarter extends ToolAgent {
  #results: QueueResults = [];

  /** Starts a chat and waits for its end. @see initiateChat */
  initiateChat(this: ChatStarter & ChatAgent, recipient: Agent, options: ChatOptions = {}): Promise<ChatResult> {
    return initiateChat(this, recipient, options);
  }

  /** The same chat as an async iterable of its events. @see streamChat */
  streamChat(this: ChatStarter & ChatAgent, recipient: Agent, options: ChatOptions = {}): AsyncGenerator<RunEvent, ChatResult> {
    return streamChat(this, recipient, options);
  }

  /**
   * Answers the last message of `peer`, and lets the two go on: after an abort, a crash, or calls that waited for approval.
   * The same as `initiateChat` with `resume: true`.
   */
  resumeChat(this: ChatStarter & ChatAgent, peer: Agent, options: ChatOptions = {}): Promise<ChatResult> {
    return initiateChat(this, peer, { ...options, resume: true });
  }

  /** Holds several chats; entries without `sender` are started by this agent. @see initiateChats */
  initiateChats(
    this: ChatStarter & ChatAgent,
    queue: readonly SequenceEntry[],
    options?: QueueOptions,
  ): Promise<readonly ChatResult[]>;
  initiateChats(
    this: ChatStarter & ChatAgent,
    queue: readonly GraphEntry[],
    options?: QueueOptions,
  ): Promise<ReadonlyMap<ChatId, ChatResult>>;
  initiateChats(this: ChatStarter & ChatAgent, queue: readonly ChatEntry[], options?: QueueOptions): Promise<QueueResults>;
  async initiateChats(
    this: ChatStarter & ChatAgent,
    queue: readonly ChatEntry[],
    options: QueueOptions = {},
  ): Promise<QueueResults> {
    return await this.remember(initiateChats(withSender(queue, this), options));
  }

  /** The same for chats with ids only. @see initiateChatsAsync */
  async initiateChatsAsync(
    this: ChatStarter & ChatAgent,
    queue: readonly ChatEntry[],
    options: QueueOptions = {},
  ): Promise<ReadonlyMap<ChatId, ChatResult>> {
    return await this.remember(initiateChatsAsync(withSender(queue, this), options));
  }

  /**
   * What the last call of `initiateChats` of this agent came to, in the order of execution; after a failure, what was finished.
   *
   * @param which place of the chat in the queue from 0 (-1: the last), or its id where chats have ids
   * @throws AutogenError `invalid-option` when there is no such result
   */
  getChatResults(): readonly ChatResult[];
  getChatResults(which: ChatId): ChatResult;
  getChatResults(which?: ChatId): readonly ChatResult[] | ChatResult {
    const results = this.#results;
    const all =
      results instanceof Map ? [...(results as ReadonlyMap<ChatId, ChatResult>).values()] : (results as readonly ChatResult[]);
    if (which === undefined) return all;
    const found = results instanceof Map ? (results as ReadonlyMap<ChatId, ChatResult>).get(which) : all.at(Number(which));
    if (found !== undefined) return found;
    throw new AutogenError(
      "invalid-option",
      `Agent \`${this.name}\` has no result ${JSON.stringify(which)} of \`initiateChats\`; it has ${String(all.length)}.`,
    );
  }

  /** @deprecated The same as `initiateChat`. */
  async aInitiateChat(this: ChatStarter & ChatAgent, recipient: Agent, options: ChatOptions = {}): Promise<ChatResult> {
    return await this.initiateChat(recipient, options);
  }

  /** @deprecated The same as `initiateChatsAsync`. */
  async aInitiateChats(
    this: ChatStarter & ChatAgent,
    queue: readonly ChatEntry[],
    options: QueueOptions = {},
  ): Promise<ReadonlyMap<ChatId, ChatResult>> {
    return await this.initiateChatsAsync(queue, options);
  }

  protected async remember<Results extends QueueResults>(chats: Promise<Results>): Promise<Results> {
    this.#results = [];
    try {
      const results = await chats;
      this.#results = results;
      return results;
    } catch (error) {
      if (error instanceof ChatQueueError) this.#results = byId(error.results);
      throw error;
    }
  }
}

function byId(results: readonly ChatResult[]): QueueResults {
  const named = results.flatMap((result) => (result.chatId === null ? [] : [[result.chatId, result] as const]));
  return named.length === 0 ? results : new Map(named);
}
