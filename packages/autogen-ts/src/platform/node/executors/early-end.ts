/** What ends a run before its own end: its time limit, the caller, or a limit that it has exceeded. */

/** Why; the first reason counts. */
export type EarlyReason = "timeout" | "aborted" | "output-limit" | "folder-limit" | "memory-limit";

/** Settings. */
export interface EarlyEndOptions {
  readonly timeoutMs: number;
  /** The caller's. */
  readonly signal: AbortSignal | undefined;
  /** Called once, at once if the caller has aborted before. */
  readonly onEnd?: (reason: EarlyReason) => void;
}

/** For one run: made when there is something to end, closed when it is over. */
export class EarlyEnd {
  readonly #options: EarlyEndOptions;
  readonly #stop = new AbortController();
  readonly #clock: NodeJS.Timeout;
  #reason: EarlyReason | undefined;

  constructor(options: EarlyEndOptions) {
    this.#options = options;
    this.#clock = setTimeout(() => this.by("timeout"), options.timeoutMs);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal?.aborted === true) this.#onAbort();
  }

  /** Undefined as long as the run may go on. */
  get reason(): EarlyReason | undefined {
    return this.#reason;
  }

  /** For work that takes one. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  by(reason: EarlyReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#stop.abort();
    this.#options.onEnd?.(reason);
  }

  /** The result of `work`, or undefined as soon as the end comes first. What `work` does after that is nobody's concern. */
  async orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
    let onStop = (): void => {};
    const stopped = new Promise<undefined>((resolve) => (onStop = () => resolve(undefined)));
    if (this.#reason === undefined) this.signal.addEventListener("abort", onStop, { once: true });
    else onStop();
    try {
      return await Promise.race([work, stopped]);
    } finally {
      this.signal.removeEventListener("abort", onStop);
      work.catch(() => {}); // told above, unless it came too late
    }
  }

  /** The time limit no longer counts: the program has ended, only its output may go on. */
  stopClock(): void {
    clearTimeout(this.#clock);
  }

  close(): void {
    this.stopClock();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => this.by("aborted");
}
