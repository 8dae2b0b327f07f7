/** What must not outlive this process: children, temporary folders. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Carries out duties when the process exits, or is asked to by a signal that nobody else handles.
 * It listens only while there are duties.
 */
export class ExitCleanup {
  readonly #duties = new Set<() => void>();

  /** @returns removes the duty; harmless when called twice */
  add(duty: () => void): () => void {
    if (this.#duties.size === 0) this.#listen();
    this.#duties.add(duty);
    return () => {
      if (this.#duties.delete(duty) && this.#duties.size === 0) this.#unlisten();
    };
  }

  #listen(): void {
    process.on("exit", this.#perform);
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  #unlisten(): void {
    process.off("exit", this.#perform);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  readonly #perform = (): void => {
    for (const duty of this.#duties) duty();
  };

  /** Others who listen decide whether the process ends; `exit` follows if it does. */
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return;
    this.#perform();
    this.#unlisten();
    process.kill(process.pid, signal);
  };
}
