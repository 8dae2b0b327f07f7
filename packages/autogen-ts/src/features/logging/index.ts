import { RuntimeLogging, type LoggingOptions, type LoggingSessionInfo } from "./runtime-logging.js";
import type { SessionUsage } from "./session-usage.js";

/** `autogen.runtime_logging`: the logging of this program. */
export const runtimeLogging: RuntimeLogging = new RuntimeLogging();

/** `runtimeLogging.withLogging`: logs what `task` does in a session of its own. */
export const withLogging = async <T>(
  options: LoggingOptions,
  task: (session: LoggingSessionInfo) => T | Promise<T>,
): Promise<T> => await runtimeLogging.withLogging(options, task);

/** `runtimeLogging.sessionUsage`: tokens and money of a session that is under way. */
export const sessionUsage = (sessionId?: string): SessionUsage => runtimeLogging.sessionUsage(sessionId);

export { RuntimeLogging } from "./runtime-logging.js";
export type { LoggingOptions, LoggingSessionInfo } from "./runtime-logging.js";
export type {
  BaseLogger,
  ChatCompletionEntry,
  EntrySource,
  EventEntry,
  FunctionUseEntry,
  NewAgentEntry,
  NewClientEntry,
  NewWrapperEntry,
} from "./entries.js";
export { FileLogger } from "./file-logger.js";
export type { FileLoggerConfig } from "./file-logger.js";
export type { LoggerConfig, LoggerType } from "./logger-factory.js";
export type {
  ChatCompletionRecord,
  EventRecord,
  FunctionUseRecord,
  NewAgentRecord,
  NewClientRecord,
  NewWrapperRecord,
  RecordSource,
} from "./records.js";
export { hasSession, readUsage, readUsageBy } from "./session-usage.js";
export type { LoggedUsage, SessionUsage, UsageGrouping } from "./session-usage.js";
export { SqliteLogger } from "./sqlite-logger.js";
export type { SqliteLoggerConfig } from "./sqlite-logger.js";
export { usageChart, writeUsageChart } from "./usage-chart.js";
export { costText, usageReport, usageTable } from "./usage-report.js";
export type { UsageReport, UsageReportOptions } from "./usage-report.js";
export type { SqliteDatabase, SqliteDriver, SqliteRow, SqliteStatement, SqliteValue } from "../../platform/node/index.js";
