/** Tokens and money in a SQLite log. Specification chapter 25, section 3. */
import type { SqliteDatabase, SqliteRow, SqliteValue } from "../../platform/node/index.js";
import { openLogToRead } from "./sqlite-file.js";

/** Tokens and money of some calls of models. */
export interface LoggedUsage {
  /** Entries of config lists that were asked, or answered from a cache; failures count too. */
  readonly calls: number;
  /** Answered from a cache; what they once cost is part of `cost`. */
  readonly cachedCalls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** US dollars, as far as prices are known: null when none is. */
  readonly cost: number | null;
  /** Calls of models without a known price: `cost` is more than it says when there are any. */
  readonly unpricedCalls: number;
}

/** The same in all, and by agent and model. */
export interface SessionUsage extends LoggedUsage {
  /** By the name of the agent; `""` for calls without one. */
  readonly byAgent: Readonly<Record<string, LoggedUsage>>;
  readonly byModel: Readonly<Record<string, LoggedUsage>>;
}

/** What calls are counted by. Days are UTC. */
export type UsageGrouping = "agent" | "model" | "day" | "session";

const GROUPS: Readonly<Record<UsageGrouping, string>> = {
  agent: "source_name",
  model: "COALESCE(json_extract(answer, '$.model'), json_extract(question, '$.model'), '')",
  day: "substr(start_time, 1, 10)",
  session: "session_id",
};

/** Tokens and money of a log file, of one session or of all. @throws AutogenError as `readUsageBy` */
export function readUsage(file: string, sessionId?: string): SessionUsage {
  return reading(file, (database) => usageIn(database, sessionId));
}

/**
 * Tokens and money of a log file by agent, model, day or session, in the order of first use.
 *
 * @throws AutogenError `invalid-option` for a file that cannot be read, `unsupported` for one of something else or of a
 * newer version, `missing-package` without SQLite
 */
export function readUsageBy(file: string, grouping: UsageGrouping, sessionId?: string): ReadonlyMap<string, LoggedUsage> {
  return reading(file, (database) => usageBy(database, grouping, sessionId));
}

/** Whether a log has anything of the session. @throws AutogenError as `readUsageBy` */
export function hasSession(file: string, sessionId: string): boolean {
  const tables = ["chat_completions", "agents", "oai_wrappers", "oai_clients"];
  const sql = tables.map((table) => `SELECT 1 AS found FROM ${table} WHERE session_id = ?1`).join(" UNION ALL ");
  return reading(file, (database) => database.prepare(`${sql} LIMIT 1`).all(sessionId).length > 0);
}

/** The same of an open database. */
export function usageIn(database: SqliteDatabase, sessionId?: string): SessionUsage {
  const [row = {}] = rowsOf(database, "''", sessionId);
  return {
    ...usageOf(row),
    byAgent: Object.fromEntries(usageBy(database, "agent", sessionId)),
    byModel: Object.fromEntries(usageBy(database, "model", sessionId)),
  };
}

function usageBy(database: SqliteDatabase, grouping: UsageGrouping, sessionId?: string): ReadonlyMap<string, LoggedUsage> {
  const rows = rowsOf(database, GROUPS[grouping], sessionId);
  return new Map(rows.map((row) => [String(row["name"] ?? ""), usageOf(row)]));
}

/** Responses that are no JSON have no tokens: SQLite would end the whole query. */
function rowsOf(database: SqliteDatabase, group: string, sessionId: string | undefined): readonly SqliteRow[] {
  const tokens = (name: string): string => `COALESCE(SUM(json_extract(answer, '$.usage.${name}')), 0)`;
  const sql = `
    SELECT ${group} AS name, COUNT(*) AS calls, COALESCE(SUM(is_cached), 0) AS cached, SUM(cost) AS cost,
      SUM(cost IS NULL) AS unpriced, ${tokens("prompt_tokens")} AS prompt, ${tokens("completion_tokens")} AS completion,
      ${tokens("total_tokens")} AS total
    FROM (SELECT *, CASE WHEN json_valid(response) THEN response END AS answer,
      CASE WHEN json_valid(request) THEN request END AS question FROM chat_completions
      ${sessionId === undefined ? "" : "WHERE session_id = ?1"})
    GROUP BY name ORDER BY MIN(id)`;
  return database.prepare(sql).all(...(sessionId === undefined ? [] : [sessionId]));
}

const usageOf = (row: SqliteRow): LoggedUsage => ({
  calls: Number(row["calls"] ?? 0),
  cachedCalls: Number(row["cached"] ?? 0),
  promptTokens: Number(row["prompt"] ?? 0),
  completionTokens: Number(row["completion"] ?? 0),
  totalTokens: Number(row["total"] ?? 0),
  cost: costOf(row["cost"]),
  unpricedCalls: Number(row["unpriced"] ?? 0),
});

const costOf = (cost: SqliteValue | undefined): number | null => (cost === undefined || cost === null ? null : Number(cost));

function reading<T>(file: string, read: (database: SqliteDatabase) => T): T {
  const database = openLogToRead(file);
  try {
    return read(database);
  } finally {
    database.close();
  }
}
