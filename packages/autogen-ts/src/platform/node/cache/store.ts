/** What a backend of `Cache` does: keep texts under keys, and say plainly when it cannot. */

/** How much a cache holds. */
export interface CacheStats {
  readonly entries: number;
  readonly bytes: number;
}

/** Keeps texts. All methods may throw; `CacheProblem` says it best. */
export interface CacheStore {
  /** Whether an entry is found under exactly its key. Where it is found by a digest, the key is kept in the text as well. */
  readonly exactKeys: boolean;
  get(key: string): Promise<string | undefined>;
  /** @param ttlMs forget the entry after so many milliseconds, where the backend can */
  set(key: string, text: string, ttlMs?: number): Promise<void>;
  /** @returns whether there was something */
  delete(key: string): Promise<boolean>;
  clear(): Promise<void>;
  stats(): Promise<CacheStats>;
  close(): Promise<void>;
}

/** Told what went wrong: a stable code, and a text that is the same for the same cause. */
export type CacheWarning = (code: string, text: string) => void;

/** Why a backend did not do what it was asked for. `Cache` turns it into a warning and a miss. */
export class CacheProblem extends Error {
  override readonly name = "CacheProblem";

  constructor(
    readonly code: "cache-unreadable" | "cache-unwritable" | "cache-unreachable",
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The system's word for an error, such as `ENOSPC`, or its message. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === "string") return code;
  return typeof message === "string" && message !== "" ? message : String(error);
}
