/** What nested chats are told. Specification chapter 13, section 3. */
import type { Message, MessageDraft } from "../message/index.js";
import type { Agent, CarryingOptions, ChatEntry, OpeningContext } from "../chat/index.js";
import type { ReplyingAgent } from "./contract.js";
import type { ReplyOptions, ReplyResult, Trigger, Turn } from "./reply-list.js";

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

export interface Nesting {
  readonly owner: ReplyingAgent;
  readonly queue: readonly NestedEntry[];
}
