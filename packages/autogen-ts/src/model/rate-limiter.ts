/** Spacing of requests. Chapter 20, section 13. */
import { AutogenError, type Host } from "../run/index.js";
import { SteadyClock } from "./steady-clock.js";

/**
 * Lets requests start at least `1 / requestsPerSecond` seconds apart, in the order of asking; the first does not wait.
 * Give one object to several entries or agents that share a quota.
 */
export class TimeRateLimiter {
  #intervalMs: number;
  readonly #clock = new SteadyClock();
  /** When the next request may start; the slot of each waiting one is already taken. */
  #free = Number.NEGATIVE_INFINITY;

  /** @throws AutogenError `invalid-option` unless the rate is a finite number above 0 */
  constructor(requestsPerSecond: number) {
    this.#intervalMs = intervalMs(requestsPerSecond);
  }

  /** Of this rate and the one that holds already, the slower one holds from now on. @throws AutogenError `invalid-option` */
  restrict(requestsPerSecond: number): void {
    this.#intervalMs = Math.max(this.#intervalMs, intervalMs(requestsPerSecond));
  }

  /** Resolves when the next request may start. An aborted wait rejects, and leaves its slot unused. */
  async wait(host: Pick<Host, "now" | "sleep">, signal?: AbortSignal): Promise<void> {
    const now = this.#clock.read(host);
    const slot = Math.max(now, this.#free);
    this.#free = slot + this.#intervalMs;
    if (slot > now) await host.sleep(Math.ceil(slot - now), signal);
  }
}

function intervalMs(requestsPerSecond: number): number {
  if (Number.isFinite(requestsPerSecond) && requestsPerSecond > 0) return 1000 / requestsPerSecond;
  throw new AutogenError(
    "invalid-option",
    `\`api_rate_limit\` is ${String(requestsPerSecond)}. Pass requests per second, a number above 0.`,
  );
}

/** The limiter of an entry. */
export function limiterOf(setting: unknown): TimeRateLimiter | null {
  if (setting === undefined || setting === null) return null;
  if (setting instanceof TimeRateLimiter) return setting;
  return new TimeRateLimiter(typeof setting === "number" ? setting : Number.NaN);
}
