/** What finished chats hand on to a later one. Specification chapter 13, sections 1 and 2, D13-11. */
import { AutogenError } from "../run/index.js";
import { carryoverText } from "./carryover.js";
import type { ChatId } from "./result.js";

/** Which of the finished chats hand something on: all of them, the last one, or none. */
export type CarryoverMode = "all" | "last" | "none";

/** One summary on its way to a later chat. */
export interface CarriedSummary {
  readonly summary: unknown;
  /** The agent that the finished chat was held with. */
  readonly from: string;
  /** The finished chat: its place in the queue from 0, or its id. */
  readonly chat: ChatId;
  /** From 1, of those that are handed on to this chat. */
  readonly position: number;
  readonly total: number;
  /** Whether the chat that gave it is the one right before, in a sequence. */
  readonly isLatest: boolean;
}

/**
 * How summaries are written. `plain`: as they are, below each other, as in the reference. `labelled`: each under a line that
 * says which result it is, whose, and which is the latest, with a line where they end. A function makes an item of
 * carryover of each: a text, or whatever its message functions read.
 */
export type CarryoverFormat = "plain" | "labelled" | ((carried: CarriedSummary) => unknown);

/** How results are handed on; entries may have options of their own. */
export interface CarryingOptions {
  /** @default "all" */
  readonly carryoverMode?: CarryoverMode | undefined;
  /** @default "plain" */
  readonly carryoverFormat?: CarryoverFormat | undefined;
}

/** A finished chat that may hand on its summary. */
export type Finished = Pick<CarriedSummary, "summary" | "from" | "chat">;

const MODES: readonly unknown[] = ["all", "last", "none"] satisfies readonly CarryoverMode[];

/** @throws AutogenError `invalid-option` */
export function checkCarrying({ carryoverMode, carryoverFormat }: CarryingOptions): void {
  if (carryoverMode !== undefined && !MODES.includes(carryoverMode)) {
    throw new AutogenError(
      "invalid-option",
      `\`carryoverMode\` is ${JSON.stringify(carryoverMode)}. Pass "all", "last" or "none".`,
    );
  }
  if (carryoverFormat === undefined || typeof carryoverFormat === "function") return;
  if (!["plain", "labelled"].includes(carryoverFormat)) {
    throw new AutogenError(
      "invalid-option",
      `\`carryoverFormat\` is ${JSON.stringify(carryoverFormat)}. Pass "plain", "labelled", or a function.`,
    );
  }
}

/**
 * The items of carryover that finished chats give, in order.
 *
 * @param inSequence whether each chat had the one before as its predecessor, so that the last is the latest
 */
export function carriedItems(
  finished: readonly Finished[],
  { carryoverMode = "all", carryoverFormat = "plain" }: CarryingOptions,
  inSequence: boolean,
): readonly unknown[] {
  const chosen = carryoverMode === "all" ? finished : carryoverMode === "last" ? finished.slice(-1) : [];
  if (carryoverFormat === "plain") return chosen.map(({ summary }) => summary);
  const format = carryoverFormat === "labelled" ? labelled : carryoverFormat;
  const total = chosen.length;
  return chosen.map((one, index) =>
    format({ ...one, position: index + 1, total, isLatest: inSequence && one === finished.at(-1) }),
  );
}

/** Small models take a bare list of earlier results for a part of their task; lines around each leave no doubt. */
function labelled({ summary, from, position, total, isLatest }: CarriedSummary): string {
  const which = total === 1 ? "Result of an earlier chat" : `Result ${String(position)} of ${String(total)}`;
  const head = `--- ${which}, given by ${from}${isLatest ? ": the latest" : ""} ---`;
  const end = position === total ? "\n--- End of earlier results ---" : "";
  return `${head}\n${carryoverText([summary])}${end}`;
}
