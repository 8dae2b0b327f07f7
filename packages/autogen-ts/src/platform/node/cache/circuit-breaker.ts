/** Work with a server that may be away: bounded in time, and not tried again at every call while it is. */
import { setTimeout as wait } from "node:timers/promises";

export interface BreakerOptions {
  /** How long one operation may take: far more than a server needs that is well, far less than a model call. @default 2000 */
  readonly limitMs?: number;
  /** How long nothing is tried after a failure. @default 10 000 */
  readonly pauseMs?: number;
  readonly now: () => number;
  /** What is thrown for a failure, and again until the server answers. */
  readonly problem: (cause: unknown) => Error;
}

export class CircuitBreaker {
  readonly #options: BreakerOptions;
  #failure: { readonly error: Error; readonly until: number } | null = null;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** @throws the first failure since the server last answered: one cause, one text */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const { limitMs = 2_000, pauseMs = 10_000, now, problem } = this.#options;
    const failure = this.#failure;
    if (failure !== null && now() < failure.until) throw failure.error;
    try {
      const result = await within(limitMs, work());
      this.#failure = null;
      return result;
    } catch (cause) {
      const error = this.#failure?.error ?? problem(cause);
      this.#failure = { error, until: now() + pauseMs };
      throw error;
    }
  }
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = wait(limitMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer within ${String(limitMs)} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined); // ended on purpose
    work.catch(() => undefined); // too late to matter
    timer.abort();
  }
}
