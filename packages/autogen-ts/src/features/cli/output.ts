/** Where a command writes. */
import type { Writable } from "node:stream";

/** One of the two streams of a program. */
export interface Writer {
  write(text: string): void;
  /** Whether a terminal shows it that knows colours. */
  readonly colours: boolean;
  /** Columns of the terminal; null when it is none. */
  readonly columns: number | null;
}

/** What is used of a stream; `isTTY` and `columns` are those of a terminal. */
type Stream = Pick<Writable, "write" | "on"> & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * Writes to a stream of the program. Once its reader has gone (`… | head`), what follows is dropped: that is no error, and
 * the command ends with the code that it would have had.
 */
export function writerOf(stream: Stream, env: Readonly<Record<string, string | undefined>>): Writer {
  const isTerminal = stream.isTTY === true;
  let open = true;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    open = false;
  });
  return {
    write: (text) => {
      if (open) stream.write(text);
    },
    colours: isTerminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb",
    columns: isTerminal ? (stream.columns ?? null) : null,
  };
}
