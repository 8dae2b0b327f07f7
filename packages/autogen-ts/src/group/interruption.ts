/** Steps of a group that a user may interrupt without ending the chat (D12-9). */
import type { MessageDraft } from "../message/index.js";
import { abortError, throwIfAborted, type Run } from "../run/index.js";

export interface Interruption {
  /** What the admin says; null: it is asked. */
  readonly message: string | MessageDraft | null;
}

/** Runs steps in a part of the run that can be aborted alone. The part is made anew only after an interruption. */
export class Interruptible {
  readonly #run: Run;
  #stop = new AbortController();
  #part: Run | undefined;
  #interruption: Interruption | null = null;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Whether an interruption waits to be taken. */
  get interrupted(): boolean {
    return this.#interruption !== null;
  }

  /** @returns false when one is being dealt with already */
  interrupt(message: string | MessageDraft | null): boolean {
    if (this.#interruption !== null) return false;
    this.#interruption = { message };
    this.#stop.abort(new Error("The group was interrupted."));
    return true;
  }

  /** The interruption that made a step fail, null if it was something else; the next step can be interrupted anew. */
  takeInterruption(): Interruption | null {
    const taken = this.#interruption;
    if (taken === null) return null;
    this.#run.throwIfAborted(); // the end of the whole run comes before
    this.#interruption = null;
    this.#stop = new AbortController();
    this.#part = undefined;
    return taken;
  }

  /** Does not wait for work that ignores its signal, and does not use what came too late. */
  async step<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const { signal } = this.#stop;
    const part = (this.#part ??= this.#run.child("round", { signal }));
    throwIfAborted(part.signal);
    let stopWaiting: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      const stop = (): void => reject(abortError(part.signal));
      part.signal.addEventListener("abort", stop, { once: true });
      stopWaiting = () => part.signal.removeEventListener("abort", stop);
    });
    try {
      const result = await Promise.race([work(part), aborted]);
      throwIfAborted(part.signal);
      return result;
    } finally {
      stopWaiting();
    }
  }
}
