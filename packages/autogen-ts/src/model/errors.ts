/**
 * What can go wrong at an endpoint, in one form for all clients. Chapter 20, section 6.
 * No message carries a key: endpoints like to quote the one that they refuse.
 */
import type { Json } from "../message/index.js";
import { AutogenError, isAutogenError } from "../run/index.js";
import { contextLengthOf } from "./context-length.js";
import { secretPatterns, withoutMatches } from "./redaction/index.js";

/** Why a model did not answer; `details.kind` of errors with the codes `model-failed` and `model-timeout`. */
export type ModelFailureKind =
  | "timeout"
  | "rate_limit"
  | "auth"
  | "not_found"
  | "bad_request"
  | "content_filter"
  | "context_length"
  | "server"
  | "connection"
  | "invalid_answer"
  | "unknown";

/** What is known of a failed request. */
export interface ModelFailure {
  readonly kind: ModelFailureKind;
  /** What happened, in one sentence without its full stop; keys are taken out here. */
  readonly reason: string;
  /** HTTP status, null when there was no answer. */
  readonly status?: number | null;
  /** The endpoint's own code, such as `context_length_exceeded`. */
  readonly code?: string | null;
  /** How long the endpoint asks to be left alone, in milliseconds; `details.retryAfterMs` of the error. */
  readonly retryAfterMs?: number | null;
  readonly cause?: unknown;
}

/** Carries a failure to where entry and model are known. */
export class AnswerFailure extends Error {
  readonly failure: ModelFailure;

  constructor(failure: ModelFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** Which entry of the config list it happened to. */
export interface FailurePlace {
  readonly index: number;
  readonly model: string;
  /** Values that must not be shown. */
  readonly secrets?: readonly string[];
}

const ADVICE: Record<ModelFailureKind, string> = {
  timeout: "The endpoint may be congested, or `timeout` (seconds) of the entry or of the client is too small",
  rate_limit:
    "Wait longer (`max_rate_limit_wait`, seconds), ask less often (`requests_per_minute`), or add entries to fall back to",
  auth: "Check the key of the entry, or where it comes from",
  not_found: "Check `model` and `base_url` of the entry",
  bad_request: "Check the parameters of the entry and of the call",
  content_filter: "Other entries are not tried; change the messages",
  context_length: "Shorten the messages, or use a model with a longer context",
  server: "Try again later, or add entries to fall back to",
  connection: "Check `base_url` of the entry and that the endpoint is running",
  invalid_answer: "Give the answer more tokens, make `response_format` simpler, or use a model that keeps to it",
  unknown: "See `cause`",
};

/** The error of one failed request. */
export function modelError(failure: ModelFailure, { index, model, secrets = [] }: FailurePlace): AutogenError {
  const { kind, status = null, code = null, retryAfterMs: wait = null } = failure;
  const reason = maskSecrets(failure.reason, secrets).replace(/[.\s]+$/u, "");
  const message = `Entry ${String(index)} (model \`${model}\`) ${reason}. ${ADVICE[kind]}.`;
  const counts = kind === "context_length" ? contextLengthOf(code, reason) : null;
  const details = {
    ...{ kind, status, code: code === null ? null : maskSecrets(code, secrets), model, index, reason },
    ...(wait === null ? {} : { retryAfterMs: wait }),
    ...counts,
  };
  const cause = safeCause(failure.cause, secrets);
  return new AutogenError(kind === "timeout" ? "model-timeout" : "model-failed", message, {
    details,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Whether this is the failure of an endpoint, as opposed to a mistake in a program or an abort. */
export function isModelError(error: unknown): error is AutogenError {
  return isAutogenError(error, "model-failed") || isAutogenError(error, "model-timeout");
}

/** The kind of a failure; `unknown` also for errors of a recording, which carry no details. */
export function failureKind(error: AutogenError): ModelFailureKind {
  const { details } = error;
  if (typeof details !== "object" || details === null || !("kind" in details)) return "unknown";
  // Written by `modelError` above.
  return (details.kind ?? "unknown") as ModelFailureKind;
}

/** How long the endpoint asked to be left alone; null when it did not say, and for other errors. */
export function retryAfterMs(error: unknown): number | null {
  const { retryAfterMs: wait } = isModelError(error) ? plainObject(error.details) : {};
  return typeof wait === "number" ? wait : null;
}

/** The last failure again, with all of them in `details.errors` and, when there are several, in the message. */
export function allFailed(failures: readonly AutogenError[]): AutogenError {
  const last = failures.at(-1);
  if (last === undefined) throw new TypeError("no failure");
  const errors = failures.map(({ details, message }) => ({ ...plainObject(details), message }));
  const message =
    failures.length === 1
      ? last.message
      : `No entry of the config list gave an answer.\n${failures.map((one) => `  ${one.message}`).join("\n")}`;
  return new AutogenError(last.code, message, { cause: last.cause ?? last, details: { ...plainObject(last.details), errors } });
}

/** The kind for an HTTP status, refined by what the endpoint says. */
export function kindOf(status: number | null, code: string | null, text: string): ModelFailureKind {
  if (code === "content_filter" || code === "content_policy_violation") return "content_filter";
  if (status !== 429 && contextLengthOf(code, text) !== null) return "context_length";
  if (code === "invalid_api_key") return "auth";
  if (code === "rate_limit_exceeded" || code === "insufficient_quota") return "rate_limit";
  if (code === "model_not_found") return "not_found";
  if (status === null) return "unknown";
  if (status === 401 || status === 403) return "auth";
  if (status === 404) return "not_found";
  if (status === 408) return "timeout";
  if (status === 429) return "rate_limit";
  if (status >= 500) return "server";
  return status >= 400 ? "bad_request" : "server";
}

/** Shorter ones are stand-ins such as `none` or `EMPTY`; replacing them would garble ordinary words. */
const SHORTEST_SECRET = 6;

/** The text without the given values and without anything that looks like a key. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) masked = masked.replaceAll(secret, "***");
  }
  return secretPatterns().patterns.reduce(withoutMatches, masked);
}

/** SDK errors carry headers and bodies: only name, text and code go on. */
function safeCause(cause: unknown, secrets: readonly string[]): Error | undefined {
  if (cause === undefined || cause === null) return undefined;
  if (!(cause instanceof Error))
    return new Error(maskSecrets(typeof cause === "string" ? cause : "something that is no error was thrown", secrets));
  const inner = safeCause(cause.cause, secrets);
  const safe = new Error(maskSecrets(cause.message, secrets), inner === undefined ? undefined : { cause: inner });
  safe.name = cause.constructor.name === "Error" ? cause.name : cause.constructor.name;
  if (typeof cause.stack === "string") safe.stack = maskSecrets(cause.stack, secrets);
  const { code } = cause as { readonly code?: unknown };
  return typeof code === "string" ? Object.assign(safe, { code: maskSecrets(code, secrets) }) : safe;
}

function plainObject(value: Json): Readonly<Record<string, Json>> {
  // Arrays do not occur in details of model errors.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : {};
}
