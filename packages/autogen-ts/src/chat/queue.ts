/**
 * Several chats: one after another, or side by side as far as they do not wait for each other. One scheduler for both;
 * a sequence is a graph in which each chat waits for the one before. Specification chapter 13, sections 1 and 2.
 */
import { AutogenError, isAutogenError, type Run } from "../run/index.js";
import type { ChatAgent } from "./agent.js";
import { carriedItems, checkCarrying, type CarryingOptions, type Finished } from "./carried.js";
import { checkEntries, type ChatEntry, type CheckedEntry, type GraphEntry, type SequenceEntry } from "./chat-entry.js";
import { initiateChat, type ChatOptions } from "./initiate.js";
import { carryoverText } from "./carryover.js";
import { openRun, type RunSettings } from "./open-run.js";
import { planChats, type Plan, type PlannedChat } from "./plan.js";
import { ChatQueueError, type ChatFailure } from "./queue-error.js";
import type { ChatId, ChatResult } from "./result.js";
import { Slots } from "./slots.js";

/** Options of several chats; those of `CarryingOptions` hold for entries without their own. */
export interface QueueOptions extends RunSettings, CarryingOptions {
  /** How many chats may be under way at once. A sequence has one. @default no limit */
  readonly maxConcurrent?: number | null;
}

/**
 * Holds several chats. Without ids, one after another; each is handed the summaries of all before it. With a `chatId` in
 * each entry, side by side; each waits for its `prerequisites`, and is handed the summaries of these.
 *
 * Everything is checked before the first chat starts. When a chat fails, those that do not wait for it are held to their
 * end, then the error is thrown. Entries are never changed.
 *
 * @returns the results in the order of the queue; with ids a map by id, in the order of execution
 * @throws AutogenError `invalid-option` before anything runs; `ChatQueueError` when chats failed: it names them, and has the results
 *   of the finished ones; `aborted`
 */
export function initiateChats(queue: readonly SequenceEntry[], options?: QueueOptions): Promise<readonly ChatResult[]>;
export function initiateChats(queue: readonly GraphEntry[], options?: QueueOptions): Promise<ReadonlyMap<ChatId, ChatResult>>;
export function initiateChats(queue: readonly ChatEntry[], options?: QueueOptions): Promise<QueueResults>;
export async function initiateChats(queue: readonly ChatEntry[], options: QueueOptions = {}): Promise<QueueResults> {
  checkCarrying(options);
  const plan = planChats(checkEntries(queue), { maxConcurrent: limitOf(options) });
  const run = await openRun(options, "chats");
  return await new ChatQueue(plan, options, run).hold();
}

/** What several chats give: a list, or a map for chats with ids. */
export type QueueResults = readonly ChatResult[] | ReadonlyMap<ChatId, ChatResult>;

/**
 * The same for chats with ids only, as the reference has it (`a_initiate_chats`): an empty queue gives an empty map.
 *
 * @throws AutogenError `invalid-option` also for an entry without `chatId`
 */
export async function initiateChatsAsync(
  queue: readonly ChatEntry[],
  options: QueueOptions = {},
): Promise<ReadonlyMap<ChatId, ChatResult>> {
  // What is no list, or no object, is left to the checks.
  const without = Array.isArray(queue) ? queue.findIndex((entry: ChatEntry | null) => entry?.chatId === undefined) : -1;
  if (without !== -1) {
    throw new AutogenError(
      "invalid-option",
      `Entry [${String(without)}] of the queue has no \`chatId\`. Give it a whole number or a text.`,
    );
  }
  const results = await initiateChats(queue, options);
  return results instanceof Map ? (results as ReadonlyMap<ChatId, ChatResult>) : new Map<ChatId, ChatResult>();
}

/** The queue with `sender` in the entries that name none. */
export function withSender<Entry extends ChatEntry>(queue: readonly Entry[], sender: ChatAgent): readonly Entry[] {
  // What is no list, or no object, is left to the checks.
  if (!Array.isArray(queue)) return queue;
  return queue.map((entry: Entry) =>
    typeof entry === "object" && entry !== null ? { ...entry, sender: entry.sender ?? sender } : entry,
  );
}

class ChatQueue {
  readonly #plan: Plan;
  readonly #options: QueueOptions;
  readonly #run: Run;
  readonly #slots: Slots;
  readonly #results = new Map<number, ChatResult>();
  readonly #failures: ChatFailure[] = [];
  #aborted = false;

  constructor(plan: Plan, options: QueueOptions, run: Run) {
    this.#plan = plan;
    this.#options = options;
    this.#run = run;
    this.#slots = new Slots(limitOf(options));
  }

  async hold(): Promise<QueueResults> {
    const { chats, isGraph } = this.#plan;
    const run = this.#run;
    run.emit({ type: "chats.start", chats: chats.length, graph: isGraph });
    for (const { code, text } of this.#plan.warnings) run.warn(code, text);
    // Numbered in the order of the queue, whatever starts first: the keys of effects are equal on every replay.
    const parts = new Map(chats.toSorted((a, b) => a.index - b.index).map(({ index }) => [index, run.child("entry")]));
    const ended = new Map<number, Promise<void>>();
    // Whom a chat waits for stands before it, so that engines which hold one after another come to an end too.
    await run.join(
      chats.map((chat) => async () => {
        const end = this.#chat(
          chat,
          parts.get(chat.index) ?? run,
          chat.after.map((index) => ended.get(index)),
        );
        ended.set(chat.index, end);
        await end;
      }),
    );
    run.emit({ type: "chats.end", finished: this.#results.size, failed: this.#failures.length });
    return this.#outcome();
  }

  #outcome(): QueueResults {
    const { chats, isGraph } = this.#plan;
    const finished = chats.filter(({ index }) => this.#results.has(index));
    const results = finished.map(({ index }) => this.#results.get(index)).filter((result) => result !== undefined);
    const [first, ...others] = this.#failures.toSorted((a, b) => a.index - b.index);
    if (first !== undefined) throw new ChatQueueError([first, ...others], results, chats.length);
    return isGraph ? new Map(finished.map(({ id, index }, at) => [id ?? index, results[at] as ChatResult])) : results;
  }

  /** Never rejects: the others are held to their end. */
  async #chat(chat: PlannedChat, run: Run, before: readonly (Promise<void> | undefined)[]): Promise<void> {
    for (const end of before) await end;
    if (chat.after.some((index) => !this.#results.has(index))) return;
    await this.#slots.take();
    try {
      // Those that an abort keeps from starting have not failed; one of them says that there was an abort.
      if (this.#aborted) return;
      this.#results.set(chat.index, await this.#start(chat, run));
    } catch (error) {
      const { index, id, sender, recipient } = chat;
      this.#aborted ||= isAutogenError(error, "aborted");
      this.#failures.push({ index, chatId: id, from: sender.name, to: recipient.name, error });
    } finally {
      this.#slots.give();
    }
  }

  async #start(chat: PlannedChat, run: Run): Promise<ChatResult> {
    run.throwIfAborted();
    const { entry, sender, recipient, id, own } = chat;
    const carryover = [...own, ...this.#carried(chat)];
    announce(chat, carryover, run);
    const result = await startWith(sender, recipient, { ...chatOptionsOf(entry), carryover, run });
    return id === null ? result : { ...result, chatId: id };
  }

  #carried({ entry, excluded, carries, inSequence }: PlannedChat): readonly unknown[] {
    const { carryoverMode = this.#options.carryoverMode, carryoverFormat = this.#options.carryoverFormat } = entry;
    if (carryoverMode === "none") return [];
    const finished: Finished[] = [];
    for (const index of carries()) {
      const { id, recipient } = this.#plan.at(index);
      const chat = id ?? index;
      if (!excluded.has(chat)) finished.push({ summary: this.#results.get(index)?.summary, from: recipient.name, chat });
    }
    return carriedItems(finished, { carryoverMode, carryoverFormat }, inSequence);
  }
}

/** An agent's own way of starting chats comes first: a subclass may have changed it. */
async function startWith(sender: ChatAgent, recipient: ChatAgent, options: ChatOptions): Promise<ChatResult> {
  return "initiateChat" in sender && typeof sender.initiateChat === "function"
    ? await (sender as ChatAgent & Starter).initiateChat(recipient, options)
    : await initiateChat(sender, recipient, options);
}

interface Starter {
  initiateChat(recipient: ChatAgent, options: ChatOptions): Promise<ChatResult>;
}

/** What belongs to the queue is no context for message functions. */
function chatOptionsOf({
  sender: _sender,
  recipient: _recipient,
  chatId: _chatId,
  prerequisites: _prerequisites,
  finishedChatIndexesToExcludeFromCarryover: _excluded,
  carryoverMode: _mode,
  carryoverFormat: _format,
  ...options
}: ChatEntry): ChatOptions {
  return options;
}

function announce({ index, id, entry, sender, recipient }: CheckedEntry, carryover: readonly unknown[], run: Run): void {
  const { silent = run.silent, message, verbose = false } = entry;
  if (silent) return;
  if (message === undefined) {
    run.warn("no-first-message", `Entry [${String(index)}] of the queue has no \`message\`: a human is asked for it.`);
  }
  run.emit(
    {
      type: "chats.next",
      index,
      chatId: id,
      from: sender.name,
      to: recipient.name,
      ...(verbose ? { message: openingText(message), carryover: carryoverText(carryover) } : {}),
    },
    { silent },
  );
}

function openingText(message: ChatOptions["message"]): string {
  if (typeof message === "string") return message;
  if (typeof message === "function") return `Callable: ${message.name || "(anonymous)"}`;
  return message == null ? "None" : `Dict: ${JSON.stringify(message)}`;
}

function limitOf({ maxConcurrent }: QueueOptions): number {
  if (maxConcurrent === undefined || maxConcurrent === null) return Infinity;
  if (Number.isInteger(maxConcurrent) && maxConcurrent > 0) return maxConcurrent;
  throw new AutogenError(
    "invalid-option",
    `\`maxConcurrent\` is ${JSON.stringify(maxConcurrent) ?? typeof maxConcurrent}. Pass a whole number from 1, or null for no limit.`,
  );
}
