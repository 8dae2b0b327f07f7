/** A stream that nobody reads and nobody answers (D15-5). */
import { AutogenError } from "../run/index.js";
import type { IOStream } from "./stream.js";

/**
 * Drops what is printed.
 *
 * @throws AutogenError `input-closed` from `input`, so that a question is an error and not a hang
 */
export function nullStream(): IOStream {
  return {
    supportsColor: false,
    print: () => undefined,
    warn: () => undefined,
    input: (prompt = "") =>
      Promise.reject(
        new AutogenError(
          "input-closed",
          `Nobody is there to answer \`${prompt.trim()}\`: the stream is a null stream. Set \`humanInputMode: "NEVER"\`, or pass a stream that can answer.`,
        ),
      ),
  };
}
