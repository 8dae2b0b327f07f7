/** What becomes of a run, as plain data. */
import type { StoredError } from "./journal-lines.js";
import type { OpenQuestion } from "./people.js";

/** How a run stands when `start` or `resume` come back. */
export type RunOutcome<Output = unknown> =
  | { readonly id: string; readonly status: "finished"; readonly result: Output }
  /** Nothing can be done before somebody answers; resume it then. */
  | { readonly id: string; readonly status: "waiting"; readonly questions: readonly OpenQuestion[] }
  /** The program threw. `resume` performs the steps again that failed last. */
  | { readonly id: string; readonly status: "failed"; readonly error: StoredError }
  | { readonly id: string; readonly status: "cancelled"; readonly reason: string | null };

/**
 * - `running`: a process goes on with it;
 * - `waiting`: for an answer;
 * - `ready`: it was interrupted, or its question was answered or has expired: `resume` goes on;
 * - `finished`, `failed`, `cancelled`;
 * - `damaged`: its files cannot be read, see `problem`.
 */
export type RunStatus = "running" | "waiting" | "ready" | "finished" | "failed" | "cancelled" | "damaged";

/** A run in a list. */
export interface RunInfo {
  readonly id: string;
  readonly conversation: string;
  /** Version of the conversation that it belongs to. */
  readonly version: string;
  readonly status: RunStatus;
  /** Steps that are stored. */
  readonly steps: number;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** Who goes on with it; null when nobody does. */
  readonly holder: string | null;
  readonly questions: readonly OpenQuestion[];
  /** Why it is `damaged`, else null. */
  readonly problem: string | null;
}

/** A stored step in a list. */
export interface StepInfo {
  /** From 0, in the order in which steps ended. */
  readonly number: number;
  readonly key: string;
  readonly ok: boolean;
  /** What it gave, or why it failed, shortened to 200 characters. */
  readonly text: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** All that there is to know of a run. */
export interface RunDetails extends RunInfo {
  readonly input: unknown;
  readonly forkedFrom: string | null;
  /** Null before the end. */
  readonly end: RunOutcome | null;
  readonly stepList: readonly StepInfo[];
}

/** What became of an answer. */
export type AnswerReceipt =
  /** The run goes on with it. */
  | "accepted"
  /** The question is not asked yet; when it is, this answers it. */
  | "early"
  /** There was an answer before, and it counts. */
  | "answered"
  | "expired"
  /** The run is over. */
  | "closed";
