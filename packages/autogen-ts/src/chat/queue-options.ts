/** What several chats are told, and what they give. */
import type { CarryingOptions } from "./carried.js";
import type { RunSettings } from "./open-run.js";
import type { ChatId, ChatResult } from "./result.js";

/** Options of several chats; those of `CarryingOptions` hold for entries without their own. */
export interface QueueOptions extends RunSettings, CarryingOptions {
  /** How many chats may be under way at once. A sequence has one. @default no limit */
  readonly maxConcurrent?: number | null;
}

/** What several chats give: a list, or a map for chats with ids. */
export type QueueResults = readonly ChatResult[] | ReadonlyMap<ChatId, ChatResult>;
