/**
 * Holds chats one after another, or side by side as far as they do not wait for each other. One scheduler for both;
 * a sequence is a graph in which each chat waits for the one before. Specification chapter 13, sections 1 and 2.
 */
import { AutogenError, isAutogenError, type Run } from "../run/index.js";
import type { ChatAgent } from "./agent.js";
import { carriedItems, checkCarrying, type Finished } from "./carried.js";
import { checkEntries, type ChatEntry, type CheckedEntry } from "./chat-entry.js";
import { initiateChat, type ChatOptions } from "./initiate.js";
import { carryoverText } from "./carryover.js";
import { earlierResults, waitingText } from "./earlier-results.js";
import { openRun } from "./open-run.js";
import { planChats, type Plan, type PlannedChat } from "./plan.js";
import { ChatQueueError, type ChatFailure } from "./queue-error.js";
import type { QueueOptions, QueueResults } from "./queue-options.js";
import type { ChatResult } from "./result.js";
import { Slots } from "./slots.js";

/** @throws as `initiateChats` */
export async function holdChats(queue: readonly ChatEntry[], options: QueueOptions): Promise<QueueResults> {
  checkCarrying(options);
  const plan = planChats(checkEntries(queue), { maxConcurrent: limitOf(options) });
  const earlier = earlierResults(plan, options.resume);
  const run = await openRun(options, "chats");
  return await new ChatQueue({ plan, earlier }, options, run).hold();
}

class ChatQueue {
  readonly #plan: Plan;
  readonly #earlier: ReadonlyMap<number, ChatResult>;
  readonly #options: QueueOptions;
  readonly #run: Run;
  readonly #slots: Slots;
  readonly #results = new Map<number, ChatResult>();
  readonly #failures: ChatFailure[] = [];
  #underWay = 0;
  #aborted = false;
  #told = false;

  constructor({ plan, earlier }: Work, options: QueueOptions, run: Run) {
    this.#plan = plan;
    this.#earlier = earlier;
    for (const [index, result] of earlier) if (result.isFinished) this.#results.set(index, result);
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
    const leave = run.context.chat?.addSeveral(() => this.#tellEnd());
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
    const left = chats.length - this.#results.size - this.#failures.length;
    const waiting = this.#failures.length > 0 ? null : waitingText(this.#plan, this.#results, left);
    if (waiting !== null) run.warn("chats-waiting", waiting);
    leave?.();
    this.#tellEnd();
    return this.#outcome();
  }

  /** Once: an abort of the chat around does not wait for chats that do not notice it, and these have failed then. */
  #tellEnd(): void {
    if (this.#told) return;
    this.#told = true;
    this.#run.emit({ type: "chats.end", finished: this.#results.size, failed: this.#failures.length + this.#underWay });
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
    if (this.#results.has(chat.index)) return; // Held before.
    for (const end of before) await end;
    if (!chat.after.every((index) => this.#isFinished(index))) return;
    await this.#slots.take();
    this.#underWay += 1;
    try {
      // Those that an abort keeps from starting have not failed; one of them says that there was an abort.
      if (this.#aborted) return;
      this.#results.set(chat.index, await this.#start(chat, run));
    } catch (error) {
      const { index, id, sender, recipient } = chat;
      this.#aborted ||= isAutogenError(error, "aborted");
      this.#failures.push({ index, chatId: id, from: sender.name, to: recipient.name, error });
    } finally {
      this.#underWay -= 1;
      this.#slots.give();
    }
  }

  /** What was broken off has no result to hand on, and may have used up what the next one needs. */
  #isFinished(index: number): boolean {
    return this.#results.get(index)?.isFinished === true;
  }

  async #start(chat: PlannedChat, run: Run): Promise<ChatResult> {
    run.throwIfAborted();
    const { entry, sender, recipient, id, own } = chat;
    const carryover = [...own, ...this.#carried(chat)];
    const earlier = this.#earlier.get(chat.index);
    if (earlier === undefined) announce(chat, carryover, run);
    const resume = earlier === undefined ? {} : { resume: { turns: earlier.turns } };
    const result = await startWith(sender, recipient, { ...chatOptionsOf(entry), ...resume, carryover, run });
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

interface Work {
  readonly plan: Plan;
  /** By their places in the queue. */
  readonly earlier: ReadonlyMap<number, ChatResult>;
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
