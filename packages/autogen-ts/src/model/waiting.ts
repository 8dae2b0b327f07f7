/** Waiting out endpoints that are busy: who waits, how often and how long. Chapter 20, section 6. */
import type { OpenAI } from "openai";
import { AutogenError } from "../run/index.js";
import { retryAfterMs } from "./errors.js";
import { neverFits } from "./quota.js";
import { BUSY_STATUSES, retryAfterOf } from "./retry-after.js";

/** Seconds; endpoints that count per minute ask for less. */
const DEFAULT_LIMIT = 120;

/** The first of the least waits, each of which is twice the one before. */
const LEAST_WAIT_MS = 100;

/** Up to here the `openai` package waits by itself when it tries again, as it always did. */
const LONGEST_WAIT_OF_PACKAGE_MS = 1000;

/** Milliseconds of the option `max_rate_limit_wait`. @throws AutogenError `invalid-option` for what is no number of seconds */
export function waitLimitMs(seconds: unknown): number {
  const limit = seconds ?? DEFAULT_LIMIT;
  if (typeof limit === "number" && limit >= 0) return limit * 1000;
  throw new AutogenError(
    "invalid-option",
    `\`max_rate_limit_wait\` is ${String(seconds)}. Pass seconds, 0 or more; 0 switches waiting off.`,
  );
}

/** The waits of one call to one entry; all of them together stay within the limit. */
export class Patience {
  #leftMs: number;
  #leastMs = LEAST_WAIT_MS;

  constructor(limitMs: number) {
    this.#leftMs = limitMs;
  }

  /** Milliseconds until the entry may be asked again; null when it does not say, or when that is too long. */
  after(error: unknown): number | null {
    const told = retryAfterMs(error);
    if (told === null || this.#leftMs <= 0) return null;
    // An endpoint that always says 0 is asked less and less often, and not for ever.
    const wait = Math.max(told, this.#leastMs);
    if (wait > this.#leftMs) return null;
    this.#leftMs -= wait;
    this.#leastMs *= 2;
    return Math.ceil(wait);
  }
}

/**
 * Makes the package give up at once on an answer that asks for a long wait. By itself it waits as long as it is told,
 * hears no abort meanwhile, and keeps a call from going on to the next entry.
 */
export function leaveLongWaits(sdk: OpenAI, now: () => number | null): void {
  const fetch = sdk.fetchWithTimeout.bind(sdk);
  sdk.fetchWithTimeout = async (...request) => {
    const response = await fetch(...request);
    if (!BUSY_STATUSES.has(response.status)) return response;
    const text = await response.text().catch(() => "");
    const headers = new Headers(response.headers);
    const wait = retryAfterOf(headers, text, now());
    if ((wait !== null && wait > LONGEST_WAIT_OF_PACKAGE_MS) || neverFits(text)) headers.set("x-should-retry", "false");
    return new Response(text, { status: response.status, statusText: response.statusText, headers });
  };
}
