/** One session of logging: sees the program as an observer, and writes it into its loggers. */
import { randomUUID } from "node:crypto";
import {
  isAutogenError,
  type AgentMade,
  type MessageReceived,
  type ModelCall,
  type ModelCallEnd,
  type Observer,
  type Redactor,
  type ReplyTried,
  type ToolUsed,
  type WrapperMade,
} from "../../core.js";
import { LogWriteError } from "./backlog.js";
import type { BaseLogger } from "./entries.js";
import type { ObjectIds } from "./object-ids.js";
import {
  EntryMaker,
  type ChatCompletionRecord,
  type EventRecord,
  type FunctionUseRecord,
  type NewAgentRecord,
  type NewClientRecord,
  type NewWrapperRecord,
  type RecordSource,
} from "./records.js";
import { timestamp } from "./timestamp.js";

/** What a session works with. */
export interface SessionParts {
  readonly loggers: readonly BaseLogger[];
  readonly redactor: Redactor;
  readonly ids: ObjectIds;
  /** Whether what happens now belongs to the session. */
  readonly includesNow: () => boolean;
  readonly onWarning: (text: string) => void;
}

/** Of one session; a logger that fails each time in other words has been noticed by then. */
const MOST_WARNINGS = 20;

export class LoggingSession implements Observer {
  readonly #parts: SessionParts;
  readonly #make: EntryMaker;
  /** Of calls under way. */
  readonly #invocations = new WeakMap<object, string>();
  readonly #seen = new WeakSet();
  readonly #said = new Set<string>();
  #started: readonly BaseLogger[] = [];

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#make = new EntryMaker(parts.redactor, parts.ids);
  }

  /** Starts the loggers. @returns the session id of the first @throws what a logger throws that cannot start; the others are stopped again */
  start(): string {
    const ids = this.#parts.loggers.map((logger) => {
      try {
        const id = logger.start();
        this.#started = [...this.#started, logger];
        return id;
      } catch (error) {
        this.stop();
        throw error;
      }
    });
    return ids[0] ?? randomUUID();
  }

  stop(): void {
    const loggers = this.#started;
    this.#started = [];
    for (const logger of loggers) this.#safely(() => logger.stop());
  }

  /** Of the first logger that has one. */
  get connection(): object | null {
    return this.#started.map((logger) => logger.getConnection()).find((one) => one !== null) ?? null;
  }

  get loggers(): readonly BaseLogger[] {
    return this.#started;
  }

  // What the program may report itself.

  logChatCompletion(record: ChatCompletionRecord): void {
    this.#write(this.#make.chatCompletion(record), (logger, entry) => logger.logChatCompletion(entry));
  }

  logNewAgent(record: NewAgentRecord): void {
    this.#write(this.#make.newAgent(record), (logger, entry) => logger.logNewAgent(entry));
  }

  logNewWrapper(record: NewWrapperRecord): void {
    this.#write(this.#make.newWrapper(record), (logger, entry) => logger.logNewWrapper(entry));
  }

  logNewClient(record: NewClientRecord): void {
    this.#write(this.#make.newClient(record), (logger, entry) => logger.logNewClient(entry));
  }

  logEvent(record: EventRecord): void {
    this.#write(this.#make.event(record), (logger, entry) => logger.logEvent(entry));
  }

  logFunctionUse(record: FunctionUseRecord): void {
    this.#write(this.#make.functionUse(record), (logger, entry) => logger.logFunctionUse(entry));
  }

  // What it observes.

  agentMade({ agent, wrapper, options }: AgentMade): void {
    if (this.#parts.includesNow()) this.logNewAgent({ agent, wrapper, initArgs: options });
  }

  wrapperMade({ wrapper, config }: WrapperMade): void {
    if (this.#parts.includesNow()) this.logNewWrapper({ wrapper, initArgs: config });
  }

  messageReceived({ agent, sender, message }: MessageReceived): void {
    if (!this.#parts.includesNow()) return;
    this.logEvent({ source: agent, name: "received_message", state: { message, sender: sender.name, valid: true } });
  }

  replyTried({ agent, replyFunction, final, reply }: ReplyTried): void {
    if (!this.#parts.includesNow()) return;
    const state = { reply_func_module: null, reply_func_name: replyFunction.name, final, reply };
    this.logEvent({ source: agent, name: "reply_func_executed", state });
  }

  toolUsed({ agent, tool, args, returned }: ToolUsed): void {
    if (this.#parts.includesNow()) this.logFunctionUse({ source: agent, function: tool, args, returns: returned });
  }

  modelAsked({ call, wrapper, asker, config, entry, params }: ModelCall): ((end: ModelCallEnd) => void) | undefined {
    if (!this.#parts.includesNow()) return undefined;
    const startTime = timestamp();
    if (this.#isNew(entry)) this.#make.learn(entry);
    const about = { invocationId: this.#invocationOf(call), wrapper, source: sourceOf(asker), request: params, startTime };
    return ({ client, outcome }) => {
      if (client !== null && this.#isNew(client)) this.logNewClient({ client, wrapper, initArgs: entry });
      if ("error" in outcome) {
        const response = `error_code:${errorCodeOf(outcome.error)}, config ${String(config)} failed`;
        this.logChatCompletion({ ...about, client, response, cost: 0 });
        return;
      }
      const { cost, cached, ...rest } = outcome.response;
      // What the wrapper adds to a response is no part of the answer.
      const { config_id: _config, pass_filter: _filter, ...response } = rest as typeof rest & Readonly<Record<string, unknown>>;
      this.logChatCompletion({ ...about, client, response, cost, isCached: cached });
    };
  }

  failed(error: unknown): void {
    this.#warn(error);
  }

  #write<E>(entry: E, log: (logger: BaseLogger, entry: E) => void): void {
    for (const logger of this.#started) this.#safely(() => log(logger, entry));
  }

  #safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#warn(error);
    }
  }

  /** Once per cause. */
  #warn(error: unknown): void {
    const text = this.#parts.redactor.text(error instanceof Error ? error.message : String(error));
    const cause = error instanceof LogWriteError ? error.code : text;
    if (this.#said.has(cause) || this.#said.size >= MOST_WARNINGS) return;
    this.#said.add(cause);
    this.#parts.onWarning(text);
  }

  #isNew(object: object): boolean {
    if (this.#seen.has(object)) return false;
    this.#seen.add(object);
    return true;
  }

  #invocationOf(call: object): string {
    const id = this.#invocations.get(call) ?? randomUUID();
    this.#invocations.set(call, id);
    return id;
  }
}

/** Who asked: an agent, a name, or nobody. */
function sourceOf(asker: unknown): RecordSource | null {
  if (typeof asker === "string") return asker;
  if (typeof asker !== "object" || asker === null || !("name" in asker) || typeof asker.name !== "string") return null;
  // The compiler does not take the checked name into the type of the whole.
  return asker as { readonly name: string };
}

/** The endpoint's own code, and Python's word where it gave none; the reference logs no timeouts, so they have a word of ours. */
function errorCodeOf(error: unknown): string {
  if (isAutogenError(error, "model-timeout")) return "timeout";
  if (isAutogenError(error) && error.code !== "model-failed") return error.code;
  const { code } = (error instanceof Error ? (error.cause ?? {}) : {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "None";
}
