/** Writes every run of a program, or of a part of it, whoever starts it. */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { observe, type Observer, type Redactor, type RunEvent, type Subscriber } from "../../core.js";
import { defaultRedactor, openRunFile, subscriberOf, type RunFileOptions } from "./run-file.js";

/** Where and how all runs are written. */
export interface RecordRunsOptions extends Omit<RunFileOptions, "overwrite"> {
  /** Made when it is not there. A file in it is called after the time at which its run began: `2026-11-21T10-36-49-123Z-1f0c2b7a.jsonl`. */
  readonly folder: string | URL;
  /** Told of each file, before the first event is in it. */
  readonly onFile?: (path: string) => void;
}

/**
 * Writes every run that begins from now on to a file of its own, before anyone else is told of an event: what was shown,
 * streamed or answered is in the file, even when the process is killed. Keys of the models that are asked are hidden wherever they stand.
 *
 * @returns what ends it; runs that are under way are written to their end
 */
export function recordRuns({ folder, onFile, ...given }: RecordRunsOptions): () => void {
  const path = pathOf(folder);
  const options = { redactor: defaultRedactor(), ...given };
  return observe({
    ...learning(options.redactor),
    joinRun: () => {
      const name = `${new Date().toISOString().replaceAll(/[:.]/gu, "-")}-${randomUUID().slice(0, 8)}.jsonl`;
      return { onEvent: onFirstEvent(join(path, name), options, onFile) };
    },
  });
}

/**
 * Does `work`, and writes the run that it starts to `file`, before anyone else is told of an event. Further runs that it starts
 * go to files of their own: `run.jsonl`, `run-2.jsonl`, `run-3.jsonl`. Runs of others, even at the same time, are not written.
 *
 * @returns what `work` gives
 * @throws what `work` throws; AutogenError `invalid-option` when `file` exists, unless it is to be overwritten
 */
export async function recordRun<T>(file: string | URL, work: () => Promise<T>, given: RunFileOptions = {}): Promise<T> {
  const options = { redactor: defaultRedactor(), ...given };
  const path = pathOf(file);
  const { dir, name, ext } = parse(path);
  const first = openRunFile(path, options);
  const context = new AsyncLocalStorage<true>();
  let runs = 0;
  const end = observe({
    ...learning(options.redactor),
    joinRun: () => {
      if (context.getStore() === undefined) return undefined;
      runs += 1;
      if (runs === 1) return { onEvent: subscriberOf(first, options) };
      const next = join(dir, `${name}-${String(runs)}${ext}`);
      return { onEvent: onFirstEvent(next, options) };
    },
  });
  try {
    return await context.run(true, work);
  } finally {
    end();
  }
}

/** Secrets of models are known before they are asked, and so before anything of them can be written. */
function learning(redactor: Redactor): Pick<Observer, "agentMade" | "wrapperMade" | "modelAsked"> {
  const learned = new WeakSet();
  const learn = (settings: unknown): void => {
    if (typeof settings !== "object" || settings === null || learned.has(settings)) return;
    learned.add(settings);
    redactor.learn(settings);
  };
  return {
    agentMade: ({ options }) => learn(options),
    wrapperMade: ({ config }) => learn(config),
    modelAsked: ({ entry }) => {
      learn(entry);
      return undefined;
    },
  };
}

const pathOf = (path: string | URL): string => (typeof path === "string" ? path : fileURLToPath(path));

/** A run without events has no file. Where none can be made, each event is a new attempt and the same warning. */
function onFirstEvent(path: string, options: RunFileOptions, onFile?: (path: string) => void): Subscriber {
  let write: Subscriber | undefined;
  return function writeToRunFile(event: RunEvent): void {
    if (write !== undefined) return write(event);
    write = subscriberOf(openRunFile(path, options), options);
    try {
      onFile?.(path);
    } finally {
      write(event);
    }
    return undefined;
  };
}
