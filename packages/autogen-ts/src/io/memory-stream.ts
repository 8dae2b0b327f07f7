/** A stream without a terminal: scripted lines in, captured text out (D15-5). */
import { AutogenError, throwIfAborted } from "../run/index.js";
import { printedText } from "./printed-text.js";
import type { IOStream } from "./stream.js";

/** A stream without a terminal that can be read afterwards. */
export interface MemoryStream extends IOStream {
  /** Everything printed so far, questions not included. */
  readonly text: string;
  /** The prompts shown so far, in order. */
  readonly prompts: readonly string[];
  /** Remarks so far. */
  readonly notes: readonly string[];
  /** Warnings so far. */
  readonly warnings: readonly string[];
  /** Lines that were not asked for yet. */
  readonly linesLeft: number;
}

/**
 * Catches what is printed and answers questions from a list.
 *
 * @param lines what the human types, one for each question
 * @throws AutogenError `input-closed` from `input` when there is no line left
 */
export function memoryStream(lines: readonly string[] = []): MemoryStream {
  const waiting = [...lines];
  const printed: string[] = [];
  const prompts: string[] = [];
  const notes: string[] = [];
  const warnings: string[] = [];
  return {
    supportsColor: false,
    print(objects, options) {
      printed.push(printedText(objects, options));
    },
    note(text) {
      notes.push(text);
    },
    warn(text) {
      warnings.push(text);
    },
    async input(prompt = "", { signal } = {}) {
      if (signal !== undefined) throwIfAborted(signal);
      prompts.push(prompt);
      const line = waiting.shift();
      if (line === undefined) {
        throw new AutogenError("input-closed", `The question \`${prompt}\` got no answer: all scripted lines were used.`);
      }
      return line;
    },
    get text() {
      return printed.join("");
    },
    get prompts() {
      return prompts;
    },
    get notes() {
      return notes;
    },
    get warnings() {
      return warnings;
    },
    get linesLeft() {
      return waiting.length;
    },
  };
}
