/** What a chat gives back. Specification chapter 10, section 8. */
import type { Message } from "../message/index.js";
import type { StopReason, UsageReport } from "../run/index.js";

/** The name of a chat that others may wait for. */
export type ChatId = number | string;

/** A snapshot: later chats never change it (D10-10). */
export interface ChatResult {
  /** Set by chats with prerequisites, else null. */
  readonly chatId: ChatId | null;
  /** The history of the one who started the chat: own messages are `assistant`. */
  readonly chatHistory: readonly Message[];
  /** A text for the built-in methods; whatever a summary function gave. */
  readonly summary: unknown;
  /** What this chat used of models, its nested chats and summary included. */
  readonly cost: UsageReport;
  /** Lines that humans typed for the one who started the chat, in order, `exit` and empty lines included. */
  readonly humanInput: readonly string[];
  /** Turns that were taken: messages of the one who started the chat that were answered. */
  readonly turns: number;
  /** Whether it came to its end. false: an error, an abort, a budget that is used up or an open approval broke it off, and `resume` goes on. */
  readonly isFinished: boolean;
  /** Why the chat ended (D10-17). */
  readonly stopReason: StopReason;
  /** The same in words, when a stop condition or the loop detection ended the chat; else null. */
  readonly stopDetail: string | null;
  /** The chats that were held inside of this one, nested chats for example, in the order of their start (D13-7). `cost` includes them. */
  readonly nested: readonly ChatResult[];
}

/** The key under which a failed chat hangs on its error. */
const FAILED = "chat";

/** Hangs what was said so far on the error that ended a chat; the innermost chat wins. */
export function attachChat(error: unknown, result: ChatResult): void {
  if (typeof error !== "object" || error === null || !Object.isExtensible(error) || FAILED in error) return;
  Object.defineProperty(error, FAILED, { value: result, enumerable: false });
}

/**
 * The chat that `error` ended, with its history up to there and `stopReason` `error` or `aborted`.
 *
 * @returns null when the error did not come out of a chat
 */
export function chatOfError(error: unknown): ChatResult | null {
  if (typeof error !== "object" || error === null || !(FAILED in error)) return null;
  return error[FAILED] as ChatResult;
}
