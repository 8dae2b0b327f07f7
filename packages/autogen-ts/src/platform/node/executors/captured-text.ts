/** Output of code that arrives over a connection: passed on as it comes, kept within limits. */
import { StringDecoder } from "node:string_decoder";
import type { ExecuteCodeOptions } from "../../../code/index.js";
import { CappedOutput } from "./capped-output.js";
import { OUTPUT_LIMIT_BYTES } from "./run-process.js";
import { TerminalText, withoutTerminalControls } from "./terminal-text.js";

/** Settings of a capture. */
export interface CaptureOptions {
  /** How much is kept; more is cut out of the middle, and no longer passed on. */
  readonly maxOutputBytes: number;
  readonly onOutput: ExecuteCodeOptions["onOutput"];
  /** Called once when more was printed than any program may. */
  readonly onLimit: () => void;
}

/** Both outputs in the order of their arrival, without what commands a terminal. */
export class CapturedText {
  readonly #options: CaptureOptions;
  readonly #kept: CappedOutput;
  readonly #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  readonly #cleaners = { stdout: new TerminalText(), stderr: new TerminalText() };
  #isOver = false;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#kept = new CappedOutput(options.maxOutputBytes);
  }

  add(bytes: Buffer, stream: "stdout" | "stderr"): void {
    if (this.#isOver) return;
    this.#kept.add(bytes);
    if (this.#kept.total > OUTPUT_LIMIT_BYTES) {
      this.#isOver = true;
      this.#options.onLimit();
    } else if (this.#kept.total <= this.#options.maxOutputBytes) {
      const shown = this.#cleaners[stream].push(this.#decoders[stream].write(bytes));
      if (shown !== "") this.#options.onOutput?.(shown, stream);
    }
  }

  text(): string {
    return withoutTerminalControls(this.#kept.text());
  }
}
