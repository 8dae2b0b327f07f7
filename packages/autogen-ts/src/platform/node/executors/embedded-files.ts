/** What the interpreter knows of the work folder: changed files go in, the files that a block wrote come out. */
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { resolveInside } from "../../../code/index.js";
import type { FileIn, RunMessage, WorkerMessage } from "./interpreter-messages.js";
import type { WorkFolder } from "./work-folder.js";

/** More files or bytes than this stay where they are, in both directions. */
const SYNC_LIMITS = { maxFiles: 2_000, maxBytes: 32_000_000 } as const;

/** Keeps the work folder and the interpreter's memory equal. */
export class EmbeddedFiles {
  readonly #folder: WorkFolder;
  /** State of each file when both sides were last equal. */
  readonly #known = new Map<string, string>();
  /** Files of the work folder that did not fit. */
  leftOut: readonly string[] = [];

  constructor(folder: WorkFolder) {
    this.#folder = folder;
  }

  /** A new interpreter knows nothing. */
  forget(): void {
    this.#known.clear();
  }

  /** What changed in the work folder since the last block. */
  async changes(): Promise<Pick<RunMessage, "files" | "removed" | "maxFiles" | "maxBytes">> {
    const present = await listFiles(this.#folder.path);
    const removed = [...this.#known.keys()].filter((name) => !present.has(name));
    for (const name of removed) this.#known.delete(name);

    const files: FileIn[] = [];
    const leftOut: string[] = [];
    let total = 0;
    for (const [name, { state, size, modifiedMs }] of present) {
      total += size;
      if (total > SYNC_LIMITS.maxBytes || this.#known.size >= SYNC_LIMITS.maxFiles) {
        leftOut.push(name);
        total -= size;
      } else if (this.#known.get(name) !== state) {
        files.push({ name, data: (await readFile(join(this.#folder.path, name))).toString("base64"), modifiedMs });
        this.#known.set(name, state);
      }
    }
    this.leftOut = leftOut;
    return { files, removed, ...SYNC_LIMITS };
  }

  /**
   * Writes what the block changed into the work folder. Names and sizes come from the sandbox and are checked.
   *
   * @returns paths that were written, in order, and names that were refused or did not fit
   */
  async takeOver({
    files,
    removed,
    skipped,
  }: WorkerMessage & { readonly type: "done" }): Promise<{ written: string[]; refused: string[] }> {
    const written: string[] = [];
    const refused = [...skipped.slice(0, 20)];
    let total = 0;
    for (const [index, { name, data }] of files.entries()) {
      const content = Buffer.from(data, "base64");
      total += content.length;
      const fits = index < SYNC_LIMITS.maxFiles && total <= SYNC_LIMITS.maxBytes;
      const path = fits ? await this.#write(name, content) : undefined;
      if (path === undefined) refused.push(name);
      else written.push(path);
    }
    for (const name of removed) {
      if (this.#known.delete(name)) await this.#folder.remove(name);
    }
    return { written: written.toSorted(), refused };
  }

  async #write(name: string, content: Buffer): Promise<string | undefined> {
    const claim = resolveInside(name);
    if (claim.kind !== "name") return undefined;
    const file = await this.#folder.write(claim.name, content);
    if (!file.ok) return undefined;
    this.#known.set(claim.name, stateOf(await lstat(file.path)));
    return file.path;
  }
}

interface Found {
  readonly state: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** Regular files below `root`, links not followed, names with `/`. */
async function listFiles(root: string, folder = "", found = new Map<string, Found>()): Promise<Map<string, Found>> {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const name = folder + entry.name;
    if (entry.isDirectory()) await listFiles(root, `${name}/`, found);
    if (!entry.isFile()) continue;
    const state = await lstat(join(root, name));
    found.set(name, { state: stateOf(state), size: state.size, modifiedMs: Math.floor(state.mtimeMs) });
  }
  return found;
}

function stateOf({
  ino,
  size,
  mtimeMs,
  ctimeMs,
}: {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}): string {
  return [ino, size, mtimeMs, ctimeMs].join(" ");
}
