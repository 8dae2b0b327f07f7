/** Appends lines to a journal, each whole or not at all. */
import { closeSync, fdatasync, ftruncateSync, openSync, writeSync } from "node:fs";
import { promisify } from "node:util";
import { AutogenError } from "../../core.js";

/** How safe a line is when it was written: `none` outlives the process, `always` a loss of power too. */
export type Sync = "none" | "always";

const sync = promisify(fdatasync);

export class JournalWriter {
  readonly #path: string;
  readonly #sync: Sync;
  readonly #file: number;
  #size: number;
  #closed = false;

  /** @param size the good part of the file; an incomplete line behind it is cut off */
  constructor(path: string, size: number, mode: Sync) {
    this.#path = path;
    this.#sync = mode;
    this.#size = size;
    this.#file = openSync(path, "r+");
    ftruncateSync(this.#file, size);
  }

  /** @throws AutogenError `journal-failed`; no part of the line is then in the file */
  async append(line: string): Promise<void> {
    // The number of a closed file is soon that of another one.
    if (this.#closed) throw new AutogenError("aborted", "The run has ended; nothing was written after it.");
    try {
      this.#write(Buffer.from(line));
      if (this.#sync === "always") await sync(this.#file);
    } catch (cause) {
      this.#cut();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AutogenError(
        "journal-failed",
        `The journal \`${this.#path}\` cannot be written: ${why}. The step that was just performed may not be stored, and is then repeated. Make room, and resume the run.`,
        { cause, details: { file: this.#path } },
      );
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
  }

  #write(bytes: Uint8Array): void {
    const start = this.#size;
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at, bytes.length - at, start + at);
    this.#size = start + bytes.length;
  }

  #cut(): void {
    try {
      ftruncateSync(this.#file, this.#size);
    } catch {
      // Whoever opens the file next cuts off what is incomplete.
    }
  }
}
