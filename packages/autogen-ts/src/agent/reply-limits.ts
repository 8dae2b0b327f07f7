/** How often an agent may answer one sender by itself. Specification chapter 10, section 11. */
import type { Agent } from "../chat/index.js";

/** Counts automatic answers per sender and knows their limits. `null` stands for "no sender". */
export class ReplyLimits {
  #standard: number;
  readonly #limits = new Map<Agent | null, number>();
  readonly #counts = new Map<Agent | null, number>();

  constructor(standard: number) {
    this.#standard = standard;
  }

  limit(sender: Agent | null): number {
    return this.#limits.get(sender) ?? this.#standard;
  }

  /** Without a sender: the standard one, and every limit that was set for a sender. */
  setLimit(value: number, sender?: Agent | null): void {
    if (sender !== undefined && sender !== null) {
      this.#limits.set(sender, value);
      return;
    }
    this.#standard = value;
    for (const known of this.#limits.keys()) this.#limits.set(known, value);
  }

  count(sender: Agent | null): number {
    return this.#counts.get(sender) ?? 0;
  }

  add(sender: Agent | null): void {
    this.#counts.set(sender, this.count(sender) + 1);
  }

  /** Without a sender: all counters. */
  reset(sender?: Agent | null): void {
    if (sender === undefined || sender === null) this.#counts.clear();
    else this.#counts.delete(sender);
  }

  export(): LimitsState {
    return {
      maxConsecutiveAutoReply: this.#standard,
      limits: withoutNobody(this.#limits),
      autoReplies: withoutNobody(this.#counts),
    };
  }

  import({ maxConsecutiveAutoReply, limits, autoReplies }: LimitsState): void {
    this.#standard = maxConsecutiveAutoReply;
    this.#limits.clear();
    for (const [peer, limit] of limits) this.#limits.set(peer, limit);
    this.#counts.clear();
    for (const [peer, count] of autoReplies) this.#counts.set(peer, count);
  }
}

/** What is saved of limits; counts of messages without a sender belong to no chat. */
export interface LimitsState {
  readonly maxConsecutiveAutoReply: number;
  readonly limits: ReadonlyMap<Agent, number>;
  readonly autoReplies: ReadonlyMap<Agent, number>;
}

const withoutNobody = (values: ReadonlyMap<Agent | null, number>): Map<Agent, number> =>
  new Map([...values].filter((entry): entry is [Agent, number] => entry[0] !== null));
