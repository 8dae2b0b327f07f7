/** One after another: two questions at once would share one line of input. */
import { orAborted } from "../../../run/index.js";

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `body` when all that came before has ended. Whoever is aborted while waiting leaves the queue. */
  async take<T>(signal: AbortSignal | undefined, body: () => Promise<T>): Promise<T> {
    const before = this.#last;
    let leave: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => (leave = resolve));
    this.#last = Promise.all([before, mine]);
    try {
      await orAborted(before, signal);
      return await body();
    } finally {
      leave();
    }
  }
}
