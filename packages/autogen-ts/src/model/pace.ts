/** What the requests of an entry wait for: limits of its own, or those of a group of entries by its name. Chapter 20, section 13. */
import { AutogenError, type Host } from "../run/index.js";
import type { ResolvedEntry } from "./merge.js";
import { RateLimit, rateLimitOf, readLimits, type RateLimitOptions } from "./rate-limit.js";
import { limiterOf, TimeRateLimiter } from "./rate-limiter.js";

export interface Pace {
  readonly limiter: TimeRateLimiter | null;
  readonly rateLimit: RateLimit | null;
}

/** The limits that all entries of one name share; the smallest numbers that any of them brings along hold. */
class PaceGroup implements Pace {
  readonly rateLimit: RateLimit = new RateLimit({});
  #limiter: TimeRateLimiter | null = null;

  get limiter(): TimeRateLimiter | null {
    return this.#limiter;
  }

  join(limits: RateLimitOptions, requestsPerSecond: number | null): void {
    this.rateLimit.restrict(limits);
    if (requestsPerSecond === null) return;
    if (this.#limiter === null) this.#limiter = new TimeRateLimiter(requestsPerSecond);
    else this.#limiter.restrict(requestsPerSecond);
  }
}

/** A process has one host: its groups are found by name from wherever an entry is written. */
const groups = new WeakMap<Host, Map<string, PaceGroup>>();

function groupOf(name: string, host: Host): PaceGroup {
  let named = groups.get(host);
  if (named === undefined) groups.set(host, (named = new Map<string, PaceGroup>()));
  let group = named.get(name);
  if (group === undefined) named.set(name, (group = new PaceGroup()));
  return group;
}

export class EntryPace {
  readonly #join: ((host: Host) => Pace) | null;
  readonly #own: Pace;
  /** Joined with the first request in a host, which is nearly always the same. */
  #joined: { readonly host: Host; readonly pace: Pace } | null = null;

  /** @throws AutogenError `invalid-option` for limits that are none, or that contradict each other */
  constructor({ extra, limiter }: Pick<ResolvedEntry, "extra" | "limiter">) {
    const { rate_limit_group: name = null, rate_limit: shared = null } = extra;
    this.#own = { limiter: limiterOf(limiter), rateLimit: name === null ? rateLimitOf(extra) : null };
    this.#join = null;
    if (name === null) return;
    if (typeof name !== "string" || name === "")
      throw new AutogenError(
        "invalid-option",
        "`rate_limit_group` is no name. Pass a text: entries with the same one share a limit.",
      );
    if (shared !== null || limiter instanceof TimeRateLimiter)
      throw new AutogenError(
        "invalid-option",
        "`rate_limit_group` is given together with a limit that is shared by itself. Keep one of them.",
      );
    const limits = readLimits(extra);
    this.#join = (host) => {
      const group = groupOf(name, host);
      group.join(limits, typeof limiter === "number" ? limiter : null);
      return group;
    };
  }

  forHost(host: Host): Pace {
    if (this.#join === null) return this.#own;
    if (this.#joined?.host !== host) this.#joined = { host, pace: this.#join(host) };
    return this.#joined.pace;
  }
}
