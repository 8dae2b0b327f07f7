/**
 * Where runs are kept. The small interface between durable runs and whatever stores them; the journal file is one of them.
 * Docs: docs/decisions/0018.
 */
import type { Json } from "../../core.js";
import type { JournalLine, RunHead, StoredRun } from "./journal-lines.js";

/** Keeps runs: one journal each, and a place where other processes leave answers. */
export interface RunStore {
  /** @returns false when there is a run with this id */
  create(head: RunHead, lines?: readonly JournalLine[]): Promise<boolean>;
  /** @returns null when there is none */
  read(id: string): Promise<StoredRun | null>;
  /** Ids of all runs, in order. */
  list(): Promise<readonly string[]>;
  /** Who goes on with it now, in words; null when nobody does. */
  holder(id: string): Promise<string | null>;
  /** Takes the run for this process alone. @throws AutogenError `run-locked`, `unknown-run` */
  open(id: string): Promise<OpenRun>;
  /** Leaves a note for whoever goes on with the run. The first for a slot counts. @returns whether this one did */
  deposit(id: string, slot: string, note: Json): Promise<boolean>;
  /** @returns null when nothing was left */
  collect(id: string, slot: string): Promise<Json | null>;
  /** Another number after each deposit. */
  changes(): Promise<number>;
  /** Takes away all of a run. @throws AutogenError `run-locked` */
  remove(id: string): Promise<void>;
}

/** A run that this process alone goes on with. */
export interface OpenRun {
  readonly stored: StoredRun;
  /** Resolves when the line is safe. @throws AutogenError `journal-failed` */
  append(line: JournalLine): Promise<void>;
  close(): void;
}

/** The slot of a question's answer. */
export const answerSlot = (question: string): string => `answer ${question}`;
/** The slot in which a run is cancelled. */
export const CANCEL_SLOT = "cancel";
