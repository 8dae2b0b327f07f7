/** The one error class of the project. Design: style guide, section 6. */
import type { Json } from "../message/index.js";

/** What went wrong, for programs; stable over versions. */
export type ErrorCode =
  | "invalid-option"
  | "invalid-message"
  | "invalid-reply"
  | "invalid-config"
  | "invalid-state"
  | "sender-required"
  | "chat-overlap"
  | "chat-failed"
  | "no-model"
  | "model-failed"
  | "model-timeout"
  | "no-sandbox"
  | "executor-failed"
  | "mcp-failed"
  | "no-eligible-speaker"
  | "no-tool-executor"
  | "agent-name-conflict"
  | "undefined-next-agent"
  | "missing-package"
  | "replay-mismatch"
  | "replay-diverged"
  | "journal-failed"
  | "run-locked"
  | "run-conflict"
  | "unknown-run"
  | "not-storable"
  | "question-expired"
  | "request-forbidden"
  | "input-closed"
  | "unsupported"
  | "budget-exhausted"
  | "approval-pending"
  | "compression-failed"
  | "run-file-failed"
  | "aborted";

/** What an error carries beside code and message. */
export interface ErrorOptions {
  readonly cause?: unknown;
  readonly details?: Json;
}

/**
 * Every error thrown on purpose. Tell them apart by `code`: it survives JSON, worker threads and two
 * copies of this package. The message says what happened, with what, and what to do next.
 */
export class AutogenError extends Error {
  override readonly name: string = "AutogenError";
  readonly code: ErrorCode;
  /** Plain data for logs and user interfaces; never keys or headers. */
  readonly details: Json;

  constructor(code: ErrorCode, message: string, { cause, details = null }: ErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** Whether `error` is (or was, before it crossed a border as JSON) an `AutogenError`, of this code if one is given. */
export function isAutogenError(error: unknown, code?: ErrorCode): error is AutogenError {
  if (typeof error !== "object" || error === null) return false;
  const { name, code: found } = error as { readonly name?: unknown; readonly code?: unknown };
  if (typeof found !== "string" || typeof name !== "string") return false;
  return code === undefined ? error instanceof AutogenError || name === "AutogenError" : found === code;
}

/** Whether an effect was refused because the program is no longer the one that was recorded: never a text for a model. */
export const isReplayFailure = (error: unknown): boolean =>
  isAutogenError(error, "replay-mismatch") || isAutogenError(error, "replay-diverged");

/** The error that an aborted run throws. `cause` is the signal's reason. */
export function abortError(signal: AbortSignal): AutogenError {
  const reason: unknown = signal.reason;
  // The standard's own reason says no more than that there was an abort.
  const why = reason instanceof Error && reason.name !== "AbortError" ? ` (${reason.message})` : "";
  return new AutogenError("aborted", `The run was aborted${why}; nothing was written after the abort.`, { cause: reason });
}

/** Throws the abort error when `signal` has fired. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}

/** Fails to compile when a kind is forgotten; throws when data from outside is of no known kind. */
export function unreachable(value: never): never {
  throw new TypeError(`Unexpected value: ${JSON.stringify(value)}`);
}
