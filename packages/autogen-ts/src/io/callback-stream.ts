/** A function as the human (D15-5). */
import { AutogenError, throwIfAborted, type RunEvent } from "../run/index.js";
import { orAborted } from "../run/index.js";
import { printedText } from "./printed-text.js";
import type { InputOptions, IOStream } from "./stream.js";

/** What the stream calls. */
export interface CallbackStreamOptions {
  /** Answers a question; null: there is nobody who can (a dialogue was closed, for example). */
  input(prompt: string, options: InputOptions): string | null | Promise<string | null>;
  /** Gets the text of each `print`, line breaks included. @default dropped */
  print?(text: string): void;
  note?(text: string): void;
  warn?(text: string): void;
  event?(event: RunEvent): void;
  /** @default false */
  readonly supportsColor?: boolean;
}

/**
 * A stream whose questions are answered by a function.
 *
 * ```ts
 * const stream = callbackStream({ input: async (prompt) => await askInSlack(prompt), print: (text) => log.push(text) });
 * ```
 *
 * @throws AutogenError from `input`: `input-closed` when the function gives null, `aborted` when the signal fires first
 */
export function callbackStream(callbacks: CallbackStreamOptions): IOStream {
  return {
    supportsColor: callbacks.supportsColor ?? false,
    print(objects, options) {
      callbacks.print?.(printedText(objects, options));
    },
    note(text) {
      callbacks.note?.(text);
    },
    warn(text) {
      callbacks.warn?.(text);
    },
    event(event) {
      callbacks.event?.(event);
    },
    async input(prompt = "", options = {}) {
      const { signal } = options;
      if (signal !== undefined) throwIfAborted(signal);
      // A function that ignores the signal is not waited for.
      const text = await orAborted(Promise.resolve(callbacks.input(prompt, options)), signal);
      if (typeof text === "string") return text;
      throw new AutogenError(
        "input-closed",
        `The question \`${prompt.trim()}\` got no answer: its function gave ${String(text)}.`,
      );
    },
  };
}
