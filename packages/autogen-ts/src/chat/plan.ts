/** Who waits for whom among several chats, and what speaks against it. Specification chapter 13, sections 1 and 2. */
import { AutogenError } from "../run/index.js";
import type { Agent } from "./agent.js";
import type { CheckedEntry } from "./chat-entry.js";
import { chatOrder } from "./chat-order.js";
import type { ChatId } from "./result.js";

/** A chat with its place among the others; the others are named by their places in the queue. */
export interface PlannedChat extends CheckedEntry {
  /** Those that have to be finished before. */
  readonly after: readonly number[];
  /** Those whose summaries are handed on, in order. Made when needed: lists of all before each would grow with the square. */
  readonly carries: () => readonly number[];
  readonly inSequence: boolean;
}

export interface Plan {
  /** In an order of execution: whom a chat waits for stands before it. */
  readonly chats: readonly PlannedChat[];
  readonly isGraph: boolean;
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
  /** The chat with this place in the queue. */
  at(index: number): CheckedEntry;
}

/** @throws AutogenError `invalid-option` when only some have ids, ids are wrong, or two chats of one pair may be held at once */
export function planChats(entries: readonly CheckedEntry[], { maxConcurrent }: { readonly maxConcurrent: number }): Plan {
  const isGraph = entries.some(({ id }) => id !== null);
  const chats = isGraph ? inGraph(entries) : entries.map(inSequence);
  if (isGraph && maxConcurrent > 1) checkPairs(chats);
  return {
    chats,
    isGraph,
    warnings: warningsOf(entries),
    at(index) {
      const entry = entries[index];
      if (entry === undefined) throw new RangeError(`There is no entry [${String(index)}].`);
      return entry;
    },
  };
}

function inSequence(entry: CheckedEntry): PlannedChat {
  if (entry.prerequisites.length > 0) {
    throw new AutogenError(
      "invalid-option",
      `Entry [${String(entry.index)}] of the queue has \`prerequisites\`, but no entry has a \`chatId\`. Give each of them one.`,
    );
  }
  const after = entry.index === 0 ? [] : [entry.index - 1];
  return { ...entry, after, carries: () => Array.from({ length: entry.index }, (_, index) => index), inSequence: true };
}

function inGraph(entries: readonly CheckedEntry[]): readonly PlannedChat[] {
  const byId = new Map<ChatId, CheckedEntry>();
  const named = entries.map((entry) => {
    const { id, index, prerequisites } = entry;
    if (id === null) {
      throw new AutogenError(
        "invalid-option",
        `Entry [${String(index)}] of the queue has no \`chatId\`, others have one. Give one to all of them, or to none.`,
      );
    }
    byId.set(id, entry);
    return { chatId: id, prerequisites };
  });
  const order = chatOrder(named);
  return order.flatMap((id) => {
    const entry = byId.get(id);
    if (entry === undefined) return [];
    const after = [...new Set(entry.prerequisites)].flatMap((before) => byId.get(before)?.index ?? []);
    return [{ ...entry, after, carries: () => after, inSequence: false }];
  });
}

/** Histories belong to pairs of agents: two chats of one pair at once would mix them (D10-20). */
function checkPairs(chats: readonly PlannedChat[]): void {
  const last = new Map<Agent, Map<Agent, PlannedChat>>();
  const byIndex = new Map(chats.map((chat) => [chat.index, chat]));
  for (const chat of chats) {
    const before = last.get(chat.sender)?.get(chat.recipient) ?? last.get(chat.recipient)?.get(chat.sender);
    if (before !== undefined && !waitsFor(chat, before, byIndex)) {
      const ids = [before, chat].map(({ id }) => JSON.stringify(id));
      throw new AutogenError(
        "invalid-option",
        `Chats ${ids.join(" and ")} are both between \`${chat.sender.name}\` and \`${chat.recipient.name}\` and may be held at once, which would mix what they say. ` +
          `Make one a prerequisite of the other, \`clone()\` an agent, or pass \`maxConcurrent: 1\`.`,
      );
    }
    const partners = last.get(chat.sender) ?? new Map<Agent, PlannedChat>();
    last.set(chat.sender, partners.set(chat.recipient, chat));
    last.get(chat.recipient)?.delete(chat.sender);
  }
}

function waitsFor(chat: PlannedChat, other: PlannedChat, byIndex: ReadonlyMap<number, PlannedChat>): boolean {
  const seen = new Set<number>();
  const open = [...chat.after];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index === other.index) return true;
    if (seen.has(index)) continue;
    seen.add(index);
    open.push(...(byIndex.get(index)?.after ?? []));
  }
  return false;
}

function warningsOf(entries: readonly CheckedEntry[]): Plan["warnings"] {
  const recipients = new Set(entries.map(({ recipient }) => recipient));
  if (recipients.size === entries.length) return [];
  return [
    {
      code: "repeated-recipient",
      text: "Some agents are the recipient of several of these chats. What was said before is forgotten at the start of each; pass `clearHistory: false` to keep it.",
    },
  ];
}
