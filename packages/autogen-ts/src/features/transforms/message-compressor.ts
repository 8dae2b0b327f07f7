/** Shorter texts by a compressor, each made once. Specification chapter 14, section 4 (D14-5). */
import { AutogenError, type Message } from "../../core.js";
import { Counters, DEFAULT_MODEL, type CountingOptions } from "./counting.js";
import { ExtractiveCompressor } from "./extractive-compressor.js";
import { filterOf, type FilterOptions } from "./filter.js";
import { textsOfMessage, tokensOfMessage, withTexts } from "./message-texts.js";
import type { CompressedText, CompressionParams, TextCompressor } from "./text-compressor.js";
import { checkLimit, type MessageTransform, type TransformContext, type TransformLog } from "./transform.js";

/** Keeps compressed texts. It may forget at any time; when it throws, the text is compressed anew. */
export interface CompressionCache {
  get(key: string): unknown;
  set(key: string, value: CompressedText): unknown;
}

/** What is compressed, by what. */
export interface MessageCompressorOptions extends FilterOptions, CountingOptions {
  /** @default new ExtractiveCompressor() */
  readonly textCompressor?: TextCompressor;
  /** Nothing is done when all messages together have fewer tokens. @default null */
  readonly minTokens?: number | null;
  /** Handed to the compressor with each text. @default {} */
  readonly compressionParams?: CompressionParams;
  /** Null: each text is compressed each time. @default in memory, the latest thousand texts */
  readonly cache?: CompressionCache | null;
  /** Whether answers of tools are compressed too (D14-7). @default true */
  readonly toolResponses?: boolean;
}

/** Replaces the texts of messages by shorter ones. Images, calls and the messages given are left as they are. */
export class TextMessageCompressor implements MessageTransform {
  readonly #compressor: TextCompressor;
  readonly #least: number | null;
  readonly #params: CompressionParams;
  readonly #cache: CompressionCache | null;
  readonly #toolResponses: boolean;
  readonly #isMeant: (message: Message) => boolean;
  readonly #counters: Counters;
  readonly #model: string;
  readonly #saved = new WeakMap<readonly Message[], number>();

  /** @throws AutogenError `invalid-option` for a compressor without `compressText`, or `minTokens` below 1 */
  constructor(options: MessageCompressorOptions = {}) {
    const { textCompressor = new ExtractiveCompressor(), minTokens = null, compressionParams = {}, cache } = options;
    const { compressText } = textCompressor as Partial<Record<keyof TextCompressor, unknown>>;
    if (typeof compressText !== "function")
      throw new AutogenError(
        "invalid-option",
        "`textCompressor` is no compressor. Pass an object with `compressText(text, params)`.",
      );
    checkLimit("minTokens", minTokens, 1);
    this.#compressor = textCompressor;
    this.#least = minTokens;
    this.#params = compressionParams;
    this.#cache = cache === undefined ? new LatestTexts() : cache;
    this.#toolResponses = options.toolResponses ?? true;
    this.#isMeant = filterOf(options);
    this.#counters = new Counters(options.tokenizer);
    this.#model = options.model ?? DEFAULT_MODEL;
  }

  async applyTransform(messages: readonly Message[], context: TransformContext = {}): Promise<readonly Message[]> {
    if (messages.length === 0 || !(await this.#isWorthIt(messages, context))) return messages;
    const found = new Map<string, string>();
    let saved = 0;
    const changed: Message[] = [];
    for (const message of messages) {
      const texts = this.#isMeant(message) ? textsOfMessage(message, { toolResponses: this.#toolResponses }) : [];
      for (const text of texts) {
        if (text.trim() === "" || found.has(text)) continue;
        context.run?.throwIfAborted();
        const { compressedPrompt, originTokens, compressedTokens } = await this.#compressed(text, context);
        found.set(text, compressedPrompt);
        if (originTokens !== undefined && compressedTokens !== undefined) saved += originTokens - compressedTokens;
      }
      const change = (text: string): string => found.get(text) ?? text;
      changed.push(texts.length === 0 ? message : withTexts(message, change, this.#toolResponses ? change : null));
    }
    const result = changed.every((message, index) => message === messages[index]) ? messages : changed;
    this.#saved.set(result, saved);
    return result;
  }

  async getLogs(before: readonly Message[], after: readonly Message[]): Promise<TransformLog> {
    const saved = this.#saved.get(after) ?? (await this.#difference(before, after));
    if (before === after || saved <= 0) return ["No tokens saved with text compression.", false];
    return [`${String(saved)} tokens saved with text compression.`, true];
  }

  async #isWorthIt(messages: readonly Message[], { run }: TransformContext): Promise<boolean> {
    const least = this.#least;
    if (least === null) return true;
    const counter = await this.#counters.for(this.#model, run);
    return messages.reduce((sum, message) => sum + tokensOfMessage(message, counter), 0) >= least;
  }

  async #compressed(text: string, context: TransformContext): Promise<CompressedText> {
    const key = `${text}\n${String(this.#least)}\n${JSON.stringify(this.#params)}`;
    const known = await this.#fromCache(key, context);
    if (known !== null) return known;
    const compressed: unknown = await this.#compressor.compressText(text, this.#params, context);
    if (!isCompressed(compressed))
      throw new AutogenError(
        "compression-failed",
        "A compressor gave no `compressedPrompt`. It has to give a text under this name.",
      );
    await this.#store(key, compressed, context);
    return compressed;
  }

  async #fromCache(key: string, { run }: TransformContext): Promise<CompressedText | null> {
    try {
      const found: unknown = await this.#cache?.get(key);
      return isCompressed(found) ? found : null;
    } catch (error) {
      run?.warn("compression-cache", `Compressed texts are not read from their cache: ${textOf(error)}`);
      return null;
    }
  }

  async #store(key: string, value: CompressedText, { run }: TransformContext): Promise<void> {
    try {
      await this.#cache?.set(key, value);
    } catch (error) {
      run?.warn("compression-cache", `Compressed texts are not kept in their cache: ${textOf(error)}`);
    }
  }

  async #difference(before: readonly Message[], after: readonly Message[]): Promise<number> {
    const counter = await this.#counters.for(this.#model);
    const count = (messages: readonly Message[]): number =>
      messages.reduce((sum, message) => sum + tokensOfMessage(message, counter), 0);
    return count(before) - count(after);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function isCompressed(value: unknown): value is CompressedText {
  return typeof value === "object" && value !== null && typeof (value as CompressedText).compressedPrompt === "string";
}

const MOST_TEXTS = 1000;
/** Of all keys together: texts may be long. */
const MOST_CHARACTERS = 4_000_000;

/** What was not asked for longest is forgotten first. */
class LatestTexts implements CompressionCache {
  readonly #texts = new Map<string, CompressedText>();
  #characters = 0;

  get(key: string): CompressedText | undefined {
    const found = this.#texts.get(key);
    if (found === undefined) return undefined;
    this.#texts.delete(key);
    this.#texts.set(key, found);
    return found;
  }

  set(key: string, value: CompressedText): void {
    if (!this.#texts.has(key)) this.#characters += key.length;
    this.#texts.set(key, value);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= MOST_TEXTS && this.#characters <= MOST_CHARACTERS) return;
      this.#texts.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}
