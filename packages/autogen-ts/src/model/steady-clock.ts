/** A clock that only goes forward, made of one that people and time servers set. */
import type { Host } from "../run/index.js";

export class SteadyClock {
  #last = Number.NEGATIVE_INFINITY;
  /** What has to be added to the other clock. */
  #ahead = 0;

  /** Milliseconds from some point in time. When the other clock is put back, time goes on from where it was. */
  read(host: Pick<Host, "now">): number {
    const now = host.now() + this.#ahead;
    if (now < this.#last) this.#ahead += this.#last - now;
    return (this.#last = Math.max(now, this.#last));
  }

  /** Sleeps; afterwards that much time has passed by this clock, even where sleeping takes none. */
  async sleep(host: Pick<Host, "now" | "sleep">, ms: number, signal?: AbortSignal): Promise<void> {
    const until = this.read(host) + ms;
    await host.sleep(Math.ceil(ms), signal);
    this.read(host);
    this.#last = Math.max(this.#last, until);
  }
}
