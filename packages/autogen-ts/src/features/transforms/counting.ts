/** The counter of a transform: made on first use, since vocabularies are large, and kept, since messages recur. */
import { tokenCounter, type Run, type TokenCounter, type TokenizerSource } from "../../core.js";

/** How tokens are counted. */
export interface CountingOptions {
  /** Whose tokens. @default "gpt-3.5-turbo-0613" */
  readonly model?: string;
  /** Another tokenizer. @default that of `gpt-tokenizer`, where it is installed, else four characters a token */
  readonly tokenizer?: TokenizerSource;
}

/** The model of transforms that are given none, as in the reference. */
export const DEFAULT_MODEL = "gpt-3.5-turbo-0613";

/** Counters by model. */
export class Counters {
  readonly #tokenizer: TokenizerSource | undefined;
  readonly #made = new Map<string, Promise<TokenCounter>>();

  constructor(tokenizer?: TokenizerSource) {
    this.#tokenizer = tokenizer;
  }

  /** @param run is told when tokens are estimated */
  for(model: string, run?: Pick<Run, "warn">): Promise<TokenCounter> {
    const known = this.#made.get(model);
    if (known !== undefined) return known;
    const making = tokenCounter(model, {
      ...(this.#tokenizer === undefined ? {} : { tokenizer: this.#tokenizer }),
      ...(run === undefined ? {} : { run }),
    });
    this.#made.set(model, making);
    // A tokenizer that could not be had is asked for again.
    making.catch(() => this.#made.delete(model));
    return making;
  }
}
