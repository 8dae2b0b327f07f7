/** A run of a group that was broken off, because its speaker waits for an approval. Plain data. */
import type { HandoffState } from "./turn-control.js";

/** Where the run stopped. */
export interface PausedRun {
  /** Whose turn it is. */
  readonly speaker: string;
  /** Messages that were handed round, less one. */
  readonly round: number;
  /** Messages of participants. */
  readonly spoken: number;
  readonly handoffs: HandoffState;
}

/** The same, with what the manager knows: whom it talks with, and how many messages they had. */
export interface PausedTalk extends PausedRun {
  readonly from: string;
  readonly heard: number;
}

/** For saved files. */
export function isPausedTalk(value: unknown): value is PausedTalk {
  const { speaker, round, spoken, from, heard, handoffs } = (value ?? {}) as { readonly [key: string]: unknown };
  const { caller, passedBy } = (handoffs ?? {}) as { readonly [key: string]: unknown };
  const names = [speaker, from, caller].every((one) => typeof one === "string");
  return (
    names && [round, spoken, heard].every((one) => typeof one === "number") && Array.isArray(passedBy) && passedBy.every(isPair)
  );
}

const isPair = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((name) => typeof name === "string");
