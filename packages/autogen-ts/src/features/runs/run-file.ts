/** A run as a file: one line of JSON for each event, after a line that says which form it has. */
import { fileURLToPath } from "node:url";
import { AutogenError, createRedactor, type Redactor, type RunEvent, type Subscriber } from "../../core.js";
import { EventFile } from "./event-file.js";
import { isObject } from "./stored-event.js";

/** How runs are written. */
export interface RunFileOptions {
  /** Put a new file in the place of one that is there. @default false */
  readonly overwrite?: boolean;
  /**
   * Wait for the disk after each event, so that the last ones outlive a loss of power. What was written outlives the process
   * either way. @default false
   */
  readonly fsync?: boolean;
  /**
   * Also write `llm.delta`, the pieces of streamed answers: they make files long, the whole answers are in the file anyway,
   * and secrets that are cut in two cannot be recognised. @default false
   */
  readonly deltas?: boolean;
  /**
   * Takes secrets out of what is written: `createRedactor({ patterns: [/ACME-\d+/] })` has your own.
   *
   * @default what looks like a secret, or stands in a variable of the environment with the name of one
   */
  readonly redactor?: Redactor;
}

/** The one of `redactor`. */
export const defaultRedactor = (): Redactor => createRedactor({ environment: process.env });

/**
 * Gives a subscriber that writes the events of one run, each before whoever comes after it is told: pass it as `onEvent`. A
 * console comes before; `recordRun` and `recordRuns` come before everybody. There is nothing to close.
 *
 * When the disk is full the chat goes on with one warning, nothing half-written stays in the file, and a line says later how
 * many events are missing.
 *
 * @throws AutogenError `invalid-option` when `file` exists, unless it is to be overwritten
 */
export function runFile(file: string | URL, options: RunFileOptions = {}): Subscriber {
  return subscriberOf(openRunFile(typeof file === "string" ? file : fileURLToPath(file), options), options);
}

export function openRunFile(path: string, { overwrite = false, fsync = false }: RunFileOptions): EventFile {
  return new EventFile(path, { overwrite, fsync });
}

/** Refuses a second run: its events could not be told from those of the first. */
export function subscriberOf(file: EventFile, { deltas = false, redactor = defaultRedactor() }: RunFileOptions): Subscriber {
  let last = -1;
  let mixed = false;
  return function writeToRunFile(event: RunEvent): void {
    if (mixed || event.seq <= last) {
      mixed = true;
      throw new AutogenError(
        "run-file-failed",
        `\`${file.path}\` holds a run already, and a run file holds one. Make a \`runFile\` for each run, or use \`recordRuns\``,
        { details: { file: file.path } },
      );
    }
    last = event.seq;
    if (event.type === "llm.delta" && !deltas) return;
    const written = redactor.value(event);
    // An event is an object, and so is its copy.
    if (isObject(written)) file.append(written);
  };
}
