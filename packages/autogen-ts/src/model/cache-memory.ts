/** A cache that lives as long as the program, or the object. Specification chapter 23, sections 2 and 6. */
import { AutogenError } from "../run/index.js";
import type { ResponseCache } from "./cache.js";

/** When entries are forgotten; nothing is by default. */
export interface InMemoryCacheOptions {
  /** The least recently used go first. */
  readonly maxEntries?: number;
  /** Bytes of keys and values as JSON; the least recently used go first. */
  readonly maxBytes?: number;
  /** Needs `now`. */
  readonly ttlSeconds?: number;
  /** Milliseconds since 1970: `Date.now`, as this part of the library has no clock of its own. */
  readonly now?: () => number;
}

interface Entry {
  readonly value: unknown;
  /** 0 when nothing asks for it. */
  readonly bytes: number;
  /** Milliseconds since 1970; null for ever. */
  readonly until: number | null;
}

/** Keeps the values themselves, uncopied: change none of them. */
export class InMemoryCache implements ResponseCache {
  readonly #prefix: string;
  readonly #options: InMemoryCacheOptions;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  /**
   * @param seed partition; keys are held as `SEED_KEY`, and as they are for `""`
   * @throws AutogenError `invalid-option` for `ttlSeconds` without `now`
   */
  constructor(seed: string | number = "", options: InMemoryCacheOptions = {}) {
    if (options.ttlSeconds !== undefined && options.now === undefined)
      throw new AutogenError("invalid-option", "`ttlSeconds` of a cache in memory needs a clock. Add `now: Date.now`.");
    this.#prefix = String(seed) === "" ? "" : `${String(seed)}_`;
    this.#options = options;
  }

  /** What was stored; `defaultValue` when nothing, or null, was. The caller knows the type of what it stored. */
  get<T>(key: string, defaultValue?: T): T | undefined {
    const place = this.#prefix + key;
    const entry = this.#entries.get(place);
    if (entry === undefined) return defaultValue;
    if (entry.until !== null && (this.#options.now?.() ?? 0) >= entry.until) {
      this.#remove(place);
      return defaultValue;
    }
    if (this.#isLimited) {
      // The order of a map is that of insertion: the last one is the most recently used.
      this.#entries.delete(place);
      this.#entries.set(place, entry);
    }
    return (entry.value as T | null) ?? defaultValue;
  }

  set(key: string, value: unknown): void {
    const place = this.#prefix + key;
    const { maxBytes, ttlSeconds, now } = this.#options;
    this.#remove(place);
    const until = ttlSeconds === undefined || now === undefined ? null : now() + ttlSeconds * 1000;
    const bytes = maxBytes === undefined ? 0 : sizeOf(place, value);
    this.#entries.set(place, { value, bytes, until });
    this.#bytes += bytes;
    this.#makeRoom();
  }

  /** @returns whether there was something */
  delete(key: string): boolean {
    return this.#remove(this.#prefix + key);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** How much is held, as JSON. Takes time in proportion to it. */
  stats(): { readonly entries: number; readonly bytes: number } {
    let bytes = 0;
    for (const [place, { value }] of this.#entries) bytes += sizeOf(place, value);
    return { entries: this.#entries.size, bytes };
  }

  /** The keys as they are held, with the seed in front; the least recently stored first. */
  keys(): string[] {
    return [...this.#entries.keys()];
  }

  /** Nothing to close; the values stay until the object goes. */
  close(): void {
    // Of the interface that all caches share.
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  get #isLimited(): boolean {
    return this.#options.maxEntries !== undefined || this.#options.maxBytes !== undefined;
  }

  #remove(place: string): boolean {
    this.#bytes -= this.#entries.get(place)?.bytes ?? 0;
    return this.#entries.delete(place);
  }

  #makeRoom(): void {
    const { maxEntries = Infinity, maxBytes = Infinity } = this.#options;
    for (const place of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) return;
      this.#remove(place);
    }
  }
}

/** In bytes of UTF-8. */
function sizeOf(key: string, value: unknown): number {
  return new TextEncoder().encode(key + (JSON.stringify(value) ?? "")).length;
}
