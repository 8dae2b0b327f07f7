/** Answers that are made by chats with other agents. Specification chapter 13, section 3. */
import type { Message, MessageDraft, Reply } from "../message/index.js";
import { AutogenError, type Run } from "../run/index.js";
import {
  chatOrder,
  initiateChats,
  type Agent,
  type CarryingOptions,
  type ChatContext,
  type ChatEntry,
  type ChatId,
  type ChatResult,
  type OpeningContext,
} from "../chat/index.js";
import type { ReplyingAgent } from "./contract.js";
import type { AnswerPlace } from "./paused-answers.js";
import { unfinishedReply } from "./unfinished.js";
import type { ReplyFunction, ReplyOptions, ReplyResult, Trigger, Turn } from "./reply-list.js";

interface NestedMessageShape {
  call(
    owner: ReplyingAgent,
    messages: readonly Message[],
    sender: Agent | null,
    config: unknown,
    opening: OpeningContext,
  ): string | MessageDraft | null | undefined | Promise<string | MessageDraft | null | undefined>;
}

/** Writes the first message of a nested chat from the messages that are answered by it. */
export type NestedMessageFunction = NestedMessageShape["call"];

/** A nested chat. Without `sender`, the agent that answers starts it. */
export interface NestedEntry extends Omit<ChatEntryOptions, "message"> {
  /** @default for the first entry, the content of the last received message; an entry without one is skipped */
  readonly message?: string | MessageDraft | NestedMessageFunction | null;
  readonly [extra: string]: unknown;
}

/** The options of an entry that have names. */
type ChatEntryOptions = {
  readonly [Name in keyof ChatEntry as string extends Name ? never : number extends Name ? never : Name]: ChatEntry[Name];
};

interface NestedReplyShape {
  call(
    queue: readonly NestedEntry[],
    recipient: ReplyingAgent,
    messages: readonly Message[],
    sender: Agent | null,
    config: unknown,
    turn: Turn,
  ): ReplyResult | Promise<ReplyResult>;
}

/** Makes the reply from the queue in its own way. */
export type NestedReplyFunction = NestedReplyShape["call"];

/** How nested chats are held, and what becomes of them. */
export interface NestedHow extends CarryingOptions {
  /** `summary_from_nested_chats`: the chats are held, and the summary of the last one is the reply. @default that */
  readonly replyFuncFromNestedChats?: "summary_from_nested_chats" | NestedReplyFunction;
  /** Every entry has a `chatId`, and chats are held side by side. @default when the entries have ids */
  readonly useAsync?: boolean | null;
  /** How many chats may be under way at once. @default no limit */
  readonly maxConcurrent?: number | null;
  /** Whether nothing of the nested chats is printed; entries may have a `silent` of their own. @default false */
  readonly silent?: boolean;
  /** What happens when no entry has a message: the next reply function tries, or nothing is said (D13-4). @default "continue" */
  readonly whenAllSkipped?: "continue" | "end";
}

/** Options of `registerNestedChats`. */
export interface NestedOptions extends NestedHow, Pick<ReplyOptions, "position" | "config" | "resetConfig"> {
  /** Who is answered so. It must not match those who talk with this agent in the nested chats. */
  readonly trigger: Trigger;
}

declare module "../run/run.js" {
  interface RunContext {
    /** The nested chats that are under way around this part of a run. */
    readonly nesting: readonly Nesting[];
  }
}

interface Nesting {
  readonly owner: ReplyingAgent;
  readonly queue: readonly NestedEntry[];
}

/**
 * A reply function that holds the chats of `queue` and answers with the summary of the last.
 *
 * @throws AutogenError `invalid-option`
 */
export function nestedChats(queue: readonly NestedEntry[], how: NestedHow = {}): ReplyFunction {
  const { replyFuncFromNestedChats: reply = "summary_from_nested_chats" } = how;
  const kept = checkQueue(queue, how);
  if (typeof reply === "function") {
    return async function replyFromNestedChats(recipient, messages, sender, config, turn) {
      return await reply(kept, recipient, messages, sender, config, turn);
    };
  }
  if (reply !== "summary_from_nested_chats") {
    throw new AutogenError(
      "invalid-option",
      `\`replyFuncFromNestedChats\` is ${JSON.stringify(reply)}. Pass "summary_from_nested_chats", or a function.`,
    );
  }
  return async function summaryFromNestedChats(owner, messages, sender, config, { run }) {
    return await new NestedQueue(kept, how, { owner, messages, sender, config, run }).answer();
  };
}

/** What is answered. */
interface Asked {
  readonly owner: ReplyingAgent;
  readonly messages: readonly Message[];
  readonly sender: Agent | null;
  readonly config: unknown;
  readonly run: Run;
}

class NestedQueue {
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

function checkQueue(queue: readonly NestedEntry[], { useAsync = null }: NestedHow): readonly NestedEntry[] {
  if (!Array.isArray(queue)) throw new AutogenError("invalid-option", "Nested chats are given as a list of entries.");
  const entries: readonly NestedEntry[] = [...(queue as readonly NestedEntry[])];
  for (const [index, entry] of entries.entries()) {
    const { recipient } = (entry ?? {}) as { readonly recipient?: unknown };
    if (typeof recipient === "object" && recipient !== null) continue;
    throw new AutogenError(
      "invalid-option",
      `Entry [${String(index)}] of the nested chats has no \`recipient\`. Name the agent to talk with.`,
    );
  }
  const withId = entries.filter(({ chatId }) => chatId !== undefined);
  if (withId.length < entries.length && (useAsync === true || withId.length > 0)) {
    const index = entries.findIndex(({ chatId }) => chatId === undefined);
    throw new AutogenError(
      "invalid-option",
      `Entry [${String(index)}] of the nested chats has no \`chatId\`. Give one to each of them${useAsync === true ? "" : ", or to none"}.`,
    );
  }
  if (useAsync === false) return entries.map(({ chatId: _id, prerequisites: _before, ...entry }) => entry as NestedEntry);
  chatOrder(withId.map(({ chatId = "", prerequisites }) => ({ chatId, prerequisites })));
  return entries;
}
