/** The newest messages only. Specification chapter 14, section 2 (D14-2). */
import { AutogenError, type Message } from "../../core.js";
import { Pairs } from "./pairs.js";
import { checkLimit, systemApart, type MessageTransform, type TransformLog } from "./transform.js";

/** How many messages are kept. */
export interface HistoryLimiterOptions {
  /** 1 or more; null: all. @default null */
  readonly maxMessages?: number | null;
  /** Keep the first message, which often says what is to be done; it counts. @default false */
  readonly keepFirstMessage?: boolean;
}

/**
 * Keeps the newest messages. A call is never kept without its answer, nor an answer without its call: what would start the
 * list without its call is left out too, and when that is all there is, its call is kept beyond the limit. A leading system
 * message is kept and does not count.
 */
export class MessageHistoryLimiter implements MessageTransform {
  readonly #most: number | null;
  readonly #keepFirst: boolean;

  /** @throws AutogenError `invalid-option` for a limit below 1 */
  constructor({ maxMessages = null, keepFirstMessage = false }: HistoryLimiterOptions = {}) {
    checkLimit("maxMessages", maxMessages, 1);
    if (typeof keepFirstMessage !== "boolean")
      throw new AutogenError("invalid-option", "`keepFirstMessage` is no boolean. Pass true or false.");
    this.#most = maxMessages;
    this.#keepFirst = keepFirstMessage;
  }

  applyTransform(messages: readonly Message[]): readonly Message[] {
    const { head, rest } = systemApart(messages);
    const most = this.#most;
    if (most === null || rest.length <= most) return messages;
    const pairs = new Pairs(rest);
    const first = this.#keepFirst ? pairs.firstUnit() : 0;
    if (first > 0 && most <= first) return [...head, ...rest.slice(0, first)];
    const start = Math.max(first, pairs.cleanStart(Math.max(first, rest.length - most + first)));
    return [...head, ...rest.slice(0, first), ...rest.slice(start)];
  }

  getLogs(before: readonly Message[], after: readonly Message[]): TransformLog {
    const removed = before.length - after.length;
    if (removed <= 0) return ["No messages were removed.", false];
    const reduced = `Number of messages reduced from ${String(before.length)} to ${String(after.length)}.`;
    return [`Removed ${String(removed)} messages. ${reduced}`, true];
  }
}
