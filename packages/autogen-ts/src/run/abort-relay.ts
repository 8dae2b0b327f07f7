/** Stopping many calls by one signal, with one listener on it however many there are. */

export class AbortRelay {
  readonly #stops = new Map<AbortSignal, Set<() => void>>();
  /** Stays listened to between calls: most calls of a client follow the same signal, and listening anew costs time. */
  #latest: AbortSignal | undefined;

  /** Calls `stop` when the signal fires, at once if it has; the returned function ends that. */
  follow(signal: AbortSignal, stop: () => void): () => void {
    if (signal.aborted) {
      stop();
      return () => undefined;
    }
    const stops = this.#stops.get(signal) ?? this.#listen(signal);
    stops.add(stop);
    return () => {
      stops.delete(stop);
      if (signal !== this.#latest) this.#forgetIfIdle(signal);
    };
  }

  readonly #fire = (event: Event): void => {
    const signal = event.target as AbortSignal; // Only signals get this listener.
    const stops = this.#stops.get(signal);
    this.#stops.delete(signal);
    for (const stop of stops ?? []) stop();
  };

  #listen(signal: AbortSignal): Set<() => void> {
    const before = this.#latest;
    this.#latest = signal;
    if (before !== undefined) this.#forgetIfIdle(before);
    const stops = new Set<() => void>();
    this.#stops.set(signal, stops);
    signal.addEventListener("abort", this.#fire, { once: true });
    return stops;
  }

  #forgetIfIdle(signal: AbortSignal): void {
    if ((this.#stops.get(signal)?.size ?? 0) > 0) return;
    this.#stops.delete(signal);
    signal.removeEventListener("abort", this.#fire);
  }
}
