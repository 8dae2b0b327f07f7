/** Holds nested chats and makes the answer of what they come to; loaded with the first of them. Specification chapter 13, section 3. */
import type { Message, MessageDraft, Reply } from "../message/index.js";
import { AutogenError, type Run } from "../run/index.js";
import { initiateChats, type Agent, type ChatContext, type ChatEntry, type ChatId, type ChatResult } from "../chat/index.js";
import type { ReplyingAgent } from "./contract.js";
import type { NestedEntry, NestedHow } from "./nested-options.js";
import type { AnswerPlace } from "./paused-answers.js";
import { unfinishedReply } from "./unfinished.js";
import type { ReplyResult } from "./reply-list.js";

/** What is answered. */
interface Asked {
  readonly owner: ReplyingAgent;
  readonly messages: readonly Message[];
  readonly sender: Agent | null;
  readonly config: unknown;
  readonly run: Run;
}

/** The nested chats of one answer. */
export class NestedQueue {
  readonly #queue: readonly NestedEntry[];
  readonly #how: NestedHow;
  readonly #asked: Asked;

  constructor(queue: readonly NestedEntry[], how: NestedHow, asked: Asked) {
    this.#queue = queue;
    this.#how = how;
    this.#asked = asked;
  }

  async answer(): Promise<ReplyResult> {
    const { run, owner } = this.#asked;
    this.#checkNesting();
    const place = this.#place;
    const begun = owner.paused.find(place);
    const openings = begun?.openings ?? (await this.#openings());
    const entries = this.#entriesToRun(openings);
    const last = entries.at(-1);
    if (last === undefined) return [this.#how.whenAllSkipped === "end", null];
    const { silent = false, maxConcurrent = null, carryoverMode, carryoverFormat } = this.#how;
    const nesting = [...(run.context.nesting ?? []), { owner, queue: this.#queue }];
    const results = await initiateChats(entries, {
      run: run.child("nested", { silent, context: { nesting } }),
      maxConcurrent,
      carryoverMode,
      carryoverFormat,
      ...(begun === null ? {} : { resume: begun.results }),
    });
    const held: readonly ChatResult[] = [...results.values()];
    owner.paused.settle(place, openings, held);
    const unfinished = unfinishedReply(held, `a nested chat of \`${owner.name}\``);
    if (unfinished !== null) return unfinished;
    const result = results instanceof Map ? (results as ReadonlyMap<ChatId, ChatResult>).get(last.chatId ?? "") : held.at(-1);
    return [true, this.#replyOf(result?.summary)];
  }

  /** An inner agent that matches the trigger would start the same chats for ever. */
  #checkNesting(): void {
    const { owner, sender, run } = this.#asked;
    const again = (run.context.nesting ?? []).some((one) => one.owner === owner && one.queue === this.#queue);
    if (!again) return;
    throw new AutogenError(
      "invalid-state",
      `The nested chats of \`${owner.name}\` set themselves off: \`${sender?.name ?? "nobody"}\`, who talks with it inside of them, matches their \`trigger\`. Pass a trigger that matches only those outside.`,
    );
  }

  /** The answer that these chats make. */
  get #place(): AnswerPlace {
    const { owner, sender, messages } = this.#asked;
    const talks = this.#queue.map((entry) => `${(entry.sender ?? owner).name} with ${entry.recipient.name}`);
    return { sender: sender?.name ?? null, turn: messages.length, by: talks.join(", ") };
  }

  /** The first message of each chat; null for those that have none. */
  async #openings(): Promise<readonly (string | MessageDraft | null)[]> {
    const openings: (string | MessageDraft | null)[] = [];
    const { owner, run } = this.#asked;
    for (const [index, entry] of this.#queue.entries()) {
      const message = await this.#openingOf(entry, index);
      openings.push(isEmpty(message) ? null : message);
      if (!isEmpty(message)) continue;
      run.warn(
        "nested-skipped",
        `Entry [${String(index)}] of the nested chats of \`${owner.name}\` was skipped: it has no message. Only the first entry may do without one of its own.`,
      );
    }
    return openings;
  }

  /** Copies with a sender and a message; those that have no message are left out. */
  #entriesToRun(openings: readonly (string | MessageDraft | null)[]): readonly ChatEntry[] {
    const { owner } = this.#asked;
    const entries = this.#queue.flatMap((entry, index) => {
      const message = openings[index] ?? null;
      return message === null ? [] : [{ index, entry: { ...entry, sender: entry.sender ?? owner, message } }];
    });
    return this.#withoutSkipped(entries);
  }

  async #openingOf(entry: NestedEntry, index: number): Promise<string | MessageDraft | null | undefined> {
    const { owner, messages, sender, config } = this.#asked;
    const { message } = entry;
    if (typeof message === "function") {
      const opening = { owner, recipient: entry.recipient, messages, sender, config, context: contextOf(entry) };
      return await message(owner, messages, sender, config, opening);
    }
    const last = messages.at(-1);
    if (message !== undefined && message !== null) return message;
    if (index > 0 || last === undefined) return null;
    const { content } = last;
    if (typeof content === "function") return owner.filledText(last);
    return content === null || typeof content === "string" ? content : { content };
  }

  /** A summary may be anything that a function gives. */
  #replyOf(summary: unknown): Reply {
    if (summary === undefined || summary === null || typeof summary === "string") return summary ?? null;
    // Whether it is a message is checked when it is stored.
    if (typeof summary === "object" && "content" in summary) return summary as Reply;
    try {
      return JSON.stringify(summary) ?? typeof summary;
    } catch (cause) {
      throw new AutogenError(
        "invalid-reply",
        `The summary of the nested chats of \`${this.#asked.owner.name}\` is no JSON. Let \`summaryMethod\` give a text or a message.`,
        { cause },
      );
    }
  }

  /** Places and ids in the queue mean the same when some were skipped. */
  #withoutSkipped(entries: readonly { readonly index: number; readonly entry: ChatEntry }[]): readonly ChatEntry[] {
    if (entries.length === this.#queue.length) return entries.map(({ entry }) => entry);
    const ids = new Set(entries.map(({ entry }) => entry.chatId));
    const places = new Map(entries.map(({ index }, place) => [index, place]));
    return entries.map(({ entry }) => {
      const { prerequisites, finishedChatIndexesToExcludeFromCarryover: excluded } = entry;
      if (entry.chatId !== undefined) {
        return prerequisites === undefined ? entry : { ...entry, prerequisites: prerequisites.filter((id) => ids.has(id)) };
      }
      if (excluded === undefined) return entry;
      return {
        ...entry,
        finishedChatIndexesToExcludeFromCarryover: excluded.flatMap((index) => places.get(Number(index)) ?? []),
      };
    });
  }
}

/** What message functions are told of the entry that they belong to. */
function contextOf({ message: _message, recipient: _recipient, sender: _sender, ...context }: NestedEntry): ChatContext {
  return context;
}

const isEmpty = (message: string | MessageDraft | null | undefined): message is "" | null | undefined =>
  message == null || message === "" || (typeof message === "object" && Object.keys(message).length === 0);
