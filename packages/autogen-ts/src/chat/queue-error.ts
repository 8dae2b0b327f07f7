/** The error of several chats of which some failed. Specification chapter 13, D13-1. */
import type { Json } from "../message/index.js";
import { AutogenError, isAutogenError } from "../run/index.js";
import { attachChat, chatOfError, type ChatId, type ChatResult } from "./result.js";

/** A chat that failed. */
export interface ChatFailure {
  /** Place in the queue, from 0. */
  readonly index: number;
  readonly chatId: ChatId | null;
  readonly from: string;
  readonly to: string;
  readonly error: unknown;
}

/**
 * Some of several chats failed. Its `code` is that of the first failure, or `chat-failed` when that was no `AutogenError`;
 * the failure itself is its `cause`. An abort comes before all failures.
 */
export class ChatQueueError extends AutogenError {
  /** Of the chats that are finished, in the order of execution. */
  readonly results: readonly ChatResult[];
  /** In the order of the queue; at least one. */
  readonly failures: readonly ChatFailure[];

  constructor(failures: readonly [ChatFailure, ...ChatFailure[]], results: readonly ChatResult[], planned: number) {
    const first = failures.find(({ error }) => isAutogenError(error, "aborted")) ?? failures[0];
    const others = failures.filter((one) => one !== first);
    const left = planned - results.length - failures.length;
    super(
      isAutogenError(first.error) ? first.error.code : "chat-failed",
      `Chat ${nameOf(first)} failed: ${asSentence(messageOf(first.error))}` +
        (others.length === 0 ? "" : ` So did ${namesOf(others)}.`) +
        (left === 0 ? "" : ` ${String(left)} of ${String(planned)} chats did not start.`) +
        " `results` of this error has what the others came to.",
      { cause: first.error, details: detailsOf(first, failures) },
    );
    this.results = results;
    this.failures = failures;
    const chat = chatOfError(first.error);
    if (chat !== null) attachChat(this, chat);
  }
}

/**
 * The results of the chats that were finished when several chats failed.
 *
 * @returns empty when the error did not come out of several chats
 */
export function resultsOfError(error: unknown): readonly ChatResult[] {
  // Told by its parts: a durable engine that revives an error keeps them, but not its class.
  const { results } = isAutogenError(error) ? (error as Partial<ChatQueueError>) : {};
  return Array.isArray(results) ? (results as readonly ChatResult[]) : [];
}

function nameOf({ index, chatId, from, to }: ChatFailure): string {
  const name = chatId === null ? `[${String(index)}]` : `[${String(index)}], id ${JSON.stringify(chatId)},`;
  return `${name} of \`${from}\` with \`${to}\``;
}

/** Those of a thousand would hide what has happened; `failures` has them all. */
const MOST_NAMES = 5;

function namesOf(failures: readonly ChatFailure[]): string {
  const names = failures.slice(0, MOST_NAMES).map(nameOf).join(", ");
  const more = failures.length - MOST_NAMES;
  return more <= 0 ? names : `${names} and ${String(more)} more`;
}

const asSentence = (text: string): string => (/[.!?]$/u.test(text) ? text : `${text}.`);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What is known of the failure that is the cause, such as an endpoint's status, and who failed. */
function detailsOf({ error }: ChatFailure, failures: readonly ChatFailure[]): Json {
  const known = isAutogenError(error) && isPlain(error.details) ? error.details : {};
  const failed = failures.map(({ index, chatId, from, to, error: one }) => ({
    index,
    chatId,
    from,
    to,
    message: messageOf(one),
  }));
  return { ...known, failed };
}

const isPlain = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
