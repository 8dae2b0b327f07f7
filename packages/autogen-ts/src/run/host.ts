import type { Subscriber } from "./events.js";

/**
 * What the surroundings give to a run: clock, randomness, console, executors.
 * The core has none of it built in; it asks for the host once per run, on first use
 * (decision record 0001). Folders that need something from the platform declare it in this interface by merging.
 */
export interface Host {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's abort error. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Shows what happens in runs that nobody else started, for example of a model client used by itself. */
  subscriber?(): Subscriber;
}

/** The host of this platform: Node, or the web. Deterministic sandboxes hand in a host of their own instead. */
export async function loadHost(): Promise<Host> {
  const platform = await import("#platform");
  return platform.host;
}
