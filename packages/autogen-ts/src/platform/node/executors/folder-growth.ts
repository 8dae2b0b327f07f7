/** Stops code that fills the disk: looks at how much a work folder grows while a block runs. */
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** How many files and folders one block may add to the work folder. */
const MAX_NEW_ENTRIES = 20_000;

/** Folders with more entries than this are not watched: looking would cost more than it protects. */
const MAX_ENTRIES_BEFORE = 30_000;
const INTERVAL_MS = 500;

interface Size {
  readonly bytes: number;
  readonly entries: number;
}

/** Watches from `start` to `stop`. */
export class GrowthWatch {
  readonly #folder: string;
  readonly #before: Size;
  readonly #maxBytes: number;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  private constructor(folder: string, before: Size, maxBytes: number) {
    this.#folder = folder;
    this.#before = before;
    this.#maxBytes = maxBytes;
  }

  /** @param maxBytes how much one block may add */
  static async start(folder: string, maxBytes: number): Promise<GrowthWatch> {
    const watch = new GrowthWatch(folder, await measure(folder), maxBytes);
    if (watch.#before.entries < MAX_ENTRIES_BEFORE) watch.#lookLater();
    return watch;
  }

  /** Fires when the folder has grown too much. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** @returns whether the folder has grown too much */
  async stop(): Promise<boolean> {
    if (this.#timer === undefined || this.#stopped) return this.signal.aborted;
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#look();
    return this.signal.aborted;
  }

  #lookLater(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      void this.#look().then(() => this.#lookLater()); // `measure` does not reject
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { bytes, entries } = await measure(this.#folder);
    const tooMuch = bytes - this.#before.bytes > this.#maxBytes || entries - this.#before.entries > MAX_NEW_ENTRIES;
    if (tooMuch) this.#controller.abort();
  }
}

/** What vanishes while we look counts nothing. Ends early once more is there than could matter. */
async function measure(root: string): Promise<Size> {
  let bytes = 0;
  let entries = 0;
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (++entries > MAX_ENTRIES_BEFORE + MAX_NEW_ENTRIES) return { bytes, entries };
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) bytes += await sizeOf(path);
    }
  }
  return { bytes, entries };
}

async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  return found === undefined ? 0 : Math.min(found.size, found.blocks * 512); // holes cost nothing
}
