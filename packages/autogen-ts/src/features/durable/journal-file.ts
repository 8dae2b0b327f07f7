/** Runs as files: one journal of JSON lines each, and beside it a lock and a folder of answers. */
import { createHash, randomUUID } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AutogenError, type Json } from "../../core.js";
import { headLine, lineOf, parseJournal, type JournalLine, type RunHead, type StoredRun } from "./journal-lines.js";
import { JournalWriter, type Sync } from "./journal-writer.js";
import { holderOf, takeLock } from "./process-lock.js";
import type { OpenRun, RunStore } from "./store.js";

/** Where journals are, and how safe. */
export interface JournalFileOptions {
  /** A folder of journals only. Made when it is not there, for your user alone. */
  readonly dir: string | URL;
  /**
   * `none`: what was stored outlives the process, however it ends. `always`: it outlives a loss of power too, and each step
   * waits for the disk. @default "none"
   */
  readonly sync?: Sync;
}

const ENDING = ".jsonl";
/** Grows by a byte with each answer, so that one look tells whether there is any. */
const CHANGES = ".changes";
/** Safe as the name of a file, on every system. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Keeps each run as a file of JSON lines in one folder of one machine. */
export function journalFile({ dir, sync = "none" }: JournalFileOptions): RunStore {
  const folder = typeof dir === "string" ? dir : fileURLToPath(dir);
  if (folder === "") throw new AutogenError("invalid-option", "`dir` of `journalFile` is empty. Name a folder.");
  if (!["none", "always"].includes(sync))
    throw new AutogenError("invalid-option", '`sync` of `journalFile` is neither "none" nor "always".');
  return new JournalFolder(folder, sync);
}

class JournalFolder implements RunStore {
  readonly #folder: string;
  readonly #sync: Sync;

  constructor(folder: string, sync: Sync) {
    this.#folder = folder;
    this.#sync = sync;
  }

  async create(head: RunHead, lines: readonly JournalLine[] = []): Promise<boolean> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return this.#publish(this.#path(head.id, ENDING), headLine(head) + lines.map(lineOf).join(""));
  }

  async read(id: string): Promise<StoredRun | null> {
    const path = this.#path(id, ENDING);
    let content: Buffer;
    try {
      content = readFileSync(path);
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null;
      throw error;
    }
    const found = parseJournal(content, path);
    if (found.head.id === id) return found;
    throw new AutogenError(
      "journal-failed",
      `\`${path}\` is the journal of \`${found.head.id}\`, not of \`${id}\`. Give it back its name; on this disk, capitals may make no difference.`,
    );
  }

  async list(): Promise<readonly string[]> {
    try {
      const names = readdirSync(this.#folder).filter((name) => name.endsWith(ENDING));
      return names
        .map((name) => name.slice(0, -ENDING.length))
        .filter((id) => ID.test(id))
        .toSorted();
    } catch (error) {
      if (hasCode(error, "ENOENT")) return [];
      throw error;
    }
  }

  async holder(id: string): Promise<string | null> {
    const holder = holderOf(this.#path(id, ".lock"));
    return holder === null ? null : `process ${String(holder.pid)} on ${holder.host}`;
  }

  async open(id: string): Promise<OpenRun> {
    const path = this.#path(id, ENDING);
    if (!existsSync(path)) throw unknownRun(id);
    const release = takeLock(this.#path(id, ".lock"));
    try {
      const stored = await this.read(id); // Behind the lock: nobody writes any more.
      if (stored === null) throw unknownRun(id);
      const writer = new JournalWriter(path, stored.bytes, this.#sync);
      const close = (): void => {
        writer.close();
        release();
      };
      return { stored, close, append: async (line) => await writer.append(lineOf(line)) };
    } catch (error) {
      release();
      throw error;
    }
  }

  async deposit(id: string, slot: string, note: Json): Promise<boolean> {
    const inbox = this.#path(id, ".inbox");
    mkdirSync(inbox, { recursive: true, mode: 0o700 });
    const isFirst = this.#publish(noteFile(inbox, slot), JSON.stringify({ slot, note }));
    if (isFirst) appendFileSync(join(this.#folder, CHANGES), ".", { mode: 0o600 });
    return isFirst;
  }

  async collect(id: string, slot: string): Promise<Json | null> {
    try {
      const text = readFileSync(noteFile(this.#path(id, ".inbox"), slot), "utf8");
      return (JSON.parse(text) as { readonly note: Json }).note; // Published whole, by `deposit`.
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null;
      throw error;
    }
  }

  async changes(): Promise<number> {
    return statSync(join(this.#folder, CHANGES), { throwIfNoEntry: false })?.size ?? 0;
  }

  async remove(id: string): Promise<void> {
    const release = takeLock(this.#path(id, ".lock"));
    try {
      rmSync(this.#path(id, ENDING), { force: true });
      rmSync(this.#path(id, ".inbox"), { recursive: true, force: true });
    } finally {
      release();
    }
  }

  /** Whole or not at all, and never in the place of another. @returns false when there is one */
  #publish(path: string, text: string): boolean {
    const draft = `${path}.${randomUUID()}.new`;
    try {
      writeFileSync(draft, text, { mode: 0o600, flush: this.#sync === "always" });
      linkSync(draft, path);
      if (this.#sync === "always") syncFolder(dirname(path));
      return true;
    } catch (error) {
      if (hasCode(error, "EEXIST")) return false;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }

  #path(id: string, ending: string): string {
    if (typeof id === "string" && ID.test(id)) return join(this.#folder, `${id}${ending}`);
    throw new AutogenError(
      "invalid-option",
      `${JSON.stringify(id) ?? typeof id} is no id of a run. Use letters, digits, \`.\`, \`_\` and \`-\`, 100 at most.`,
    );
  }
}

/** Slots hold names of agents, which may be any text. */
const noteFile = (inbox: string, slot: string): string =>
  join(inbox, `${createHash("sha256").update(slot).digest("hex").slice(0, 32)}.json`);

/** A new name is safe when its folder is. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return; // Folders cannot be opened there.
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export const unknownRun = (id: string): AutogenError =>
  new AutogenError("unknown-run", `There is no run \`${id}\`. List those that there are, or start it.`, { details: { id } });

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;
