/** A person who types what the script says. */
import { memoryStream, type MemoryStream } from "../../core.js";
import { assertUsed } from "./script.js";

/** A stream that answers questions, catches what is printed, and knows whether it was asked everything. */
export interface ScriptedHuman extends MemoryStream {
  /** @throws Error when lines are left */
  assertComplete(): void;
}

/**
 * Pass it as `stream` of a chat: each question gets the next line, `""` for Enter, `"exit"` for the end.
 *
 * @throws AutogenError `input-closed` from the question that has no line left
 */
export function scriptedHuman(...lines: readonly string[]): ScriptedHuman {
  const stream = memoryStream(lines);
  return Object.assign(stream, {
    assertComplete: () => assertUsed("lines", lines.slice(lines.length - stream.linesLeft), lines.length),
  });
}
