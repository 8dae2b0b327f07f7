/** The beginning of a long conversation as notes that a model writes. */
import { AutogenError, type Message, type OpenAIWrapper, type WrapperConfig } from "../../core.js";
import { askingModel, type AskModel } from "./asking.js";
import { Counters, DEFAULT_MODEL, type CountingOptions } from "./counting.js";
import { costOf } from "./fit.js";
import { Pairs } from "./pairs.js";
import { DEFAULT_SUMMARIZER_PROMPT, RunningSummary, summaryMessage, type Covered } from "./running-summary.js";
import { checkLimit, systemApart, type MessageTransform, type TransformContext, type TransformLog } from "./transform.js";

/** When messages are summarised, and by whom. */
export interface SummarizerOptions extends CountingOptions {
  /** Who writes the notes. @default the model of the agent */
  readonly summarizer?: OpenAIWrapper | WrapperConfig;
  /** More messages than this are summarised. @default 30, null when `maxTokens` is given */
  readonly maxMessages?: number | null;
  /** Messages with more tokens than this are summarised. @default null */
  readonly maxTokens?: number | null;
  /** The newest messages, which stay as they are; below `maxMessages`. @default 10, or half of `maxMessages` */
  readonly keepMessages?: number;
  /** Keep the first message as it is. @default true */
  readonly keepFirstMessage?: boolean;
  /** What the model is told. */
  readonly prompt?: string;
  /** Tokens of messages in one request; more are summarised in several. @default 6000 */
  readonly maxInputTokens?: number;
}

const MOST_MESSAGES = 30;
const KEPT_MESSAGES = 10;
const INPUT_TOKENS = 6000;

/**
 * Puts notes in the place of older messages once there are too many. Notes are extended as the chat goes on, and only when
 * there are too many messages again. Requests for them are part of the run and count in its usage.
 */
export class MessageSummarizer implements MessageTransform {
  readonly #ask: AskModel;
  readonly #most: { readonly messages: number; readonly tokens: number };
  readonly #keep: number;
  readonly #keepFirst: boolean;
  readonly #prompt: string;
  readonly #inputTokens: number;
  readonly #counters: Counters;
  readonly #model: string;
  readonly #memory = new RunningSummary();

  /** @throws AutogenError `invalid-option` for limits below 1, or more to keep than there may be */
  constructor(options: SummarizerOptions = {}) {
    const {
      maxTokens = null,
      maxMessages = maxTokens === null ? MOST_MESSAGES : null,
      prompt = DEFAULT_SUMMARIZER_PROMPT,
    } = options;
    const most = maxMessages ?? Number.POSITIVE_INFINITY;
    const { keepMessages = Math.max(1, Math.min(KEPT_MESSAGES, Math.floor(most / 2))), maxInputTokens = INPUT_TOKENS } = options;
    checkLimit("maxMessages", maxMessages, 2);
    checkLimit("maxTokens", maxTokens, 1);
    checkLimit("keepMessages", keepMessages, 1);
    checkLimit("maxInputTokens", maxInputTokens, 100);
    if (keepMessages >= most)
      throw new AutogenError(
        "invalid-option",
        `\`keepMessages\` (${String(keepMessages)}) has to be below \`maxMessages\` (${String(most)}).`,
      );
    this.#ask = askingModel(options.summarizer, "MessageSummarizer");
    this.#most = { messages: most, tokens: maxTokens ?? Number.POSITIVE_INFINITY };
    this.#keep = keepMessages;
    this.#keepFirst = options.keepFirstMessage ?? true;
    this.#prompt = prompt;
    this.#inputTokens = maxInputTokens;
    this.#counters = new Counters(options.tokenizer);
    this.#model = options.model ?? DEFAULT_MODEL;
  }

  async applyTransform(messages: readonly Message[], context: TransformContext = {}): Promise<readonly Message[]> {
    const { head, rest } = systemApart(messages);
    if (rest.length <= this.#keep) return messages;
    const pairs = new Pairs(rest);
    const first = this.#keepFirst ? pairs.firstUnit() : 0;
    const known = this.#memory.find(rest);
    const start = Math.max(known?.start ?? 0, first);
    const covered = (await this.#isTooMuch(rest.slice(start), context))
      ? await this.#extended({ rest, pairs, first, known }, context)
      : known;
    if (covered === null) return messages;
    return [...head, ...rest.slice(0, first), summaryMessage(covered.summary), ...rest.slice(covered.start)];
  }

  async getLogs(before: readonly Message[], after: readonly Message[]): Promise<TransformLog> {
    if (before === after) return ["No messages were summarized.", false];
    const counter = await this.#counters.for(this.#model);
    const tokens = { before: costOf(before, counter), after: costOf(after, counter) };
    const number = before.length - after.length + 1;
    const text = `Summarized ${String(number)} messages. Number of tokens reduced from ${String(tokens.before)} to ${String(tokens.after)}.`;
    return [text, true, { tokens }];
  }

  async #isTooMuch(messages: readonly Message[], { run }: TransformContext): Promise<boolean> {
    if (messages.length > this.#most.messages) return true;
    if (this.#most.tokens === Number.POSITIVE_INFINITY) return false;
    return costOf(messages, await this.#counters.for(this.#model, run)) > this.#most.tokens;
  }

  async #extended(
    {
      rest,
      pairs,
      first,
      known,
    }: {
      readonly rest: readonly Message[];
      readonly pairs: Pairs;
      readonly first: number;
      readonly known: Covered | null;
    },
    context: TransformContext,
  ): Promise<Covered | null> {
    const from = Math.max(known?.start ?? 0, first);
    const until = pairs.cleanStart(rest.length - this.#keep);
    if (until <= from) return known;
    const tools = {
      prompt: this.#prompt,
      counter: await this.#counters.for(this.#model, context.run),
      maxInputTokens: this.#inputTokens,
      ask: async (asked: readonly object[]) => await this.#ask(asked, context),
    };
    return await this.#memory.extend({ messages: rest, from, until, previous: known?.summary ?? null }, tools);
  }
}
