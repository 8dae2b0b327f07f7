/** How often an agent may answer one sender by itself. Specification chapter 10, section 11. */
import type { Agent } from "../chat/index.js";

/** Counts automatic answers per sender and knows their limits. `null` stands for "no sender". */
export class ReplyLimits {
  #standard: number;
  /** Made when needed: an empty map is a fifth of a kilobyte, and most agents never need one. */
  #limits: Map<Agent | null, number> | undefined;
  #counts: Map<Agent | null, number> | undefined;

  constructor(standard: number) {
    this.#standard = standard;
  }

  limit(sender: Agent | null): number {
    return this.#limits?.get(sender) ?? this.#standard;
  }

  /** Without a sender: the standard one, and every limit that was set for a sender. */
  setLimit(value: number, sender?: Agent | null): void {
    if (sender !== undefined && sender !== null) {
      (this.#limits ??= new Map()).set(sender, value);
      return;
    }
    this.#standard = value;
    for (const known of this.#limits?.keys() ?? []) this.#limits?.set(known, value);
  }

  count(sender: Agent | null): number {
    return this.#counts?.get(sender) ?? 0;
  }

  add(sender: Agent | null): void {
    (this.#counts ??= new Map()).set(sender, this.count(sender) + 1);
  }

  takeBack(sender: Agent | null): void {
    this.#counts?.set(sender, this.count(sender) - 1);
  }

  /** Without a sender: all counters. */
  reset(sender?: Agent | null): void {
    if (sender === undefined || sender === null) this.#counts?.clear();
    else this.#counts?.delete(sender);
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
    this.#limits = new Map(limits);
    this.#counts = new Map(autoReplies);
  }
}

/** What is saved of limits; counts of messages without a sender belong to no chat. */
export interface LimitsState {
  readonly maxConsecutiveAutoReply: number;
  readonly limits: ReadonlyMap<Agent, number>;
  readonly autoReplies: ReadonlyMap<Agent, number>;
}

const withoutNobody = (values: ReadonlyMap<Agent | null, number> = new Map()): Map<Agent, number> =>
  new Map([...values].filter((entry): entry is [Agent, number] => entry[0] !== null));
