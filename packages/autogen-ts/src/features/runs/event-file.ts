/** Appends lines of JSON to a file, whole or not at all. */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { AutogenError, type Json } from "../../core.js";

/** Version of the form of run files. A newer one is refused by readers. */
export const RUN_FILE_VERSION = 1;
/** Says in the first line what the file is. */
export const RUN_FILE_FORMAT = "autogen-ts-run";

/** What was said is nobody else's business. */
const OWNER_ONLY = 0o600;

/** A file that somebody removed is not made anew: it would have no first line. */
const APPEND = constants.O_WRONLY | constants.O_APPEND;

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
    // A file in the place of another is complete before it takes it.
    const begun = overwrite ? `${path}.new` : path;
    const file = create(begun, overwrite ? "w" : "wx");
    try {
      this.#write(file, jsonLine({ format: RUN_FILE_FORMAT, version: RUN_FILE_VERSION, time: now() }));
      if (overwrite) renameSync(begun, path);
    } catch (error) {
      rmSync(begun, { force: true }); // or a full disk would be left with empty files
      throw error;
    }
  }

  /** @throws AutogenError `run-file-failed` with the same message for the same cause; nothing of the line is then in the file */
  append(event: { readonly [field: string]: Json }): void {
    try {
      const note = this.#lost === 0 ? "" : jsonLine({ time: now(), lost: this.#lost });
      this.#write(openSync(this.path, APPEND), note + jsonLine({ time: now(), ...event }));
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

function create(path: string, flags: "w" | "wx"): number {
  try {
    return openSync(path, flags, OWNER_ONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new AutogenError(
      "invalid-option",
      `\`${path}\` exists already. Choose another name, remove it, or pass \`{ overwrite: true }\`.`,
      { cause: error, details: { file: path } },
    );
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
