/** Emptying the folders of a cache on disk. Specification chapter 23, section 6. */
import { readdir, rmdir } from "node:fs/promises";
import { Cache } from "../../index.js";

/** @param seed null for all seeds below `root` */
export async function clearCache(seed: string | number | null, root: string): Promise<void> {
  if (seed !== null) {
    await Cache.disk({ cacheSeed: seed, cachePathRoot: root }).clear();
    return;
  }
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code === "ENOENT") return [];
    throw error;
  });
  for (const entry of entries) {
    if (entry.isDirectory()) await Cache.disk({ cacheSeed: entry.name, cachePathRoot: root }).clear();
  }
  await rmdir(root).catch(() => undefined); // not empty, or not there
}
