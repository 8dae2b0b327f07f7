/** Where text for people goes and where their lines come from. Specification chapter 15. */
import type { RunEvent } from "../run/index.js";

/** How objects become text. */
export interface PrintOptions {
  /** Between the objects. @default " " */
  readonly sep?: string;
  /** After the last. @default "\n" */
  readonly end?: string;
  /** A hint. */
  readonly flush?: boolean;
}

/** How a line is asked for. */
export interface InputOptions {
  /** No echo where the stream can do that. */
  readonly password?: boolean;
  readonly signal?: AbortSignal;
  /** Give up after this time. Kept by the console and by WebSocket streams; elsewhere pass a `signal` with a time limit. */
  readonly timeoutMs?: number;
  /** Who asks, for streams that show it. */
  readonly agent?: string;
}

/** Where text goes. */
export interface OutputStream {
  print(objects: unknown, options?: PrintOptions): void;
  /** Whether ANSI colours make sense. @default false */
  readonly supportsColor?: boolean;
  /** Takes remarks that are no part of a run's text (a console: standard error). Without it they are events only. */
  note?(text: string): void;
  /** Takes warnings of a run, apart from its text (a console: standard error). Without it they are events only. */
  warn?(text: string): void;
  /** Takes each event of a run as data, before its text is printed: for streams that draw a chat themselves. */
  event?(event: RunEvent): void;
}

/** Where lines come from. */
export interface InputStream {
  /**
   * Shows the prompt exactly and gives one line without its newline.
   * @throws AutogenError `input-closed` when there is no line any more, `aborted` when the signal fires
   */
  input(prompt?: string, options?: InputOptions): Promise<string>;
}

/** Both directions: what a console is. */
export interface IOStream extends OutputStream, InputStream {
  /** Fires when whoever reads and answers is gone for good. A run that talks to nobody can stop then. */
  readonly signal?: AbortSignal;
}

declare module "../run/host.js" {
  interface Host {
    /** The stream that this call's context prints to and reads from. */
    stream(): IOStream;
  }
}
