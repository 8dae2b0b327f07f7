/** Notices what other processes leave for the runs of this one: one look for all of them, several times a second. */
import type { RunStore } from "./store.js";

/** Answers and cancellations are noticed within this time. */
const LOOK_EVERY_MS = 200;

export interface Wakeable {
  wake(): Promise<void>;
}

export class ChangeWatch {
  readonly #store: RunStore;
  readonly #live = new Set<Wakeable>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #seen: number | null = null;

  constructor(store: RunStore) {
    this.#store = store;
  }

  add(run: Wakeable): () => void {
    this.#live.add(run);
    this.#timer ??= setInterval(() => void this.#look(), LOOK_EVERY_MS);
    return () => {
      this.#live.delete(run);
      if (this.#live.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#seen = null;
    };
  }

  /** Lets all of them look. */
  async wakeAll(): Promise<void> {
    await Promise.all([...this.#live].map(async (run) => await run.wake()));
  }

  /** A folder that cannot be read now may be readable at the next look; runs themselves report what they cannot write. */
  async #look(): Promise<void> {
    try {
      const now = await this.#store.changes();
      const before = this.#seen;
      this.#seen = now;
      if (before !== now) await this.wakeAll();
    } catch {
      this.#seen = null;
    }
  }
}
