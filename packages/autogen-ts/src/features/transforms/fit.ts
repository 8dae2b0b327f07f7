/** A list of messages in so many tokens: what is left out first, and what never. */
import type { Message, TokenCounter } from "../../core.js";
import { Pairs, type PairedMessage } from "./pairs.js";
import { shortened } from "./shorten.js";

/** Into what messages have to fit. */
export interface FitOptions {
  /** Tokens of all messages together, with their frames. */
  readonly limit: number;
  readonly counter: TokenCounter;
  /** Keep the first message when it takes no more than a quarter. @default false */
  readonly keepFirst?: boolean;
}

/** What fits. */
export interface Fitted<M> {
  readonly messages: readonly M[];
  /** How many were left out. */
  readonly dropped: number;
  /** How many lost a part of their text. */
  readonly cut: number;
  /** False when the least that may be sent is still too long. */
  readonly fits: boolean;
}

/** No message takes more than this part of the limit, when something has to go. */
const MOST_OF_ONE = 1 / 3;
/** The first message is worth so much. */
const MOST_OF_FIRST = 1 / 4;

/**
 * The messages, if they fit. Else texts that take up more than a third are cut in their middle; then the oldest messages are
 * left out, calls and answers together; then the texts of the newest ones are cut. Leading system messages stay as they are.
 * Messages are stored ones or in wire form.
 */
export function fitMessages<M extends object>(
  messages: readonly M[],
  { limit, counter, keepFirst = false }: FitOptions,
): Fitted<M> {
  if (costOf(messages, counter) <= limit) return { messages, dropped: 0, cut: 0, fits: true };
  const heads = headLength(messages);
  const head = messages.slice(0, heads);
  const room = limit - costOf(head, counter);
  const most = Math.floor(room * MOST_OF_ONE);
  const rest = messages.slice(heads).map((message) => atMost(message, most, counter));
  if (rest.length === 0) return { messages, dropped: 0, cut: 0, fits: false };
  const kept = newest(rest, { room, counter, keepFirst });
  const last = squeezed(kept, room, counter);
  const originals = new Set(messages);
  return {
    messages: [...head, ...last],
    dropped: rest.length - last.length,
    cut: last.filter((message) => !originals.has(message)).length,
    fits: costOf(last, counter) - REPLY <= room,
  };
}

/** Where the newest messages that fit begin; nothing is separated there. */
export function startOfNewest(rest: readonly object[], room: number, counter: TokenCounter): number {
  let start = rest.length;
  let used = 0;
  while (start > 0) {
    used += costOfOne(rest[start - 1] ?? {}, counter);
    if (used > room) break;
    start -= 1;
  }
  return new Pairs(rest).cleanStart(start);
}

/** What starts the answer; it is in the cost of every list. */
const REPLY = 3;

interface Room {
  readonly room: number;
  readonly counter: TokenCounter;
  readonly keepFirst: boolean;
}

function newest<M extends object>(rest: readonly M[], { room, counter, keepFirst }: Room): readonly M[] {
  const unit = keepFirst ? new Pairs(rest).firstUnit() : 0;
  const first = rest.slice(0, unit);
  const cost = first.reduce((sum, message) => sum + costOfOne(message, counter), 0);
  const isWorthIt = unit > 0 && cost <= room * MOST_OF_FIRST;
  const start = startOfNewest(rest, isWorthIt ? room - cost : room, counter);
  return isWorthIt && start > unit ? [...first, ...rest.slice(start)] : rest.slice(start);
}

/** When the newest messages that belong together do not fit, their texts have to. */
function squeezed<M extends object>(messages: readonly M[], room: number, counter: TokenCounter): readonly M[] {
  const excess = costOf(messages, counter) - REPLY - room;
  if (excess <= 0) return messages;
  const costs = messages.map((message) => costOfOne(message, counter));
  const sum = costs.reduce((all, cost) => all + cost, 0);
  return messages.map((message, index) => {
    const share = Math.ceil(((costs[index] ?? 0) / sum) * excess);
    return cutBy(message, share, counter);
  });
}

function atMost<M extends object>(message: M, most: number, counter: TokenCounter): M {
  const excess = costOfOne(message, counter) - most;
  return excess <= 0 ? message : cutBy(message, excess, counter);
}

/** Texts are the only thing that can be cut: calls are JSON. */
const cutBy = <M extends object>(message: M, excess: number, counter: TokenCounter): M =>
  // The function changes nothing but texts, whatever else the object holds.
  shortened(message as unknown as Message, excess, counter) as unknown as M;

/** Tokens of a list with the start of the answer. */
export const costOf = (messages: readonly object[], counter: TokenCounter): number =>
  messages.reduce((sum: number, message) => sum + costOfOne(message, counter), REPLY);

/** Tokens of one message as it is sent: a stored one may become several. */
function costOfOne(message: object, counter: TokenCounter): number {
  const { tool_responses: responses } = message as PairedMessage;
  if (responses == null || responses.length === 0) return counter.message(message);
  const { tool_responses: _responses, ...own } = message as PairedMessage;
  const answers = responses.reduce((sum, response) => sum + counter.message(response), 0);
  return own.role === "tool" ? answers : answers + counter.message(own);
}

function headLength(messages: readonly object[]): number {
  const isHead = (message: object): boolean => ["system", "developer"].includes((message as PairedMessage).role);
  const end = messages.findIndex((message) => !isHead(message));
  return end === -1 ? messages.length : end;
}
