/** Notices answers that stall half-way: the `openai` package stops its clock when the headers are there. */
import type { ModelHost } from "./client.js";

interface Watched {
  seen: boolean;
  readonly onStall: () => void;
}

/**
 * Watches the answers of one client that have the same limit. All share one timer, so that watching a call costs
 * next to nothing; a stall is noticed after one to two periods.
 */
export class StallWatch {
  readonly #limitMs: number;
  readonly #timer: NonNullable<ModelHost["timer"]>;
  readonly #watched = new Set<Watched>();
  #ticking = false;

  constructor(limitMs: number, timer: NonNullable<ModelHost["timer"]>) {
    this.#limitMs = limitMs;
    this.#timer = timer;
  }

  /** From now on `alive` has to be called within every period, until `stop`. */
  start(onStall: () => void): { readonly alive: () => void; readonly stop: () => void } {
    const watched: Watched = { seen: true, onStall };
    this.#watched.add(watched);
    this.#tick();
    return {
      alive: () => {
        watched.seen = true;
      },
      stop: () => {
        this.#watched.delete(watched);
      },
    };
  }

  #tick(): void {
    if (this.#ticking || this.#watched.size === 0) return;
    this.#ticking = true;
    this.#timer(this.#limitMs, () => {
      this.#ticking = false;
      for (const watched of this.#watched) {
        if (watched.seen) watched.seen = false;
        else this.#end(watched);
      }
      this.#tick();
    });
  }

  #end(watched: Watched): void {
    this.#watched.delete(watched);
    watched.onStall();
  }
}
