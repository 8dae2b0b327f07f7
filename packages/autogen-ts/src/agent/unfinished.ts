/** Inner chats that broke off: what they came to is no answer. Specification chapter 13, sections 3 and 4. */
import { AutogenError } from "../run/index.js";
import type { ChatResult } from "../chat/index.js";
import type { ReplyResult } from "./reply-list.js";

/**
 * The end of the outer chat, when one of the inner chats waits for an approval. Without it, the last thing that was said inside,
 * a question or a call, would be passed off as the answer.
 *
 * @returns null when all of them came to their end
 * @throws AutogenError `budget-exhausted` when one of them ran out of its budget
 */
export function unfinishedReply(inner: readonly ChatResult[], what: string): ReplyResult | null {
  for (const { isFinished, stopReason, stopDetail } of inner) {
    if (isFinished) continue;
    if (stopReason === "budget") throw new AutogenError("budget-exhausted", stopDetail ?? `The budget of ${what} is used up.`);
    if (stopReason === "approval-pending") return [true, null, { stopReason, stopDetail: `${what} waits for an approval` }];
  }
  return null;
}
