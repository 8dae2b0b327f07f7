/** What several chats are told, and what they give. */
import type { CarryingOptions } from "./carried.js";
import type { RunSettings } from "./open-run.js";
import type { ChatId, ChatResult } from "./result.js";

/** Options of several chats; those of `CarryingOptions` hold for entries without their own. */
export interface QueueOptions extends RunSettings, CarryingOptions {
  /** How many chats may be under way at once. A sequence has one. @default no limit */
  readonly maxConcurrent?: number | null;
  /**
   * What an earlier call came to that was broken off, by approvals or a budget: finished chats are not held again, those that were
   * broken off go on, the others start. The queue is the same as before.
   *
   * @default none: all chats start
   */
  readonly resume?: QueueResults;
}

/** What several chats give: a list, or a map for chats with ids. */
export type QueueResults = readonly ChatResult[] | ReadonlyMap<ChatId, ChatResult>;
