/** Usage of one wrapper, added up, and its printed form. Specification chapter 20, section 11. */
import { AutogenError, type CallUsage, type ModelUsage, type UsageReport, type UsageSummary } from "../run/index.js";
import type { UsageRecord } from "./client.js";

/** A new summary with this call in it. */
export function addUsage(summary: UsageSummary | null, record: UsageRecord): UsageSummary {
  const before = summary?.[record.model] as ModelUsage | undefined;
  return {
    ...summary,
    total_cost: plus(summary === null ? 0 : summary.total_cost, record.cost),
    [record.model]: {
      cost: plus(before === undefined ? 0 : before.cost, record.cost),
      prompt_tokens: (before?.prompt_tokens ?? 0) + record.prompt_tokens,
      completion_tokens: (before?.completion_tokens ?? 0) + record.completion_tokens,
      total_tokens: (before?.total_tokens ?? 0) + record.total_tokens,
    },
  };
}

/** The record when it is complete; a missing key switches accounting off. */
export function completeUsage({
  prompt_tokens,
  completion_tokens,
  total_tokens,
  cost,
  model,
}: Partial<UsageRecord>): UsageRecord | null {
  if (prompt_tokens === undefined || completion_tokens === undefined || total_tokens === undefined) return null;
  if (cost === undefined || model === undefined) return null;
  return { prompt_tokens, completion_tokens, total_tokens, cost, model };
}

/** The same numbers as events carry them. */
export function callUsage({ prompt_tokens, completion_tokens, total_tokens, cost }: UsageRecord): CallUsage {
  return { promptTokens: prompt_tokens, completionTokens: completion_tokens, totalTokens: total_tokens, cost };
}

/** What is shown: without answers from a cache, with them, or both. */
export type UsageMode = "actual" | "total" | readonly ("actual" | "total")[];

/**
 * The text that `printUsageSummary` prints, without a newline at its end. Costs are rounded to five decimals;
 * an unknown cost counts as 0 here.
 *
 * @throws AutogenError `invalid-option` for another mode
 */
export function formatUsageSummary(
  { actual, total }: { readonly actual: UsageSummary | null; readonly total: UsageSummary | null },
  mode: UsageMode = ["actual", "total"],
): string {
  const shown = modesOf(mode);
  if (total === null) return 'No usage summary. Please call "create" first.';
  const line = "-".repeat(100);
  const parts: string[] = [];
  if (shown.has("actual")) parts.push(actual === null ? NO_ACTUAL : block("excluding", actual));
  if (shown.has("total")) parts.push(shown.has("actual") && sameUsage(actual, total) ? ALL_ACTUAL : block("including", total));
  return [line, parts.join("\n\n"), line].join("\n");
}

const NO_ACTUAL = "No actual cost incurred (all completions are using cache).";
const ALL_ACTUAL = "All completions are non-cached: the total cost with cached completions is the same as actual cost.";

function modesOf(mode: UsageMode): ReadonlySet<string> {
  const modes: readonly string[] = typeof mode === "string" ? [mode] : Array.isArray(mode) ? mode : [];
  if (modes.length === 0 || modes.length > 2 || modes.some((one) => one !== "actual" && one !== "total")) {
    throw new AutogenError("invalid-option", `Invalid mode: ${String(mode)}, choose from "actual", "total", ["actual", "total"]`);
  }
  return new Set(modes);
}

function block(which: "excluding" | "including", summary: UsageSummary): string {
  const models = modelsOf(summary);
  const total = summary.total_cost ?? models.reduce((sum, [, { cost }]) => sum + (cost ?? 0), 0);
  return [
    `Usage summary ${which} cached usage: `,
    `Total cost: ${dollars(total)}`,
    ...models.map(
      ([model, usage]) =>
        `* Model '${model}': cost: ${dollars(usage.cost ?? 0)}, prompt_tokens: ${String(usage.prompt_tokens)}, ` +
        `completion_tokens: ${String(usage.completion_tokens)}, total_tokens: ${String(usage.total_tokens)}`,
    ),
  ].join("\n");
}

function modelsOf(summary: UsageSummary): readonly (readonly [string, ModelUsage])[] {
  return Object.entries(summary).filter(
    (entry): entry is [string, ModelUsage] => typeof entry[1] === "object" && entry[1] !== null,
  );
}

function sameUsage(actual: UsageSummary | null, total: UsageSummary): boolean {
  return actual !== null && JSON.stringify(actual) === JSON.stringify(total);
}

const dollars = (cost: number): string => String(Number(cost.toFixed(5)));

/** Whose usage is gathered; agents are. */
export interface UsageHolder {
  getActualUsage(): UsageSummary | null;
  getTotalUsage(): UsageSummary | null;
}

/** Usage of several agents since they were made or cleared; those without any add nothing. */
export function gatherUsageSummary(agents: Iterable<UsageHolder>): UsageReport {
  let including: UsageSummary = { total_cost: 0 };
  let excluding: UsageSummary = { total_cost: 0 };
  for (const agent of agents) {
    including = join(including, agent.getTotalUsage());
    excluding = join(excluding, agent.getActualUsage());
  }
  return { usageIncludingCachedInference: including, usageExcludingCachedInference: excluding };
}

function join(sum: UsageSummary, more: UsageSummary | null): UsageSummary {
  return more === null ? sum : modelsOf(more).reduce((all, [model, usage]) => addUsage(all, { model, ...usage }), sum);
}

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
