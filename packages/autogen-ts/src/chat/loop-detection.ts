/**
 * Notices chats that go round in circles. Only messages that a model was asked for count: canned replies cost nothing
 * and repeat for good reasons. A suspicion is a warning; when the chat goes on like that, it ends.
 */
import { contentText, type Message } from "../message/index.js";
import { AutogenError } from "../run/index.js";
import type { StopVerdict } from "./stop-conditions.js";

/** How often something may be repeated. Each number is a count of models' messages. */
export interface LoopLimits {
  /** The same message, or the same two or three in turn, this often: a warning. @default 5 */
  readonly warnAfter?: number;
  /** This often: the chat ends with `stopReason: "loop"`. @default 8 */
  readonly stopAfter?: number;
  /** This many empty answers in a row end the chat; half as many are a warning. @default 6 */
  readonly emptyReplies?: number;
  /** This many short courtesies in a row ("Thank you!", "You're welcome!") end the chat; half as many are a warning. @default 10 */
  readonly courtesies?: number;
}

/** A suspicion to warn of, or a verdict that ends the chat. */
export type LoopFinding = { readonly warning: string } | { readonly stop: StopVerdict } | null;

const LONGEST_CYCLE = 3;
/** Longer texts say more than a courtesy. */
const COURTESY_WORDS = 15;
const COURTESY =
  /\b(thanks?|thank you|welcome|good ?bye|bye|farewell|take care|have a (great|nice|good|wonderful)|my pleasure|no problem|danke|bitte|tschüss|auf wiedersehen|merci|de rien|au revoir|gracias|de nada|adiós|hasta luego)\b|谢谢|不客气|再见|ありがとう|どういたしまして|さようなら|감사합니다/iu;

/** Watches the models' messages of one chat. Work and memory per message do not depend on the length of the chat. */
export class LoopDetector {
  readonly #limits: Required<LoopLimits>;
  /** What was said last, newest at the end; no longer than the longest cycle. */
  readonly #recent: string[] = [];
  /** For each length of a cycle: how many messages in a row equal the one that many messages before. */
  readonly #equal = Array.from({ length: LONGEST_CYCLE + 1 }, () => 0);
  #empty = 0;
  #courtesies = 0;

  constructor({ warnAfter = 5, stopAfter = 8, emptyReplies = 6, courtesies = 10 }: LoopLimits = {}) {
    this.#limits = { warnAfter, stopAfter, emptyReplies, courtesies };
    for (const [name, value] of Object.entries(this.#limits)) {
      if (!(Number.isInteger(value) && value >= 2)) {
        throw new AutogenError(
          "invalid-option",
          `\`loopDetection.${name}\` is ${String(value)}. Pass a whole number, 2 or more, or \`loopDetection: false\`.`,
        );
      }
    }
  }

  /** @param message one that a model was asked for */
  add(from: string, message: Message): LoopFinding {
    const text = contentText(message.content).trim();
    const calls = JSON.stringify("tool_calls" in message ? message.tool_calls : null);
    const isEmpty = text === "" && calls === "null";
    this.#empty = isEmpty ? this.#empty + 1 : 0;
    this.#courtesies = isCourtesy(text) ? this.#courtesies + 1 : 0;
    const repeats = this.#repeats(`${from}\n${text}\n${calls}`);
    if (isEmpty)
      return this.#judge(this.#empty, this.#limits.emptyReplies, Math.ceil(this.#limits.emptyReplies / 2), "an empty answer");
    return (
      this.#judge(repeats.count, this.#limits.stopAfter, this.#limits.warnAfter, `the same ${repeats.what}`) ??
      this.#judge(this.#courtesies, this.#limits.courtesies, Math.ceil(this.#limits.courtesies / 2), "a courtesy")
    );
  }

  /** How often the shortest cycle that fits has gone round. */
  #repeats(said: string): { readonly count: number; readonly what: string } {
    let found = { count: 1, what: "message" };
    for (let length = LONGEST_CYCLE; length >= 1; length -= 1) {
      const same = this.#recent.at(-length) === said;
      const equal = same ? (this.#equal[length] ?? 0) + 1 : 0;
      this.#equal[length] = equal;
      const rounds = Math.floor(equal / length) + 1;
      if (rounds >= found.count) found = { count: rounds, what: length === 1 ? "message" : `${String(length)} messages in turn` };
    }
    this.#recent.push(said);
    if (this.#recent.length > LONGEST_CYCLE) this.#recent.shift();
    return found;
  }

  #judge(count: number, stopAt: number, warnAt: number, what: string): LoopFinding {
    const detail = `models gave ${what} ${String(count)} times in a row`;
    if (count >= stopAt) return { stop: { reason: "loop", detail } };
    return count === warnAt
      ? { warning: `The chat seems to go round in circles: ${detail}. It ends at ${String(stopAt)}.` }
      : null;
  }
}

function isCourtesy(text: string): boolean {
  return text !== "" && text.length < COURTESY_WORDS * 12 && text.split(/\s+/).length <= COURTESY_WORDS && COURTESY.test(text);
}
