/** The caches that are used when a call names none: `.cache/SEED`, unless the environment switches them off. */
import { Cache } from "./cache.js";

const OFF: ReadonlySet<string> = new Set(["off", "0", "false", "no"]);

/** One cache for each seed, so that equal calls at the same time find each other. */
export class DefaultCaches {
  readonly #caches = new Map<string, Cache>();
  readonly #environment: (name: string) => string | undefined;

  constructor(environment: (name: string) => string | undefined) {
    this.#environment = environment;
  }

  /** Null when `AUTOGEN_CACHE` is `off`. The folder is made at the first write. */
  open(seed: string): Cache | null {
    if (OFF.has(this.#environment("AUTOGEN_CACHE")?.trim().toLowerCase() ?? "")) return null;
    const cache = this.#caches.get(seed) ?? Cache.disk({ cacheSeed: seed });
    this.#caches.set(seed, cache);
    return cache;
  }
}
