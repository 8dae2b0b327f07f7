/**
 * A file for each entry: `ROOT/SEED/ab/abcd….json`, named after the SHA-256 of the key. Written under a temporary name
 * and renamed, so that any number of processes may read and write at once, on network drives too. Chapter 23, section 2.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DiskLimits, type DiskLimitOptions } from "./disk-limits.js";
import { filesOf, removeAll } from "./disk-files.js";
import { readText } from "./read-text.js";
import { CacheProblem, reasonOf, type CacheStats, type CacheStore } from "./store.js";

export interface DiskStoreOptions extends DiskLimitOptions {
  readonly root: string;
  readonly seed: string;
  readonly now: () => number;
}

/** A folder that cannot be written now may be writable later; trying costs a call to the system. */
const PAUSE_MS = 60_000;

export class DiskStore implements CacheStore {
  readonly exactKeys = false;
  /** As the user named it, for messages. */
  readonly #shown: string;
  readonly #folder: string;
  readonly #now: () => number;
  readonly #limits: DiskLimits;
  #failure: { readonly problem: CacheProblem; readonly until: number } | null = null;

  constructor({ root, seed, now, ...limits }: DiskStoreOptions) {
    this.#shown = join(root, folderName(seed));
    this.#folder = resolve(this.#shown);
    this.#now = now;
    this.#limits = new DiskLimits(this.#folder, limits);
  }

  async get(key: string): Promise<string | undefined> {
    const path = this.#pathOf(key);
    let text: string;
    try {
      text = await readText(path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      const message = `The response cache in \`${this.#shown}\` cannot be read (${reasonOf(error)}); calls go on without it.`;
      throw new CacheProblem("cache-unreadable", message, { cause: error });
    }
    if (this.#limits.any) await this.#markUsed(path);
    return text;
  }

  async set(key: string, text: string): Promise<void> {
    if (this.#failure !== null && this.#now() < this.#failure.until) throw this.#failure.problem;
    try {
      const path = this.#pathOf(key);
      await this.#write(path, text);
      if (this.#limits.any) await this.#markUsed(path);
      await this.#limits.added(Buffer.byteLength(text));
      this.#failure = null;
    } catch (error) {
      const message = `The response cache in \`${this.#shown}\` cannot be written (${reasonOf(error)}); answers are not kept. Make room or give the right to write, choose another folder with \`cachePathRoot\`, or switch caching off with \`cacheSeed: null\` or AUTOGEN_CACHE=off.`;
      const problem = new CacheProblem("cache-unwritable", message, { cause: error });
      this.#failure = { problem, until: this.#now() + PAUSE_MS };
      throw problem;
    }
  }

  async delete(key: string): Promise<boolean> {
    try {
      await rm(this.#pathOf(key));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** Removes what this library wrote, and folders that are empty then. */
  async clear(): Promise<void> {
    await removeAll(this.#folder);
    this.#limits.forget();
  }

  async stats(): Promise<CacheStats> {
    const { entries } = await filesOf(this.#folder);
    return { entries: entries.length, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  /** No file stays open between calls. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #pathOf(key: string): string {
    const name = createHash("sha256").update(key).digest("hex");
    return join(this.#folder, name.slice(0, 2), `${name}.json`);
  }

  async #write(path: string, text: string): Promise<void> {
    const temporary = `${path.slice(0, -".json".length)}.${randomUUID()}.tmp`;
    try {
      await this.#inFolder(dirname(path), () => writeFile(temporary, text, { mode: 0o600, flag: "wx" }));
      await renameOver(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined); // what went wrong first is what counts
      throw error;
    }
  }

  /** The folder is made when it turns out to be missing: at the first write, or after somebody removed it. */
  async #inFolder(folder: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isMissing(error)) throw error;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await this.#ignoreInGit();
      await work();
    }
  }

  /** Entries hold prompts and answers, and caching is on by default: nobody should commit them by accident. */
  async #ignoreInGit(): Promise<void> {
    try {
      await writeFile(join(this.#folder, ".gitignore"), "*\n", { mode: 0o600, flag: "wx" });
    } catch (error) {
      if (reasonOf(error) !== "EEXIST") throw error;
    }
  }

  /** The time of change says when an entry was used last; when it was stored stands in the entry. */
  async #markUsed(path: string): Promise<void> {
    const now = new Date(this.#now());
    await utimes(path, now, now).catch(() => undefined); // removed meanwhile, or not ours to change: only the order suffers
  }
}

const isMissing = (error: unknown): boolean => reasonOf(error) === "ENOENT" || reasonOf(error) === "ENOTDIR";

/** Windows refuses to replace a file while somebody reads it. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const busy = process.platform === "win32" && ["EPERM", "EACCES", "EBUSY"].includes(reasonOf(error));
      if (!busy || attempt === 10) throw error;
      await wait(5 * attempt);
    }
  }
}

/** The seed itself where it can be the name of a folder; else what is left of it, and a digest. */
function folderName(seed: string): string {
  if (/^[\p{L}\p{N}_-][\p{L}\p{N}._-]{0,99}$/u.test(seed) && !seed.endsWith(".")) return seed;
  const digest = createHash("sha256").update(seed).digest("hex").slice(0, 12);
  return `${seed.replaceAll(/[^\p{L}\p{N}_-]/gu, "_").slice(0, 40)}-${digest}`;
}
