/** Several chats. What holds them is loaded with the first of them. Specification chapter 13, sections 1 and 2. */
import { AutogenError } from "../run/index.js";
import type { ChatAgent } from "./agent.js";
import type { ChatEntry, GraphEntry, SequenceEntry } from "./chat-entry.js";
import type { QueueOptions, QueueResults } from "./queue-options.js";
import type { ChatId, ChatResult } from "./result.js";

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
  const { holdChats } = await import("./hold-chats.js");
  return await holdChats(queue, options);
}

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
