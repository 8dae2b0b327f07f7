/** Logging of the whole program, and of parts of it. Specification chapter 25, section 1. */
import { AsyncLocalStorage } from "node:async_hooks";
import process from "node:process";
import { AutogenError, createRedactor, observe, type RedactorOptions } from "../../core.js";
import type { BaseLogger } from "./entries.js";
import { makeLogger, type LoggerConfig, type LoggerType } from "./logger-factory.js";
import { ObjectIds } from "./object-ids.js";
import type {
  ChatCompletionRecord,
  EventRecord,
  FunctionUseRecord,
  NewAgentRecord,
  NewClientRecord,
  NewWrapperRecord,
} from "./records.js";
import { LoggingSession } from "./session.js";
import { usageIn, type SessionUsage } from "./session-usage.js";
import { SqliteLogger } from "./sqlite-logger.js";

/** How a session logs. */
export interface LoggingOptions {
  /** A logger, or several that get the same entries. @default made from `loggerType` and `config` */
  readonly logger?: BaseLogger | readonly BaseLogger[];
  /** @default "sqlite" */
  readonly loggerType?: LoggerType;
  /** `dbname` of "sqlite"; `filename` and `dir` of "file". @default `{}` */
  readonly config?: LoggerConfig;
  /** What is a secret beside what always is one. Values of variables of the process are known. @default nothing */
  readonly redact?: RedactorOptions;
  /** Told once per cause that a logger fails; the program goes on. @default `process.emitWarning` */
  readonly onWarning?: (text: string) => void;
}

/** What `withLogging` tells of its session. */
export interface LoggingSessionInfo {
  readonly sessionId: string;
  /** The driver's database object, or null. */
  readonly connection: object | null;
}

interface Active {
  readonly session: LoggingSession;
  readonly end: () => void;
}

/** `autogen.runtime_logging`: one session for the whole program, and sessions for parts of it. */
export class RuntimeLogging {
  readonly #ids = new ObjectIds();
  /** Sessions of parts of the program, the innermost last. */
  readonly #parts = new AsyncLocalStorage<readonly LoggingSession[]>();
  /** The last one that was started, also after its end. */
  #last: LoggingSession | null = null;
  #active: Active | null = null;

  /**
   * Logs everything that is made and done from now on, whatever part of the program does it. A session under way is ended first.
   *
   * @returns the session id (of the first logger)
   * @throws AutogenError `invalid-option` for an unknown type or a path that cannot be written, `unsupported` for a file of
   * something else or of a newer version, `missing-package` when there is no SQLite
   */
  start(options: LoggingOptions = {}): string {
    this.stop();
    const session = this.#sessionOf(options, () => true);
    const id = session.start();
    this.#active = { session, end: observe(session) };
    this.#last = session;
    return id;
  }

  /** Ends the session; everything is written when it returns. Does nothing without one. */
  stop(): void {
    const active = this.#active;
    this.#active = null;
    active?.end();
    active?.session.stop();
  }

  /** The database of the session, as its driver has it: for queries. Null without one, and a warning before the first start. */
  getConnection(): object | null {
    if (this.#last === null) complain("[runtime logging] No logger was started, so there is no connection. Call `start` first.");
    return this.#last?.connection ?? null;
  }

  loggingEnabled(): boolean {
    return this.#active !== null;
  }

  /** The number that stands for an object in all logs of this process. */
  idOf(object: object): number {
    return this.#ids.of(object);
  }

  /**
   * Logs what `task` does, and everything that it starts, in a session of its own. Sessions side by side see each their
   * own part; a session of the whole program, and one around this one, see it too.
   *
   * @returns what `task` gives @throws what `task` and `start` throw
   */
  async withLogging<T>(options: LoggingOptions, task: (session: LoggingSessionInfo) => T | Promise<T>): Promise<T> {
    const session: LoggingSession = this.#sessionOf(options, () => this.#parts.getStore()?.includes(session) === true);
    const sessionId = session.start();
    const end = observe(session);
    try {
      const { connection } = session;
      return await this.#parts.run(
        [...(this.#parts.getStore() ?? []), session],
        async () => await task({ sessionId, connection }),
      );
    } finally {
      end();
      session.stop();
    }
  }

  /**
   * Tokens and money of a session in the database that is logged into (inside of `withLogging` that of its session); of all
   * sessions in it without an id.
   *
   * @throws AutogenError `invalid-state` when nothing is logged into SQLite
   */
  sessionUsage(sessionId?: string): SessionUsage {
    const sessions = [...(this.#parts.getStore() ?? []).toReversed(), this.#active?.session];
    const logger = sessions.flatMap((one) => one?.loggers ?? []).find((one) => one instanceof SqliteLogger);
    if (logger?.database === undefined || logger.database === null) {
      const message = "Nothing is logged into SQLite now. Call `start` first, or read a file with `readUsage`.";
      throw new AutogenError("invalid-state", message);
    }
    return usageIn(logger.database, sessionId);
  }

  // For programs that have more to tell than what is observed.

  logChatCompletion(record: ChatCompletionRecord): void {
    this.#tell((session) => session.logChatCompletion(record));
  }

  logNewAgent(record: NewAgentRecord): void {
    this.#tell((session) => session.logNewAgent(record));
  }

  logNewWrapper(record: NewWrapperRecord): void {
    this.#tell((session) => session.logNewWrapper(record));
  }

  logNewClient(record: NewClientRecord): void {
    this.#tell((session) => session.logNewClient(record));
  }

  logEvent(record: EventRecord): void {
    this.#tell((session) => session.logEvent(record));
  }

  logFunctionUse(record: FunctionUseRecord): void {
    this.#tell((session) => session.logFunctionUse(record));
  }

  #tell(log: (session: LoggingSession) => void): void {
    const sessions = [this.#active?.session, ...(this.#parts.getStore() ?? [])].filter((one) => one !== undefined);
    if (sessions.length === 0) complain("[runtime logging] No logger was started, so nothing is logged. Call `start` first.");
    for (const session of sessions) log(session);
  }

  #sessionOf(options: LoggingOptions, includesNow: () => boolean): LoggingSession {
    const { logger, loggerType = "sqlite", config = {}, redact = {}, onWarning = complain } = options;
    const redactor = createRedactor({ ...redact, environment: { ...process.env, ...redact.environment } });
    const loggers = logger === undefined ? [makeLogger(loggerType, config)] : [logger].flat();
    return new LoggingSession({ loggers, redactor, ids: this.#ids, includesNow, onWarning });
  }
}

const complain = (text: string): void => process.emitWarning(text, "LoggingWarning");
