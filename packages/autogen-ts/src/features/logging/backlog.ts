/** What could not be written yet. */
import { sqliteErrorName } from "../../platform/node/index.js";

/** A logger failed to write. Those with one `code` have one cause, which is reported once. */
export class LogWriteError extends Error {
  readonly code: string;

  constructor(what: string, cause: unknown) {
    super(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.code = codeOf(cause) ?? what;
  }
}

/** How items are written. */
export interface BacklogParts<T> {
  /** @throws LogWriteError */
  readonly write: (item: T) => void;
  /** In bytes, roughly. */
  readonly sizeOf: (item: T) => number;
}

/** Together; the older half of more is given up. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Every attempt on a full disk costs time of the chat. In milliseconds. */
const PAUSE_MS = 1_000;
/** Pass by themselves, or when somebody makes room. */
const PASSING: ReadonlySet<string> = new Set([
  ...["SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN"],
  ...["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EAGAIN", "EROFS"],
]);

/** Writes at once; keeps what cannot be written now, and writes it in its order when it can. */
export class Backlog<T> {
  readonly #parts: BacklogParts<T>;
  #waiting: T[] = [];
  #bytes = 0;
  #retryAt = 0;
  #lost = 0;

  constructor(parts: BacklogParts<T>) {
    this.#parts = parts;
  }

  /** Items that were given up. */
  get lost(): number {
    return this.#lost;
  }

  /** @throws LogWriteError from the attempt to write; an item that can be written later is kept all the same */
  add(item: T): void {
    if (this.#waiting.length === 0) {
      this.#write(item);
      return;
    }
    this.#keep(item);
    if (performance.now() >= this.#retryAt) this.#writeWaiting();
  }

  /** Tries once more, and gives up what cannot be written. @throws LogWriteError */
  flush(): void {
    try {
      this.#writeWaiting();
    } finally {
      this.#lost += this.#waiting.length;
      this.#waiting = [];
      this.#bytes = 0;
    }
  }

  #write(item: T): void {
    try {
      this.#parts.write(item);
    } catch (error) {
      if (passes(error)) this.#keep(item);
      else this.#lost += 1;
      this.#retryAt = performance.now() + PAUSE_MS;
      throw error;
    }
  }

  #writeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    for (const [index, item] of waiting.entries()) {
      try {
        this.#write(item);
      } catch (error) {
        for (const later of waiting.slice(index + 1)) this.#keep(later);
        throw error;
      }
    }
  }

  #keep(item: T): void {
    this.#bytes += this.#parts.sizeOf(item);
    this.#waiting.push(item);
    if (this.#bytes <= MOST_BYTES) return;
    // Half of it at once: taking one by one off the front would move all others each time.
    const given = this.#waiting.splice(0, Math.ceil(this.#waiting.length / 2));
    this.#lost += given.length;
    this.#bytes -= given.reduce((sum, one) => sum + this.#parts.sizeOf(one), 0);
  }
}

const passes = (error: unknown): boolean => error instanceof LogWriteError && PASSING.has(error.code);

function codeOf(cause: unknown): string | null {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  return sqliteErrorName(cause) ?? (typeof code === "string" ? code : null);
}
