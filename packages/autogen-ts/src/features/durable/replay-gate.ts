/**
 * Holds new steps back until all that were recorded have been asked for. A program that is unchanged comes by every recorded
 * step without the result of a new one: each of them was performed without it before. So when everything stands still and
 * a recorded step is missing, the program is another one, and nothing new must be done on its word.
 */
import { AutogenError } from "../../core.js";

interface Waiting {
  /** Null: the end of the program. */
  readonly key: string | null;
  readonly enter: () => void;
  readonly refuse: (error: unknown) => void;
}

export class ReplayGate {
  readonly #left: Set<string>;
  readonly #quietMs: number;
  readonly #diverged: (error: AutogenError) => void;
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param keys recorded, in order
   * @param quietMs so long nothing may happen before the program counts as another one
   * @param diverged told before anybody is refused
   */
  constructor(keys: readonly string[], quietMs: number, diverged: (error: AutogenError) => void) {
    this.#left = new Set(keys);
    this.#quietMs = quietMs;
    this.#diverged = diverged;
  }

  /** Recorded steps that were not asked for yet, in order. */
  get left(): readonly string[] {
    return [...this.#left];
  }

  get isOpen(): boolean {
    return this.#left.size === 0;
  }

  /** A recorded step was asked for. */
  pass(key: string): void {
    this.#left.delete(key);
    if (this.#waiting.length === 0) return;
    if (!this.isOpen) return this.#watch();
    clearTimeout(this.#timer);
    for (const { enter } of this.#waiting.splice(0)) enter();
  }

  /** Resolves when every recorded step was asked for. @param key null for the end of the program @throws AutogenError `replay-diverged` */
  async enter(key: string | null): Promise<void> {
    if (this.isOpen) return;
    await new Promise<void>((enter, refuse) => {
      this.#waiting.push({ key, enter, refuse });
      this.#watch();
    });
  }

  /** Lets nobody in any more. */
  close(error: unknown): void {
    clearTimeout(this.#timer);
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }

  #watch(): void {
    clearTimeout(this.#timer);
    // What a busy process had no time for comes first: the second timer is set when the first one fires.
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(() => this.#standstill(), this.#quietMs / 2);
    }, this.#quietMs / 2);
  }

  #standstill(): void {
    const error = divergedBy(
      this.left,
      this.#waiting.flatMap(({ key }) => key ?? []),
    );
    this.#diverged(error);
    this.close(error);
  }
}

/** Named in a message. */
const MOST_NAMED = 3;

/** @param offered new steps that the program wants to perform instead; none when it has come to its end */
function divergedBy(wanted: readonly string[], offered: readonly string[]): AutogenError {
  const instead = offered.length === 0 ? "comes to its end instead" : `asks for ${named(offered)} instead`;
  return new AutogenError(
    "replay-diverged",
    `The program is not the one that was recorded: ${named(wanted)} ${wanted.length === 1 ? "was" : "were"} performed, and the program now ${instead}. ` +
      "Nothing new was performed. Run the old program, or fork the run from a step before.",
    { details: { wanted: [...wanted], offered: [...offered] } },
  );
}

function named(keys: readonly string[]): string {
  const shown = keys.slice(0, MOST_NAMED).map((key) => `\`${key}\``);
  if (keys.length > MOST_NAMED) shown.push(`${String(keys.length - MOST_NAMED)} more`);
  return shown.join(", ");
}
