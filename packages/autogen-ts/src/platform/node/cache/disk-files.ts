/** The files that a cache on disk has written: found by their names, so that nothing else is ever touched. */
import { readdir, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";

export interface CacheFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970: last use where limits are set, else when it was written. */
  readonly usedAt: number;
}

export interface CacheFiles {
  readonly entries: readonly CacheFile[];
  /** Of writes under way, and of processes that were killed while writing. */
  readonly temporary: readonly CacheFile[];
}

const SHELF = /^[0-9a-f]{2}$/;
const ENTRY = /^[0-9a-f]{64}\.json$/;
const TEMPORARY = /^[0-9a-f]{64}\.[0-9a-f-]{36}\.tmp$/;

/** All files of a cache, in no order. A folder that is missing holds none. */
export async function filesOf(folder: string): Promise<CacheFiles> {
  const entries: CacheFile[] = [];
  const temporary: CacheFile[] = [];
  for (const shelf of await namesIn(folder, SHELF)) {
    const path = join(folder, shelf);
    const names = await namesIn(path, /./);
    const [done, open] = [ENTRY, TEMPORARY].map((form) => names.filter((name) => form.test(name)));
    entries.push(...(await sizes(path, done ?? [])));
    temporary.push(...(await sizes(path, open ?? [])));
  }
  return { entries, temporary };
}

/** Removes all files of a cache and the folders that are empty then. */
export async function removeAll(folder: string): Promise<void> {
  const { entries, temporary } = await filesOf(folder);
  for (const { path } of [...entries, ...temporary]) await rm(path, { force: true });
  for (const shelf of await namesIn(folder, SHELF)) await rmdir(join(folder, shelf)).catch(() => undefined); // not empty
}

async function namesIn(folder: string, form: RegExp): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => form.test(name));
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

/** Files that another process has removed meanwhile are left out. */
async function sizes(folder: string, names: readonly string[]): Promise<readonly CacheFile[]> {
  const found = await Promise.all(
    names.map(async (name): Promise<CacheFile | null> => {
      const path = join(folder, name);
      const known = await stat(path).catch(() => null);
      return known === null ? null : { path, bytes: known.size, usedAt: known.mtimeMs };
    }),
  );
  return found.filter((file) => file !== null);
}
