import { AutogenError } from "../../core.js";
import type { BaseLogger } from "./entries.js";
import { FileLogger, type FileLoggerConfig } from "./file-logger.js";
import { SqliteLogger, type SqliteLoggerConfig } from "./sqlite-logger.js";

/** Loggers that are known by name. */
export type LoggerType = "sqlite" | "file";

/** Settings of either kind; each reads its own. */
export type LoggerConfig = SqliteLoggerConfig & FileLoggerConfig;

/** @throws AutogenError `invalid-option` for another type */
export function makeLogger(type: LoggerType, config: LoggerConfig): BaseLogger {
  switch (type) {
    case "sqlite":
      return new SqliteLogger(config);
    case "file":
      return new FileLogger(config);
    default:
      throw new AutogenError(
        "invalid-option",
        `[logger_factory] Unknown logger type: ${String(type)}. Pass "sqlite" or "file", or a logger of your own as \`logger\`.`,
      );
  }
}
