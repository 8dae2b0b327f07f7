/** Requests and tokens per minute. Chapter 20, section 13. */
import { AutogenError, throwIfAborted, type Host } from "../run/index.js";
import { SteadyClock } from "./steady-clock.js";

/** What an endpoint allows within any 60 seconds; what is left out has no limit. */
export interface RateLimitOptions {
  readonly requestsPerMinute?: number;
  /** Tokens of messages and answers together. */
  readonly tokensPerMinute?: number;
}

interface Use {
  readonly at: number;
  tokens: number;
}

/** A request that has been let through; tells what it really used. */
export interface RateTicket {
  used(tokens: number): void;
}

const WINDOW_MS = 60_000;

/**
 * Lets requests through as fast as an endpoint allows, in the order of asking. Give one object, as `rate_limit`, to
 * all entries, agents and chats of a process that share a quota.
 *
 * Tokens are estimated when a request starts and corrected when its answer is there. A request that is larger than
 * `tokensPerMinute` is let through alone.
 */
export class RateLimit {
  #requests: number;
  #tokens: number;
  readonly #clock = new SteadyClock();
  /** Requests of the last minute, oldest first. */
  #uses: Use[] = [];
  #closedUntil = Number.NEGATIVE_INFINITY;
  /** Ends when the last one in the queue has left it. */
  #queue: Promise<void> = Promise.resolve();

  /** @throws AutogenError `invalid-option` unless each limit is a number from 1 */
  constructor({ requestsPerMinute = Infinity, tokensPerMinute = Infinity }: RateLimitOptions) {
    this.#requests = checked("requests_per_minute", requestsPerMinute);
    this.#tokens = checked("tokens_per_minute", tokensPerMinute);
  }

  /** Of each limit and the one that holds already, the smaller one holds from now on. @throws AutogenError `invalid-option` */
  restrict({ requestsPerMinute = Infinity, tokensPerMinute = Infinity }: RateLimitOptions): void {
    this.#requests = Math.min(this.#requests, checked("requests_per_minute", requestsPerMinute));
    this.#tokens = Math.min(this.#tokens, checked("tokens_per_minute", tokensPerMinute));
  }

  /** Whether tokens have to be estimated. */
  get countsTokens(): boolean {
    return this.#tokens < Infinity;
  }

  /**
   * Resolves when a request may start.
   *
   * @param tokens what it is expected to use
   * @throws AutogenError `aborted`, or what the host's `sleep` throws for an abort; nothing is used up then
   */
  async wait(tokens: number, host: Pick<Host, "now" | "sleep">, signal?: AbortSignal): Promise<RateTicket> {
    const before = this.#queue;
    let leave = (): void => undefined;
    this.#queue = new Promise((resolve) => {
      leave = resolve;
    });
    try {
      await before;
      for (let wait = this.#waitMs(tokens, host); wait > 0; wait = this.#waitMs(tokens, host)) {
        await this.#clock.sleep(host, wait, signal);
      }
      if (signal !== undefined) throwIfAborted(signal);
      const use: Use = { at: this.#clock.read(host), tokens };
      this.#uses.push(use);
      return {
        used: (really) => {
          use.tokens = really;
        },
      };
    } finally {
      leave();
    }
  }

  /** Lets nobody through for a while: the endpoint has told one of those who share it to wait, or that its quota is used up. */
  close(ms: number, host: Pick<Host, "now">): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.read(host) + ms);
  }

  /** Milliseconds until there is room; 0 when there is. */
  #waitMs(tokens: number, host: Pick<Host, "now">): number {
    const now = this.#clock.read(host);
    this.#uses = this.#uses.filter(({ at }) => at + WINDOW_MS > now);
    let requests = this.#uses.length;
    let used = this.#uses.reduce((sum, use) => sum + use.tokens, 0);
    let free = Math.max(now, this.#closedUntil);
    for (const use of this.#uses) {
      if (requests + 1 <= this.#requests && used + tokens <= this.#tokens) break;
      requests -= 1;
      used -= use.tokens;
      free = Math.max(free, use.at + WINDOW_MS);
    }
    return free - now;
  }
}

function checked(option: string, limit: unknown): number {
  if (typeof limit === "number" && limit >= 1) return limit;
  throw new AutogenError("invalid-option", `\`${option}\` is ${String(limit)}. Pass a number from 1.`);
}

/** The numbers of an entry. @throws AutogenError `invalid-option` for one that is none */
export function readLimits(options: Readonly<Record<string, unknown>>): RateLimitOptions {
  const { requests_per_minute: requests, tokens_per_minute: tokens } = options;
  return {
    ...(requests == null ? {} : { requestsPerMinute: checked("requests_per_minute", requests) }),
    ...(tokens == null ? {} : { tokensPerMinute: checked("tokens_per_minute", tokens) }),
  };
}

/** The limit of an entry: the one that it shares, or one of its own. @throws AutogenError `invalid-option` for both, or for what is none */
export function rateLimitOf(options: Readonly<Record<string, unknown>>): RateLimit | null {
  const { rate_limit: shared } = options;
  const own = readLimits(options);
  const hasOwn = Object.keys(own).length > 0;
  if (shared === undefined || shared === null) return hasOwn ? new RateLimit(own) : null;
  if (!(shared instanceof RateLimit))
    throw new AutogenError("invalid-option", "`rate_limit` is no `RateLimit`. Pass `new RateLimit({ requestsPerMinute: 60 })`.");
  if (!hasOwn) return shared;
  const message = "`rate_limit` is given together with a limit of the entry's own. Give the numbers to `new RateLimit(…)` alone.";
  throw new AutogenError("invalid-option", message);
}
