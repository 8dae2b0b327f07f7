/** The entries of several chats, and what is checked before the first of them starts. Specification chapter 13, sections 1 and 2. */
import { AutogenError } from "../run/index.js";
import { isChatAgent, type Agent, type ChatAgent } from "./agent.js";
import { carryoverText } from "./carryover.js";
import { checkCarrying, type CarryingOptions } from "./carried.js";
import { checkChat, type ChatOptions } from "./initiate.js";
import type { ChatId } from "./result.js";

/** One of several chats: the options of a chat, and who talks with whom. */
export interface ChatEntry extends ChatOptions, CarryingOptions {
  /** @default the agent whose method is called; without one it is required */
  readonly sender?: ChatAgent | null | undefined;
  readonly recipient: Agent;
  /** Text or list that stands before the summaries of finished chats. */
  readonly carryover?: unknown;
  /** All entries have one, or none has: with ids chats run side by side, as far as `prerequisites` allow. */
  readonly chatId?: ChatId | undefined;
  /** Chats that have to be finished before; their summaries are handed on, in this order. @default [] */
  readonly prerequisites?: readonly ChatId[] | undefined;
  /** Finished chats whose summaries are not handed on: places in the queue from 0, or ids where chats have ids. @default [] */
  readonly finishedChatIndexesToExcludeFromCarryover?: readonly ChatId[] | undefined;
}

/** A chat of a sequence. */
export interface SequenceEntry extends ChatEntry {
  readonly chatId?: undefined;
  readonly prerequisites?: undefined;
}

/** A chat with an id. */
export interface GraphEntry extends ChatEntry {
  readonly chatId: ChatId;
}

/** An entry that was checked. */
export interface CheckedEntry {
  /** Place in the queue, from 0. */
  readonly index: number;
  readonly entry: ChatEntry;
  readonly id: ChatId | null;
  readonly sender: ChatAgent;
  readonly recipient: ChatAgent;
  /** What the entry itself hands on. */
  readonly own: readonly unknown[];
  readonly prerequisites: readonly ChatId[];
  readonly excluded: ReadonlySet<ChatId>;
}

/** @throws AutogenError `invalid-option` naming the entry and what is wrong with it */
export function checkEntries(queue: readonly ChatEntry[]): readonly CheckedEntry[] {
  if (!Array.isArray(queue)) throw new AutogenError("invalid-option", "Several chats are given as a list of entries.");
  return (queue as readonly unknown[]).map(checkEntry);
}

function checkEntry(value: unknown, index: number): CheckedEntry {
  if (typeof value !== "object" || value === null) throw refused(index, "is no object. Pass `{ recipient, message, … }`.");
  // Every part is looked at below, or by the checks of a single chat.
  const entry = value as ChatEntry;
  const { sender, recipient, chatId, prerequisites = [], finishedChatIndexesToExcludeFromCarryover: excluded = [] } = entry;
  if (sender == null) throw refused(index, "has no `sender`. Name one, or call the method `initiateChats` of an agent.");
  if (typeof sender !== "object" || !isChatAgent(sender)) throw refused(index, "has a `sender` that cannot start chats.");
  if (typeof recipient !== "object" || (recipient as Agent | null) === null)
    throw refused(index, "has no `recipient`. Name the agent to talk with.");
  if (chatId !== undefined && !isChatId(chatId))
    throw refused(index, "has a `chatId` that is neither a whole number nor a text.");
  if (!isIdList(prerequisites)) throw refused(index, "has `prerequisites` that are no list of ids.");
  if (!isIdList(excluded)) {
    throw refused(index, "has a `finishedChatIndexesToExcludeFromCarryover` that is no list of places or ids.");
  }
  const own = naming(index, () => {
    checkCarrying(entry);
    return ownCarryover(entry);
  });
  const partner = naming(index, () => checkChat(sender, recipient, entry));
  return { index, entry, id: chatId ?? null, sender, recipient: partner, own, prerequisites, excluded: new Set(excluded) };
}

/** A text counts as a list of one; what a message function gets may be anything. */
function ownCarryover({ carryover, message }: ChatEntry): readonly unknown[] {
  if (carryover === undefined || carryover === null) return [];
  if (typeof message !== "function" || !Array.isArray(carryover)) carryoverText(carryover);
  return Array.isArray(carryover) ? (carryover as readonly unknown[]) : [carryover];
}

const isChatId = (value: unknown): value is ChatId => typeof value === "string" || Number.isInteger(value);
const isIdList = (value: unknown): value is readonly ChatId[] => Array.isArray(value) && value.every(isChatId);

/** The checks of single chats do not know which of several they are asked about. */
function naming<T>(index: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof AutogenError)) throw error;
    throw new AutogenError(error.code, `Entry [${String(index)}] of the queue: ${error.message}`, { cause: error });
  }
}

const refused = (index: number, problem: string): AutogenError =>
  new AutogenError("invalid-option", `Entry [${String(index)}] of the queue ${problem}`);
