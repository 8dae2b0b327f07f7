/**
 * Usage of models, added up per model and agent. Shapes as in specification chapter 20, section 11.
 */
import type { CallUsage } from "./events.js";

/** What was used of one model. */
export interface ModelUsage {
  /** US dollars; null when a call had no known price. */
  readonly cost: number | null;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** `total_cost` in US dollars (null when some call had no known price), and one entry for each model. */
export interface UsageSummary {
  readonly total_cost: number | null;
  readonly [model: string]: ModelUsage | number | null;
}

/** Usage with and without answers that came from a cache. */
export interface UsageReport {
  readonly usageIncludingCachedInference: UsageSummary;
  readonly usageExcludingCachedInference: UsageSummary;
}

interface Row {
  readonly agent: string;
  readonly model: string;
  readonly cached: boolean;
  calls: number;
  cost: number | null;
  promptTokens: number;
  completionTokens: number;
  totalTokens: number;
}

/** One line of a ledger: what one agent used of one model. */
export type UsageRow = Readonly<Row>;

/** Sums over everything that was used. */
export interface UsageTotals {
  /** Answers of models, those without usage and those from caches included. */
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** US dollars spent as far as prices are known; answers from caches cost nothing. */
  readonly knownCost: number;
}

/** Adds up calls. A run has one; what happens in its nested runs is counted too. */
export class UsageLedger {
  readonly #rows = new Map<string, Row>();
  #totals: UsageTotals = { calls: 0, promptTokens: 0, completionTokens: 0, totalTokens: 0, knownCost: 0 };

  /** Kept as calls come in: asking for it costs the same after ten calls and after a million. */
  get totals(): UsageTotals {
    return this.#totals;
  }

  /** An answer that reports no usage. */
  addCall(): void {
    this.#totals = { ...this.#totals, calls: this.#totals.calls + 1 };
  }

  add(agent: string, model: string, usage: CallUsage, cached: boolean): void {
    const totals = this.#totals;
    this.#totals = {
      calls: totals.calls + 1,
      promptTokens: totals.promptTokens + usage.promptTokens,
      completionTokens: totals.completionTokens + usage.completionTokens,
      totalTokens: totals.totalTokens + usage.totalTokens,
      knownCost: totals.knownCost + (cached ? 0 : (usage.cost ?? 0)),
    };
    const key = `${cached ? "cached" : "actual"}\n${agent}\n${model}`;
    const row = this.#rows.get(key);
    if (row === undefined) {
      this.#rows.set(key, { agent, model, cached, calls: 1, ...usage });
      return;
    }
    row.calls += 1;
    row.cost = row.cost === null || usage.cost === null ? null : row.cost + usage.cost;
    row.promptTokens += usage.promptTokens;
    row.completionTokens += usage.completionTokens;
    row.totalTokens += usage.totalTokens;
  }

  /** In order of first use. */
  get rows(): readonly UsageRow[] {
    return [...this.#rows.values()].map((row) => ({ ...row }));
  }

  /** A snapshot in the reference's shape. */
  report(): UsageReport {
    return {
      usageIncludingCachedInference: summarise(this.rows),
      usageExcludingCachedInference: summarise(this.rows.filter((row) => !row.cached)),
    };
  }
}

function summarise(rows: readonly UsageRow[]): UsageSummary {
  const models: Record<string, ModelUsage> = {};
  for (const row of rows) {
    const before = models[row.model];
    models[row.model] = {
      cost: before === undefined ? row.cost : sum(before.cost, row.cost),
      prompt_tokens: (before?.prompt_tokens ?? 0) + row.promptTokens,
      completion_tokens: (before?.completion_tokens ?? 0) + row.completionTokens,
      total_tokens: (before?.total_tokens ?? 0) + row.totalTokens,
    };
  }
  const total = Object.values(models).reduce<number | null>((cost, model) => sum(cost, model.cost), 0);
  return { total_cost: total, ...models };
}

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
