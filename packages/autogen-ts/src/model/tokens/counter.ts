/** Counting again and again what hardly changes: the messages of a chat, turn after turn. */
import { tokenizerFor, type TokenOptions } from "./count.js";
import { cutEnd, cutStart } from "./cut.js";
import { framedTokens, messageRule, REPLY } from "./messages.js";
import type { Tokenizer } from "./tokenizer.js";
import { DEFAULT_MODEL } from "./windows.js";

/** Counts for one model, and remembers what it has counted. Frozen messages are looked at once. */
export interface TokenCounter {
  readonly model: string;
  /** Whether counts are estimates because the tokenizer is missing or not known. */
  readonly estimated: boolean;
  text(text: string): number;
  /** One message in wire form or as stored, with its frame. Images have a price of their own. */
  message(message: object): number;
  /** Messages and the start of the answer. */
  messages(messages: readonly object[]): number;
  /** The longest beginning of a text that has at most so many tokens; the text itself when it has no more. */
  start(text: string, tokens: number): string;
  /** The longest end of a text that has at most so many tokens. */
  end(text: string, tokens: number): string;
}

export async function tokenCounter(model: string = DEFAULT_MODEL, options: TokenOptions = {}): Promise<TokenCounter> {
  const { tokenizer, estimated } = await tokenizerFor(model, options);
  const remembering = new TextMemory(tokenizer);
  const rule = messageRule(model);
  const counted = new WeakMap<object, number>();
  const message = (one: object): number => {
    const known = counted.get(one);
    if (known !== undefined) return known;
    const { tokens } = framedTokens(one, { rule, tokenizer: remembering });
    // Who made an object that can still change may do so.
    if (isFixed(one)) counted.set(one, tokens);
    return tokens;
  };
  return {
    model,
    estimated,
    text: (text) => remembering.countTokens(text),
    message,
    messages: (messages) => messages.reduce((sum, one) => sum + message(one), REPLY),
    start: (text, tokens) => cutStart(text, tokens, tokenizer),
    end: (text, tokens) => cutEnd(text, tokens, tokenizer),
  };
}

/** Stored messages are frozen, and so are their parts. */
function isFixed(message: object): boolean {
  return Object.isFrozen(message) && Object.values(message).every((value) => typeof value !== "object" || Object.isFrozen(value));
}

/** Characters of remembered texts; there may be as many again of those before. */
const MOST_CHARACTERS = 1_000_000;

/** Texts recur in objects that are made anew for each request. What was not asked for lately is forgotten. */
class TextMemory implements Tokenizer {
  readonly #tokenizer: Tokenizer;
  #recent = new Map<string, number>();
  #older = new Map<string, number>();
  #characters = 0;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  countTokens(text: string): number {
    const recent = this.#recent.get(text);
    if (recent !== undefined) return recent;
    const tokens = this.#older.get(text) ?? this.#tokenizer.countTokens(text);
    this.#recent.set(text, tokens);
    this.#characters += text.length;
    if (this.#characters > MOST_CHARACTERS) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#characters = 0;
    }
    return tokens;
  }
}
