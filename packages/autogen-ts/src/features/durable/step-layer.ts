/** What puts the steps of a durable run around every effect. */
import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { AutogenError, observe, type EffectLayer, type Perform } from "../../core.js";
import type { Steps } from "./steps.js";

/** In whose steps the code of now runs. */
interface Place {
  readonly id: string;
  readonly steps: Steps;
  /** Inside of a step: what is done there is a part of it. */
  readonly performing: boolean;
}

/** Where programs and their steps run: one for all runs of a host, since each costs something with every promise. */
export class StepContext {
  readonly #places = new AsyncLocalStorage<Place>();
  #programs = 0;
  #unobserve: () => void = () => undefined;

  /** The layer of one run. Effects inside of an effect are not stored: the outer one is repeated as a whole. */
  layer(id: string, steps: Steps): EffectLayer {
    return (next) =>
      (async (effect, execute) => {
        const place = this.#places.getStore();
        if (place?.steps === steps && place.performing) return await next(effect, execute);
        const idempotencyKey = idempotencyKeyOf(id, effect.key);
        const keyed: typeof execute = async (context) => await execute({ ...context, idempotencyKey });
        return await steps.perform(
          effect,
          async () => await this.#places.run({ id, steps, performing: true }, async () => await next(effect, keyed)),
        );
      }) satisfies Perform;
  }

  /** Runs the program of a conversation. Chats that it starts without its `run` are refused: they would not be stored. */
  async program<T>(id: string, steps: Steps, program: () => Promise<T>): Promise<T> {
    if (this.#programs === 0) this.#unobserve = observe({ joinRun: () => this.#refuseForeign() });
    this.#programs += 1;
    try {
      return await this.#places.run({ id, steps, performing: false }, program);
    } finally {
      this.#programs -= 1;
      if (this.#programs === 0) this.close();
    }
  }

  /** Ends the following of promises, which costs something with every promise of the process. */
  close(): void {
    this.#unobserve();
    this.#places.disable();
  }

  /** Does something that is no part of the program that runs here, if one does. */
  outside<T>(work: () => T): T {
    return this.#places.exit(work);
  }

  #refuseForeign(): { readonly layers: readonly EffectLayer[] } | undefined {
    const place = this.#places.getStore();
    if (place === undefined || place.performing) return undefined;
    const refuse = async (): Promise<never> => {
      throw new AutogenError(
        "invalid-option",
        `Something in the durable run \`${place.id}\` was started without its \`run\`, so it would not be stored. Pass the \`run\` that the program of the conversation is given.`,
        { details: { run: place.id } },
      );
    };
    return { layers: [() => refuse] };
  }
}

/** Equal for every repetition of a step, at most 133 characters; services limit such keys. */
const idempotencyKeyOf = (id: string, key: string): string =>
  `${id}:${createHash("sha256").update(key).digest("hex").slice(0, 32)}`;
