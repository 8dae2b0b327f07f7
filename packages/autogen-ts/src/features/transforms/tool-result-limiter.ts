/** Long results of tools without their middle. Specification chapter 14, section 7 (D14-7). */
import type { Message, TokenCounter } from "../../core.js";
import { Counters, DEFAULT_MODEL, type CountingOptions } from "./counting.js";
import { filterOf, type FilterOptions } from "./filter.js";
import { tokensOfMessage, withTexts } from "./message-texts.js";
import { withoutMiddle } from "./shorten.js";
import { checkLimit, type MessageTransform, type TransformContext, type TransformLog } from "./transform.js";

/** How long results of tools may be. */
export interface ToolResultLimiterOptions extends FilterOptions, CountingOptions {
  /** Tokens of each result. @default 1000 */
  readonly maxTokens?: number;
  /** "ends": a remark stands where the middle was; "start": the first tokens. @default "ends" */
  readonly keep?: "ends" | "start";
}

const MOST_TOKENS = 1000;

/** Shortens results of tools and functions; all other messages stay as they are. */
export class ToolResultLimiter implements MessageTransform {
  readonly #most: number;
  readonly #keep: "ends" | "start";
  readonly #isMeant: (message: Message) => boolean;
  readonly #counters: Counters;
  readonly #model: string;

  /** @throws AutogenError `invalid-option` for a limit below 1 */
  constructor(options: ToolResultLimiterOptions = {}) {
    const { maxTokens = MOST_TOKENS, keep = "ends", model = DEFAULT_MODEL, tokenizer } = options;
    checkLimit("maxTokens", maxTokens, 1);
    this.#most = maxTokens;
    this.#keep = keep;
    this.#isMeant = filterOf(options);
    this.#counters = new Counters(tokenizer);
    this.#model = model;
  }

  async applyTransform(messages: readonly Message[], { run }: TransformContext = {}): Promise<readonly Message[]> {
    if (!messages.some(hasResult)) return messages;
    const counter = await this.#counters.for(this.#model, run);
    const changed = messages.map((message) =>
      hasResult(message) && this.#isMeant(message) ? this.#cut(message, counter) : message,
    );
    return changed.every((message, index) => message === messages[index]) ? messages : changed;
  }

  async getLogs(before: readonly Message[], after: readonly Message[]): Promise<TransformLog> {
    const cut = before.filter((message, index) => message !== after[index]).length;
    if (cut === 0) return ["No results of tools were shortened.", false];
    const counter = await this.#counters.for(this.#model);
    const count = (messages: readonly Message[]): number =>
      messages.reduce((sum, message) => sum + tokensOfMessage(message, counter), 0);
    const tokens = { before: count(before), after: count(after) };
    const text = `Shortened the results of tools in ${String(cut)} messages, from ${String(tokens.before)} to ${String(tokens.after)} tokens in all.`;
    return [text, true, { tokens }];
  }

  #cut(message: Message, counter: TokenCounter): Message {
    const cut = (text: string): string =>
      this.#keep === "start" ? counter.start(text, this.#most) : withoutMiddle(text, this.#most, counter);
    const isResult = message.role === "tool" || message.role === "function";
    return withTexts(message, isResult ? cut : (text) => text, cut);
  }
}

const hasResult = (message: Message): boolean =>
  message.role === "tool" || message.role === "function" || ("tool_responses" in message && message.tool_responses != null);
