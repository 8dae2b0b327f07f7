/** Trying again as the 0.1 series did, but not for ever. Specification chapter 20, section 15. */
import { failureKind, isAutogenError } from "../../index.js";

/** In seconds. */
export interface RetryTimes {
  readonly wait: number;
  readonly period: number;
  readonly timeout: number;
  /** Whether a request that took too long gets twice the time. */
  readonly doubles: boolean;
}

/** Milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface RetryOptions {
  readonly times: RetryTimes;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** false: null in place of an error for a limit of requests or of time. */
  readonly raises: boolean;
}

/** @throws what `ask` threw last */
export async function retrying<T>(
  ask: (timeout: number) => Promise<T>,
  { times, clock, signal, raises }: RetryOptions,
): Promise<T | null> {
  const start = clock.now();
  let { timeout } = times;
  for (;;) {
    try {
      return await ask(timeout);
    } catch (error) {
      if (!isAutogenError(error, "model-failed") && !isAutogenError(error, "model-timeout")) throw error;
      const left = times.period - ((clock.now() - start) / 1000 + times.wait);
      const kind = failureKind(error);
      if (kind === "timeout") {
        if (!times.doubles || left <= timeout) return givenUp(error, raises);
        timeout = Math.min(timeout * 2, left);
      } else if (kind === "rate_limit") {
        if (left <= 0) return givenUp(error, raises);
      } else if (!PASSING.has(kind) || left <= 0) throw error;
      await clock.sleep(times.wait * 1000, signal);
    }
  }
}

const PASSING: ReadonlySet<string> = new Set(["connection", "server", "unknown"]);

function givenUp(error: unknown, raises: boolean): null {
  if (raises) throw error;
  return null;
}
