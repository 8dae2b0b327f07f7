/** The frame of a command-line program: Ctrl-C, errors and exit codes. */
import { isAutogenError } from "../../../run/index.js";
import { chatOfError } from "../../../chat/index.js";

/** Exit code of a program that was told to stop: 128 and the number of SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130;
/** Exit code of a program that was started without what it needs, for example a model. */
export const EXIT_USAGE = 2;

/**
 * Runs `main` with a signal that fires on Ctrl-C (SIGINT, SIGTERM). Everything that the run has started is gone when
 * this resolves; then what was done is printed, and the exit code is 130. Errors of this library are printed as
 * their message, others with their stack; the exit code is then 1, or 2 for `no-model`. A second Ctrl-C ends at once.
 */
export async function runProgram(main: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(EXIT_INTERRUPTED);
    stopping.abort(new Error("interrupted"));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    await main(stopping.signal);
  } catch (error) {
    process.stderr.write(`\n${report(error)}\n`);
    process.exitCode = stopping.signal.aborted ? EXIT_INTERRUPTED : isAutogenError(error, "no-model") ? EXIT_USAGE : 1;
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

function report(error: unknown): string {
  const chat = chatOfError(error);
  const done =
    chat === null
      ? []
      : [`Up to here: ${plural(chat.chatHistory.length, "message")}, ${usageText(chat.cost.usageIncludingCachedInference)}.`];
  if (isAutogenError(error, "aborted")) return ["Stopped.", ...done].join(" ");
  if (isAutogenError(error)) return [`${error.message} (${error.code})`, ...done].join("\n");
  return [error instanceof Error ? (error.stack ?? error.message) : String(error), ...done].join("\n");
}

const plural = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? "" : "s"}`;

function usageText(summary: { readonly [model: string]: unknown }): string {
  const tokens = Object.values(summary).reduce<number>((sum, row) => sum + (isRow(row) ? row.total_tokens : 0), 0);
  return `${String(tokens)} tokens used`;
}

const isRow = (row: unknown): row is { readonly total_tokens: number } =>
  typeof row === "object" && row !== null && "total_tokens" in row;
