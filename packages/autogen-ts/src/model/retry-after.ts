/** How long an endpoint that is busy asks to be left alone. Chapter 20, sections 6 and 13. */

/** The part of `Headers` that is used here. */
export interface HeadersLike {
  get(name: string): string | null;
}

/** Statuses that mean "later": too many requests, no capacity, Anthropic's overload. */
export const BUSY_STATUSES: ReadonlySet<number> = new Set([429, 503, 529]);

/**
 * The wait that an answer asks for. In order: `retry-after-ms`, `retry-after` (seconds or a date), words such as
 * `try again in 21.108s`, and the time until a quota that is used up is full again (`x-ratelimit-reset-…`).
 *
 * @param text the body, or the message in it
 * @param now milliseconds since 1970, for dates in answers that do not say their own; null when not known
 * @returns milliseconds, not below 0; null when the answer does not say
 */
export function retryAfterOf(headers: HeadersLike | null | undefined, text: string, now: number | null): number | null {
  const told =
    (headers == null ? null : (millisecondsOf(headers.get("retry-after-ms")) ?? fromRetryAfter(headers, now))) ??
    fromText(text) ??
    (headers == null ? null : fromResets(headers));
  return told === null ? null : Math.max(0, told);
}

function fromRetryAfter(headers: HeadersLike, now: number | null): number | null {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (value === "") return null;
  if (/^-?\d+(?:\.\d+)?$/u.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  if (Number.isNaN(until)) return durationOf(value);
  // Both dates are of the same clock, which need not be ours.
  const sent = Date.parse(headers.get("date") ?? "");
  const from = Number.isNaN(sent) ? now : sent;
  return from === null ? null : until - from;
}

function millisecondsOf(value: string | null): number | null {
  return value !== null && /^\s*-?\d+(?:\.\d+)?\s*$/u.test(value) ? Number(value) : null;
}

/** `try again in 6m0s`, `retry after 20 seconds`, `try again in 250ms`. */
const WAIT_TEXT =
  /\b(?:try again|retry|retry again|wait)\b\W*(?:after|in|for)?\W*((?:\d+(?:\.\d+)?\s*(?:milliseconds?|ms|hours?|h|minutes?|mins?|m|seconds?|secs?|s)(?![a-z])[\s,]*(?:and\s+)?)+)/iu;

function fromText(text: string): number | null {
  const words = WAIT_TEXT.exec(text)?.[1];
  return words === undefined ? null : durationOf(words);
}

/** Quotas that are used up count; when none says so, all do, and the longest wait is the safe one. */
function fromResets(headers: HeadersLike): number | null {
  const quotas = ["requests", "tokens"].map((what) => ({
    empty: headers.get(`x-ratelimit-remaining-${what}`)?.trim() === "0",
    reset: durationOf(headers.get(`x-ratelimit-reset-${what}`) ?? ""),
  }));
  const empty = quotas.filter((quota) => quota.empty);
  const resets = (empty.length > 0 ? empty : quotas).map(({ reset }) => reset).filter((reset) => reset !== null);
  return resets.length === 0 ? null : Math.max(...resets);
}

/** Longer times belong to quotas of a day, which a call had better fail of than wait for. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * How long to leave an endpoint alone after an answer that has used up a quota. Quotas fill steadily, so that one of N
 * requests is free again after an Nth of the time until it is full.
 *
 * @returns milliseconds; null when there is something left, or the answer does not say
 */
export function pauseOf(headers: HeadersLike): number | null {
  const pauses = ["requests", "tokens"].map((what) => {
    if (headers.get(`x-ratelimit-remaining-${what}`)?.trim() !== "0") return 0;
    const limit = what === "requests" ? Number(headers.get("x-ratelimit-limit-requests") ?? 1) : 1;
    return (durationOf(headers.get(`x-ratelimit-reset-${what}`) ?? "") ?? 0) / (limit > 1 ? limit : 1);
  });
  const pause = Math.ceil(Math.max(...pauses));
  return pause > 0 && pause <= LONGEST_PAUSE_MS ? pause : null;
}

const UNITS: readonly (readonly [unit: RegExp, ms: number])[] = [
  [/^(?:ms|milli)/iu, 1],
  [/^h/iu, 3_600_000],
  [/^m/iu, 60_000],
  [/^s/iu, 1000],
];

/** `1m2s`, `21.108s`, `250ms`, `20 seconds`; a bare number is seconds. Milliseconds; null for anything else. */
function durationOf(text: string): number | null {
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?$/u.test(trimmed)) return milliseconds(Number(trimmed) * 1000);
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/giu)];
  if (parts.length === 0 || !/^\d/u.test(trimmed)) return null;
  const sum = parts.reduce((all, [, digits, word = ""]) => {
    const factor = UNITS.find(([unit]) => unit.test(word))?.[1];
    return factor === undefined ? all : all + Number(digits) * factor;
  }, 0);
  return milliseconds(sum);
}

/** Without the noise of binary fractions: 21.108 s are 21108 ms. */
const milliseconds = (value: number): number => Math.ceil(Number(value.toFixed(3)));
