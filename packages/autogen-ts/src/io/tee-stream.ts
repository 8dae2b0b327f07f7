/** One stream made of several (D15-5). */
import type { IOStream, OutputStream } from "./stream.js";

/**
 * Prints to all streams, in order, and asks the first. Colours are used only when all of them show colours.
 * The prompts and the answers are seen by the first stream alone.
 */
export function teeStream(first: IOStream, ...others: readonly OutputStream[]): IOStream {
  const all: readonly OutputStream[] = [first, ...others];
  return {
    supportsColor: all.every((stream) => stream.supportsColor === true),
    ...(first.signal === undefined ? {} : { signal: first.signal }),
    print(objects, options) {
      for (const stream of all) stream.print(objects, options);
    },
    note(text) {
      for (const stream of all) stream.note?.(text);
    },
    warn(text) {
      for (const stream of all) stream.warn?.(text);
    },
    event(event) {
      for (const stream of all) stream.event?.(event);
    },
    input: (prompt, options) => first.input(prompt, options),
  };
}
