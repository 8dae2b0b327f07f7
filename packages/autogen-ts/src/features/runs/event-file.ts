/** Appends lines of JSON to a file, whole or not at all. */
import { closeSync, fstatSync, ftruncateSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { AutogenError, type Json } from "../../core.js";

/** Version of the form of run files. A newer one is refused by readers. */
export const RUN_FILE_VERSION = 1;
/** Says in the first line what the file is. */
export const RUN_FILE_FORMAT = "autogen-ts-run";

/** What was said is nobody else's business. */
const OWNER_ONLY = 0o600;

/** How a file is written. */
export interface EventFileOptions {
  /** Put a new file in the place of one that is there. */
  readonly overwrite: boolean;
  /** Wait for the disk after each event. */
  readonly fsync: boolean;
}

/**
 * A file that is opened for each line: there is nothing to close, and what is written is with the system, so that it
 * outlives this process whatever becomes of it. What did not fit on the disk is taken back, and counted.
 */
export class EventFile {
  readonly path: string;
  readonly #fsync: boolean;
  #lost = 0;

  /** @throws AutogenError `invalid-option` when the file exists, unless it is to be overwritten */
  constructor(path: string, { overwrite, fsync }: EventFileOptions) {
    this.path = path;
    this.#fsync = fsync;
    mkdirSync(dirname(path), { recursive: true });
    const head = { format: RUN_FILE_FORMAT, version: RUN_FILE_VERSION, time: now() };
    try {
      this.#write(openSync(path, overwrite ? "w" : "wx", OWNER_ONLY), jsonLine(head));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw new AutogenError(
        "invalid-option",
        `\`${path}\` exists already. Choose another name, remove it, or pass \`{ overwrite: true }\`.`,
        { cause: error, details: { file: path } },
      );
    }
  }

  /** @throws AutogenError `run-file-failed` with the same message for the same cause; nothing of the line is then in the file */
  append(event: { readonly [field: string]: Json }): void {
    try {
      const note = this.#lost === 0 ? "" : jsonLine({ time: now(), lost: this.#lost });
      this.#write(openSync(this.path, "a", OWNER_ONLY), note + jsonLine({ time: now(), ...event }));
      this.#lost = 0;
    } catch (cause) {
      this.#lost += 1;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AutogenError(
        "run-file-failed",
        `the run file \`${this.path}\` could not be written (${why}), so events are missing from it until it can`,
        { cause, details: { file: this.path } },
      );
    }
  }

  #write(file: number, text: string): void {
    try {
      writeAll(file, Buffer.from(text));
      if (this.#fsync) fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

/** The system may take a part only, and say at the next call why: the part is then taken back. */
function writeAll(file: number, bytes: Uint8Array): void {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file, bytes, written);
  } catch (error) {
    if (written > 0) ftruncateSync(file, fstatSync(file).size - written);
    throw error;
  }
}

const jsonLine = (value: Json): string => `${JSON.stringify(value)}\n`;

const now = (): string => new Date().toISOString();
