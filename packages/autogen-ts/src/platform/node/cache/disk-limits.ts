/** Keeps a cache on disk below limits of count and bytes: the least recently used entries go first. Chapter 23, section 6. */
import { rm } from "node:fs/promises";
import { filesOf, type CacheFile } from "./disk-files.js";

/** Limits of a cache on disk. */
export interface DiskLimitOptions {
  /** @default no limit */
  readonly maxEntries?: number | undefined;
  /** @default no limit */
  readonly maxBytes?: number | undefined;
}

/** Going a little below the limit saves looking through the folder at every write. */
const ROOM = 0.1;
/** No write takes so long: what is older was left behind by a process that was killed. */
const ABANDONED_MS = 3_600_000;

/** Counts what this process adds, and looks through the folder when that may be too much. */
export class DiskLimits {
  readonly #folder: string;
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  /** What is there at most, as far as this process knows; null before it has looked. */
  #known: { readonly entries: number; readonly bytes: number } | null = null;

  constructor(folder: string, { maxEntries = Infinity, maxBytes = Infinity }: DiskLimitOptions) {
    this.#folder = folder;
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  get any(): boolean {
    return this.#maxEntries !== Infinity || this.#maxBytes !== Infinity;
  }

  /** After a write: makes room when a limit is passed. Several processes may together pass it for a while. */
  async added(bytes: number): Promise<void> {
    if (!this.any) return;
    if (this.#known !== null) {
      this.#known = { entries: this.#known.entries + 1, bytes: this.#known.bytes + bytes };
      if (this.#fits(this.#known.entries, this.#known.bytes)) return;
    }
    this.#known = await this.#makeRoom();
  }

  /** After everything has been removed. */
  forget(): void {
    this.#known = null;
  }

  #fits(entries: number, bytes: number): boolean {
    return entries <= this.#maxEntries && bytes <= this.#maxBytes;
  }

  async #makeRoom(): Promise<{ readonly entries: number; readonly bytes: number }> {
    const { entries, temporary } = await filesOf(this.#folder);
    const newest = entries.reduce((latest, { usedAt }) => Math.max(latest, usedAt), 0);
    for (const file of temporary) if (file.usedAt < newest - ABANDONED_MS) await remove(file);
    let count = entries.length;
    let bytes = entries.reduce((sum, file) => sum + file.bytes, 0);
    if (this.#fits(count, bytes)) return { entries: count, bytes };

    const [mostEntries, mostBytes] = [lower(this.#maxEntries), lower(this.#maxBytes)];
    for (const file of entries.toSorted((a, b) => a.usedAt - b.usedAt)) {
      if (count <= mostEntries && bytes <= mostBytes) break;
      await remove(file);
      count -= 1;
      bytes -= file.bytes;
    }
    return { entries: count, bytes };
  }
}

/** A tenth below a limit; small limits are kept exactly. */
const lower = (limit: number): number => (limit === Infinity ? limit : limit - Math.floor(limit * ROOM));

const remove = async ({ path }: CacheFile): Promise<void> => await rm(path, { force: true });
