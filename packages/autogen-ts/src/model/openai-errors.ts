/** Errors of the `openai` package, and answers that are none, as failures of our own form. Chapter 20, section 6. */
import { AnswerFailure, kindOf, type ModelFailure } from "./errors.js";
import { neverFits } from "./quota.js";
import { BUSY_STATUSES, retryAfterOf, type HeadersLike } from "./retry-after.js";

type Classes = Pick<typeof import("openai"), "APIConnectionTimeoutError" | "APIConnectionError" | "APIError">;

/**
 * The failure behind `error`; null for mistakes in a program, which are thrown as they are.
 *
 * @param now milliseconds since 1970, null when not known
 */
export function failureOf(error: unknown, classes: Classes, now: number | null = null): ModelFailure | null {
  const cause = error;
  if (error instanceof AnswerFailure) return error.failure;
  // The package puts what a function for tokens throws into an error of its own.
  if (error instanceof Error && error.cause instanceof AnswerFailure) return error.cause.failure;
  if (error instanceof classes.APIConnectionTimeoutError) return { kind: "timeout", reason: "did not answer in time", cause };
  if (error instanceof classes.APIConnectionError) {
    return { kind: "connection", reason: `could not be reached: ${rootMessage(error)}`, cause };
  }
  if (error instanceof classes.APIError) return fromStatus(error, now);
  if (error instanceof SyntaxError) return { kind: "server", reason: "sent something that is not JSON", cause };
  if (error instanceof Error && isBrokenConnection(error)) {
    return { kind: "connection", reason: `broke off its answer: ${rootMessage(error)}`, cause };
  }
  return null;
}

/** The failure that a body with an `error` in it tells about, though its status said that all was well. */
export function failureInBody(body: unknown, status: number): ModelFailure {
  if (typeof body !== "object" || body === null) return { kind: "server", reason: `sent ${describe(body)}`, status };
  const { error } = body as { readonly error?: unknown };
  if (error === undefined || error === null) return { kind: "server", reason: "sent a response without choices", status };
  const { code, text, status: inner } = readError(error);
  const kind = kindOf(inner ?? null, code, text);
  const shown = inner ?? status;
  const wait = waitOf({ status: shown, code, text, headers: null }, null);
  return { kind: kind === "unknown" ? "server" : kind, reason: `answered with an error: ${text}`, status: shown, code, ...wait };
}

const PERHAPS_ADDRESS = "that is no model response; `base_url` may lack a path such as `/v1`";

/** What was sent in place of an object. */
function describe(body: unknown): string {
  const start = typeof body === "string" ? body.trimStart().slice(0, 60) : String(body);
  if (start === "") return "an empty answer";
  if (/^<!?\w/u.test(start)) return `a web page ${PERHAPS_ADDRESS}`;
  return /^[[{]/u.test(start) ? "an answer that is no valid JSON, or only the beginning of one" : `something ${PERHAPS_ADDRESS}`;
}

interface StatusError {
  readonly status?: number | undefined;
  readonly message: string;
  readonly error?: unknown;
  readonly code?: unknown;
  readonly headers?: HeadersLike | undefined;
}

function fromStatus(cause: StatusError, now: number | null): ModelFailure {
  const { code, status: inner, param } = readError(cause.error ?? {});
  const status = cause.status ?? inner ?? null;
  const text = cause.message.slice(0, LONGEST_QUOTE);
  const kind = kindOf(status, code, text);
  const where = param === null ? "" : ` (\`${param}\`)`;
  const reason = /^<!?\w|^\d+ <!?\w/u.test(text) ? `answered ${String(status)} with a web page` : `answered ${text}${where}`;
  const wait = waitOf({ status, code, text, headers: cause.headers ?? null }, now);
  return { kind: kind === "unknown" ? "server" : kind, reason, status, code, cause, ...wait };
}

interface BusyAnswer {
  readonly status: number | null;
  readonly code: string | null;
  readonly text: string;
  readonly headers: HeadersLike | null;
}

/** No wait fills an account that is used up, or makes a request small that is larger than a whole minute's quota. */
function waitOf({ status, code, text, headers }: BusyAnswer, now: number | null): Pick<ModelFailure, "retryAfterMs"> {
  if (status === null || !BUSY_STATUSES.has(status) || code === "insufficient_quota" || neverFits(text)) return {};
  const wait = retryAfterOf(headers, text, now);
  return wait === null ? {} : { retryAfterMs: wait };
}

/** Error bodies can be whole pages. */
const LONGEST_QUOTE = 500;

interface ReadError {
  readonly code: string | null;
  readonly status: number | undefined;
  readonly text: string;
  readonly param: string | null;
}

/** OpenAI's form, a bare text, a number for a code, and what Azure puts one level deeper. */
function readError(error: unknown): ReadError {
  if (typeof error !== "object" || error === null) return { code: null, status: undefined, text: String(error), param: null };
  const { code, type, message, param, status, innererror } = error as Readonly<Record<string, unknown>>;
  const number = typeof code === "number" ? code : typeof status === "number" ? status : undefined;
  const deeper =
    typeof innererror === "object" && innererror !== null ? (innererror as { readonly code?: unknown }).code : undefined;
  const named = deeper === "ResponsibleAIPolicyViolation" ? "content_filter" : typeof code === "string" ? code : type;
  const text = typeof message === "string" ? message : JSON.stringify(error);
  return {
    code: typeof named === "string" ? named : null,
    status: number,
    text: text.slice(0, LONGEST_QUOTE),
    param: typeof param === "string" ? param : null,
  };
}

/** `fetch` reports a connection that ended too soon as a TypeError with a cause, on Node with this text. */
function isBrokenConnection(error: Error): boolean {
  const { code } = error as { readonly code?: unknown };
  return (
    error.message === "terminated" ||
    (error instanceof TypeError && error.cause !== undefined) ||
    (typeof code === "string" && /^(?:E|UND_)/u.test(code))
  );
}

/** The innermost message that says something. */
function rootMessage(error: Error): string {
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const inner = rootMessage(cause);
  return inner === "" ? error.message : inner;
}
