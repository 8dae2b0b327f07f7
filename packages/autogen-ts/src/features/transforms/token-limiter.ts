/** Limits on tokens: of each message, of all together, or of the model's window. Specification chapter 14, section 3. */
import { AutogenError, getMaxTokenLimit, type Message, type TokenCounter } from "../../core.js";
import { Counters, DEFAULT_MODEL, type CountingOptions } from "./counting.js";
import { filterOf, type FilterOptions } from "./filter.js";
import { fitMessages } from "./fit.js";
import { tokensOfMessage, withTexts } from "./message-texts.js";
import { Pairs } from "./pairs.js";
import { checkLimit, systemApart, type MessageTransform, type TransformContext, type TransformLog } from "./transform.js";
import { surroundings } from "./surroundings.js";

/** How many tokens messages may have. */
export interface TokenLimiterOptions extends FilterOptions, CountingOptions {
  /** Each message is cut to so many. @default null: no limit */
  readonly maxTokensPerMessage?: number | null;
  /** All messages together; "window": what the model can take, less system message, tools and answer. @default null: no limit */
  readonly maxTokens?: number | "window" | null;
  /** Nothing is done when all messages together have fewer. @default null */
  readonly minTokens?: number | null;
  /** Tokens that are left free of `maxTokens`. @default 0; for "window" a quarter of it, 1024 at most */
  readonly reservedTokens?: number;
  /** Whether answers of tools are cut too (D14-7). @default true */
  readonly toolResponses?: boolean;
}

interface Limits {
  readonly each: number | null;
  readonly all: number | null;
}

/**
 * Cuts messages to their first tokens, from the newest to the oldest, and leaves out those for which nothing is left. A call
 * is never kept without its answer, nor an answer without its call; a leading system message stays and does not count.
 */
export class MessageTokenLimiter implements MessageTransform {
  readonly #options: Required<Pick<TokenLimiterOptions, "toolResponses">> & TokenLimiterOptions;
  readonly #isMeant: (message: Message) => boolean;
  readonly #counters: Counters;
  readonly #logs = new WeakMap<readonly Message[], TokenCounter>();

  /** @throws AutogenError `invalid-option` for limits below 0, or `minTokens` above `maxTokens` */
  constructor(options: TokenLimiterOptions = {}) {
    const { maxTokensPerMessage, maxTokens, minTokens, reservedTokens, toolResponses = true, tokenizer } = options;
    checkLimit("maxTokensPerMessage", maxTokensPerMessage, 0);
    if (maxTokens !== "window") checkLimit("maxTokens", maxTokens, 0);
    checkLimit("minTokens", minTokens, 0);
    checkLimit("reservedTokens", reservedTokens, 0);
    if (typeof minTokens === "number" && typeof maxTokens === "number" && minTokens > maxTokens)
      throw new AutogenError(
        "invalid-option",
        `\`minTokens\` (${String(minTokens)}) is above \`maxTokens\` (${String(maxTokens)}). Make it smaller.`,
      );
    this.#options = { ...options, toolResponses };
    this.#isMeant = filterOf(options);
    this.#counters = new Counters(tokenizer);
  }

  async applyTransform(messages: readonly Message[], context: TransformContext = {}): Promise<readonly Message[]> {
    const { maxTokens = null, maxTokensPerMessage = null, minTokens = null } = this.#options;
    const model = this.#modelFor(context);
    const counter = await this.#counters.for(model, context.run);
    const { head, rest } = systemApart(messages);
    let result: readonly Message[] = messages;
    const isLong = minTokens === null || rest.reduce((sum, one) => sum + tokensOfMessage(one, counter), 0) >= minTokens;
    if (isLong && (maxTokens !== null || maxTokensPerMessage !== null) && rest.length > 0) {
      const limits = await this.#limits(model, context);
      const limited = this.#limited(rest, limits, counter);
      const fitted =
        maxTokens === "window" ? await this.#inWindow([...head, ...limited], counter, context) : [...head, ...limited];
      result = isSame(fitted, messages) ? messages : fitted;
    }
    this.#logs.set(result, counter);
    return result;
  }

  async getLogs(before: readonly Message[], after: readonly Message[]): Promise<TransformLog> {
    const counter = this.#logs.get(after) ?? (await this.#counters.for(this.#options.model ?? DEFAULT_MODEL));
    const count = (messages: readonly Message[]): number =>
      messages.reduce((sum, message) => sum + tokensOfMessage(message, counter), 0);
    const [from, to] = [count(before), count(after)];
    if (from <= to) return ["No tokens were truncated.", false];
    const tokens = { before: from, after: to };
    const text = `Truncated ${String(from - to)} tokens. Number of tokens reduced from ${String(from)} to ${String(to)}`;
    return [text, true, { tokens }];
  }

  #modelFor({ agent }: TransformContext): string {
    const own = this.#options.model;
    if (own !== undefined || this.#options.maxTokens !== "window") return own ?? DEFAULT_MODEL;
    return surroundings(agent).model ?? DEFAULT_MODEL;
  }

  /** No limit is above the window of the model, where that is known. */
  async #limits(model: string, { run }: TransformContext): Promise<Limits> {
    const { maxTokens = null, maxTokensPerMessage = null, reservedTokens = 0 } = this.#options;
    const window = await windowOf(model);
    if (window === null)
      run?.warn("unknown-window", `How many tokens model \`${model}\` can take is not known, so limits are kept as they are.`);
    const capped = (option: string, limit: number | null): number | null => {
      if (limit === null || window === null || limit <= window) return limit;
      run?.warn(
        "token-limit-capped",
        `\`${option}\` (${String(limit)}) is more than model \`${model}\` can take: ${String(window)}.`,
      );
      return window;
    };
    const all = capped("maxTokens", maxTokens === "window" ? null : maxTokens);
    return {
      each: capped("maxTokensPerMessage", maxTokensPerMessage),
      all: all === null ? null : Math.max(0, all - reservedTokens),
    };
  }

  #limited(messages: readonly Message[], { each, all }: Limits, counter: TokenCounter): readonly Message[] {
    const kept: Message[] = [];
    let used = 0;
    let start = messages.length;
    for (const message of messages.toReversed()) {
      const room = all === null ? Number.POSITIVE_INFINITY : Math.max(0, all - used);
      const [one, cost, isLast] = this.#share(message, { each, room }, counter);
      // With one limit alone a message that nothing is left for is left out; with both the reference keeps it, empty.
      if (isLast && room === 0 && each === null && kept.length > 0) break;
      kept.push(one);
      used += cost;
      start -= 1;
      if (isLast) break;
    }
    const clean = new Pairs(messages).cleanStart(start);
    // The newest message may answer a call that there is no room for: the call stays all the same, without a word.
    for (let at = start - 1; at >= clean; at -= 1) {
      const message = messages[at];
      if (message !== undefined) kept.push(this.#isMeant(message) ? this.#cut(message, 0, counter, true) : message);
    }
    return kept.toReversed().slice(Math.max(0, clean - start));
  }

  /** A message as it is kept, its tokens, and whether nothing older is. */
  #share(
    message: Message,
    { each, room }: { readonly each: number | null; readonly room: number },
    counter: TokenCounter,
  ): readonly [Message, number, boolean] {
    if (!this.#isMeant(message)) return [message, tokensOfMessage(message, counter), false];
    const own = each === null ? message : this.#cut(message, each, counter, false);
    const cost = tokensOfMessage(own, counter);
    if (cost === 0 && textless(message)) return [message, 0, false];
    // With both limits, what a message may have at most must be free (the reference's rule).
    if (cost <= room && room - (each ?? cost) >= 0) return [own, cost, false];
    const rest = this.#cut(message, room, counter, true);
    return [rest, tokensOfMessage(rest, counter), true];
  }

  /** @param shared whether the texts of a message share the limit; each of them has it otherwise */
  #cut(message: Message, limit: number, counter: TokenCounter, shared: boolean): Message {
    const cutter = (): ((text: string) => string) => {
      let left = limit;
      return (text) => {
        const cut = counter.text(text) <= left ? text : counter.start(text, left);
        if (shared) left -= counter.text(cut);
        return cut;
      };
    };
    return withTexts(message, cutter(), this.#options.toolResponses ? cutter() : null);
  }

  async #inWindow(
    messages: readonly Message[],
    counter: TokenCounter,
    { agent, run }: TransformContext,
  ): Promise<readonly Message[]> {
    const window = await windowOf(counter.model);
    if (window === null) {
      const why = `How many tokens model \`${counter.model}\` can take is not known. Pass \`maxTokens\` as a number.`;
      throw new AutogenError("invalid-option", why);
    }
    const answer = this.#options.reservedTokens ?? Math.min(1024, Math.floor(window / 4));
    const limit = window - answer - surroundings(agent).tokens(counter);
    const fitted = fitMessages(messages, { limit, counter });
    if (!fitted.fits) run?.warn("does-not-fit", `The newest message alone is too long for model \`${counter.model}\`.`);
    return fitted.messages;
  }
}

const textless = ({ content }: Message): boolean => typeof content !== "string" && !Array.isArray(content);

const isSame = (a: readonly Message[], b: readonly Message[]): boolean =>
  a.length === b.length && a.every((message, index) => message === b[index]);

async function windowOf(model: string): Promise<number | null> {
  try {
    return await getMaxTokenLimit(model);
  } catch {
    return null; // not known
  }
}
