/**
 * Answers that are not made yet, because a chat that they are made by waits for an approval. Plain data, saved with the agent:
 * what was finished inside is not done again.
 */
import type { MessageDraft } from "../message/index.js";
import type { ChatResult } from "../chat/index.js";

/** What an answer is made to, and by whom. */
export interface AnswerPlace {
  /** Whose message is answered; null when there is no sender. */
  readonly sender: string | null;
  /** How many messages the conversation had: a later message is answered anew. */
  readonly turn: number;
  /** Names of those who talk inside: a program that was changed begins anew. */
  readonly by: string;
}

/** An answer, as far as it was made. */
export interface PausedAnswer extends AnswerPlace {
  /** First messages of the chats inside, in the order of the queue; null for those that are skipped. */
  readonly openings: readonly (string | MessageDraft | null)[];
  /** Of the chats inside, as far as they were held; without what was said in them, which their agents know. */
  readonly results: readonly ChatResult[];
}

export class PausedAnswers {
  #answers: PausedAnswer[] = [];

  /** Whether an answer to this sender waits. */
  has(sender: string): boolean {
    return this.#answers.some((one) => one.sender === sender);
  }

  /** What was begun of exactly this answer. What was begun of answers to earlier messages is forgotten. */
  find(place: AnswerPlace): PausedAnswer | null {
    const found = this.#answers.find((one) => isSameMaker(one, place)) ?? null;
    if (found === null || found.turn === place.turn) return found;
    this.close(place);
    return null;
  }

  /** Keeps what the chats inside came to, when one of them waits for an approval; else the answer is done with. */
  settle(place: AnswerPlace, openings: PausedAnswer["openings"], held: readonly ChatResult[]): void {
    this.close(place);
    if (held.every(({ isFinished }) => isFinished)) return;
    this.#answers.push({ ...place, openings, results: held.map((one) => ({ ...one, chatHistory: [], nested: [] })) });
  }

  close(place: AnswerPlace): void {
    this.#answers = this.#answers.filter((one) => !isSameMaker(one, place));
  }

  /** Forgets all, or those to one sender. */
  clear(sender?: string): void {
    this.#answers = sender === undefined ? [] : this.#answers.filter((one) => one.sender !== sender);
  }

  export(): readonly PausedAnswer[] {
    return this.#answers;
  }

  import(saved: readonly PausedAnswer[]): void {
    this.#answers = [...saved];
  }
}

const isSameMaker = (one: AnswerPlace, other: AnswerPlace): boolean => one.sender === other.sender && one.by === other.by;
