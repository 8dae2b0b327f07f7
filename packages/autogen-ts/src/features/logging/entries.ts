/** What loggers get: plain data without secrets. Specification chapter 25, sections 2 and 3. */
import type { Json } from "../../core.js";

/** Who did it. */
export interface EntrySource {
  /** Null for what is known by its name alone. */
  readonly id: number | null;
  readonly name: string;
  /** Null unless it is an agent. */
  readonly className: string | null;
  /** Where the class comes from: `autogen-ts`, or null for classes of the program's own. */
  readonly module: string | null;
}

/** One entry of a config list was asked, or a cache answered in its place. Times are UTC: `2026-01-31 12:00:00.000000`. */
export interface ChatCompletionEntry {
  /** Equal for all entries that one call tried. */
  readonly invocationId: string;
  /** Null when the client was never made. */
  readonly clientId: number | null;
  readonly wrapperId: number;
  /** Null for calls without an agent. */
  readonly source: EntrySource | null;
  readonly request: Json;
  /** The response, or `{ response: "error_code:…, config … failed" }`. */
  readonly response: Json;
  readonly isCached: boolean;
  /** US dollars: 0 for errors, null when the model has no known price; for answers of a cache what they once cost. */
  readonly cost: number | null;
  readonly startTime: string;
  readonly endTime: string;
}

/** An agent was made. */
export interface NewAgentEntry {
  readonly id: number;
  readonly wrapperId: number | null;
  readonly name: string;
  /** The most derived. */
  readonly className: string;
  readonly initArgs: Json;
  readonly timestamp: string;
}

/** A model wrapper was made. */
export interface NewWrapperEntry {
  readonly wrapperId: number;
  readonly initArgs: Json;
  readonly timestamp: string;
}

/** A client is used for the first time. */
export interface NewClientEntry {
  readonly clientId: number;
  readonly wrapperId: number;
  readonly className: string;
  readonly initArgs: Json;
  readonly timestamp: string;
}

/** Something happened: `received_message`, `reply_func_executed`, or what the program reports. */
export interface EventEntry {
  readonly source: EntrySource;
  readonly name: string;
  readonly state: Json;
  readonly timestamp: string;
}

/** A tool was used. */
export interface FunctionUseEntry {
  readonly source: EntrySource;
  readonly function: string;
  readonly args: Json;
  readonly returns: Json;
  readonly timestamp: string;
}

/**
 * A logger: methods are called synchronously, in the order in which things happen, before anybody else hears of them. What
 * they throw ends in a warning, and never in the chat.
 */
export interface BaseLogger {
  /** @returns the id of the session, which all its entries share; the same for every start of one logger */
  start(): string;
  logChatCompletion(entry: ChatCompletionEntry): void;
  logNewAgent(entry: NewAgentEntry): void;
  logEvent(entry: EventEntry): void;
  logNewWrapper(entry: NewWrapperEntry): void;
  logNewClient(entry: NewClientEntry): void;
  logFunctionUse(entry: FunctionUseEntry): void;
  /** Everything is written when it returns. */
  stop(): void;
  /** The driver's database object, or null for loggers without one. */
  getConnection(): object | null;
}
