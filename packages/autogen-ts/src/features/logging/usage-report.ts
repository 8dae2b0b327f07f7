/** Tokens and money of a log in one value, as a table and for programs. */
import { AutogenError, visibleText } from "../../core.js";
import { hasSession, readUsage, readUsageBy, type LoggedUsage, type UsageGrouping } from "./session-usage.js";

/** What a report is about. */
export interface UsageReportOptions {
  /** @default all sessions of the file */
  readonly session?: string;
  /** @default "agent" */
  readonly by?: UsageGrouping;
}

/** Tokens and money of a log. */
export interface UsageReport {
  /** As it was given. */
  readonly file: string;
  /** Null for all sessions. */
  readonly session: string | null;
  readonly by: UsageGrouping;
  /** In the order of first use. */
  readonly groups: readonly (LoggedUsage & { readonly name: string })[];
  readonly total: LoggedUsage;
}

/**
 * Reads tokens and money of a SQLite log, by the reference or by us.
 *
 * @throws AutogenError `invalid-option` for a file that is not there or cannot be read, or has nothing of the session;
 * `unsupported` for a file of something else or of a newer version; `missing-package` without SQLite
 */
export function usageReport(file: string, { session, by = "agent" }: UsageReportOptions = {}): UsageReport {
  const { byAgent: _byAgent, byModel: _byModel, ...total } = readUsage(file, session);
  if (session !== undefined && total.calls === 0 && !hasSession(file, session)) {
    const message = `\`${file}\` has nothing of the session \`${session}\`. \`--by session\` lists those that have calls.`;
    throw new AutogenError("invalid-option", message);
  }
  const groups = [...readUsageBy(file, by, session)].map(([name, usage]) => ({ name, ...usage }));
  return { file, session: session ?? null, by, groups, total };
}

/** US dollars with six digits; calls without a known price are said, and never counted as free. */
export function costText({ cost, unpricedCalls }: Pick<LoggedUsage, "cost" | "unpricedCalls">): string {
  if (unpricedCalls === 0) return (cost ?? 0).toFixed(6);
  return cost === null ? "unknown" : `${cost.toFixed(6)} + unknown`;
}

/** How a group is shown: calls without an agent have no name, and names are texts of strangers. */
export const groupName = (name: string): string => (name === "" ? "(none)" : visibleText(name).replaceAll("\n", " "));

/** The report as a table for people, each line with its line break. */
export function usageTable({ by, groups, total }: UsageReport): string {
  const head = [by, "calls", "cached", "prompt", "completion", "tokens", "cost in US dollars"];
  const rows = [...groups.map((group) => [groupName(group.name), ...cellsOf(group)]), ["total", ...cellsOf(total)]];
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const body = rows.map(line);
  return [line(head), rule, ...body.slice(0, -1), ...(groups.length === 0 ? [] : [rule]), ...body.slice(-1), ""].join("\n");
}

const cellsOf = (usage: LoggedUsage): readonly string[] => [
  ...[usage.calls, usage.cachedCalls, usage.promptTokens, usage.completionTokens, usage.totalTokens].map(String),
  costText(usage),
];
