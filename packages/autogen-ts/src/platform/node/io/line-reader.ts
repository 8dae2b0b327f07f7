/** Lines of an input that is no terminal: a pipe or a file. */
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { abortError } from "../../../run/index.js";

/**
 * Reads line by line and keeps what came with a line for the next question. Between questions it neither listens nor
 * keeps the process alive.
 */
export class LineReader {
  readonly #input: Readable;
  readonly #decoder = new StringDecoder("utf8");
  readonly #lines: string[] = [];
  /** Pieces of the line that has no end yet. */
  #started: string[] = [];
  #ended = false;

  constructor(input: Readable) {
    this.#input = input;
  }

  /**
   * The next line without its line break; null when there is none any more.
   *
   * @throws AutogenError `aborted` when the signal fires; nothing is lost then
   */
  async next(signal?: AbortSignal): Promise<string | null> {
    if (this.#input.readableEnded || this.#input.destroyed) this.#end();
    if (this.#lines.length === 0 && !this.#ended) await this.#more(signal);
    return this.#lines.shift() ?? null;
  }

  async #more(signal: AbortSignal | undefined): Promise<void> {
    const input = this.#input;
    let stop: () => void = () => undefined;
    const listeners: [event: string, listener: (value: Buffer) => void][] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        const onEnd = (): void => {
          this.#end();
          resolve();
        };
        const onData = (bytes: Buffer): void => {
          this.#take(this.#decoder.write(bytes));
          if (this.#lines.length > 0) resolve();
        };
        // A pipe that breaks gives no further line: that is the end of the input and no failure of its own.
        listeners.push(["data", onData], ["end", onEnd], ["close", onEnd], ["error", onEnd]);
        for (const [event, listener] of listeners) input.on(event, listener);
        stop = () => {
          if (signal !== undefined) reject(abortError(signal));
        };
        if (signal?.aborted === true) stop();
        else signal?.addEventListener("abort", stop, { once: true });
        input.resume();
      });
    } finally {
      input.pause();
      for (const [event, listener] of listeners) input.off(event, listener);
      signal?.removeEventListener("abort", stop);
    }
  }

  #take(text: string): void {
    const [first = "", ...rest] = text.split("\n");
    this.#started.push(first);
    for (const piece of rest) {
      this.#lines.push(withoutReturn(this.#started.join("")));
      this.#started = [piece];
    }
  }

  /** A last line without a line break is a line as well. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#take(this.#decoder.end());
    const rest = withoutReturn(this.#started.join(""));
    this.#started = [];
    if (rest !== "") this.#lines.push(rest);
  }
}

const withoutReturn = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);
