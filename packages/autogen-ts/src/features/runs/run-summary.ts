/** Sums over a run: time, messages, tokens, money. */
import type { StoredRun } from "./read-run-file.js";
import { textIn, timeOf } from "./stored-event.js";
import { usageOf } from "./timeline.js";

/** What one agent used of one model. */
export interface UsageLine {
  readonly agent: string;
  readonly model: string;
  readonly calls: number;
  /** How many of them were answered from a cache. */
  readonly cached: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** US dollars, without answers from caches; null when some call has no known price. */
  readonly cost: number | null;
  /** The same without calls that have no known price. */
  readonly knownCost: number;
}

/** A run in numbers. */
export interface RunSummary {
  /** ISO 8601; of the first event, or of the file when there is none. */
  readonly time: string;
  /** From the first event to the last. */
  readonly durationMs: number;
  readonly messages: number;
  readonly warnings: number;
  /** Why the outermost chat ended; null when it did not, or when there is none. */
  readonly stopReason: string | null;
  readonly usage: readonly UsageLine[];
  /** Of all lines together. */
  readonly total: Omit<UsageLine, "agent" | "model">;
}

/** Adds up the events of a run. */
export function summaryOf({ events, time }: Pick<StoredRun, "events" | "time">): RunSummary {
  const lines = new Map<string, UsageLine>();
  let stopReason: string | null = null;
  for (const event of events) {
    // The outermost chat ends last.
    if (event.type === "chat.end") stopReason = textIn(event, "stopReason");
    if (event.type !== "llm.end") continue;
    const [agent, model] = [textIn(event, "agent"), textIn(event, "model")];
    const key = `${agent}\n${model}`;
    const { tokens, cost, cached } = usageOf(event);
    const line = lines.get(key) ?? { agent, model, ...NOTHING };
    lines.set(key, {
      ...{ agent, model },
      ...added(line, {
        ...{ calls: 1, cached: cached ? 1 : 0, cost: cached ? 0 : cost, knownCost: cached ? 0 : (cost ?? 0) },
        ...{ promptTokens: tokens?.prompt ?? 0, completionTokens: tokens?.completion ?? 0 },
      }),
    });
  }
  const usage = [...lines.values()];
  const [first, last] = [events[0], events.at(-1)];
  return {
    time: first?.time ?? time,
    durationMs: first === undefined || last === undefined ? 0 : timeOf(last) - timeOf(first),
    messages: events.filter(({ type }) => type === "message.received").length,
    warnings: events.filter(({ type }) => type === "warning").length,
    stopReason,
    usage,
    total: usage.reduce<RunSummary["total"]>(added, NOTHING),
  };
}

const NOTHING: RunSummary["total"] = { calls: 0, cached: 0, promptTokens: 0, completionTokens: 0, cost: 0, knownCost: 0 };

const added = (a: RunSummary["total"], b: RunSummary["total"]): RunSummary["total"] => ({
  calls: a.calls + b.calls,
  cached: a.cached + b.cached,
  promptTokens: a.promptTokens + b.promptTokens,
  completionTokens: a.completionTokens + b.completionTokens,
  cost: a.cost === null || b.cost === null ? null : a.cost + b.cost,
  knownCost: a.knownCost + b.knownCost,
});
