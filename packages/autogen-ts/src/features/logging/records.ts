/** What is logged, as the program has it, and how it becomes an entry. */
import { randomUUID } from "node:crypto";
import {
  AssistantAgent,
  ConversableAgent,
  GroupChatManager,
  UserProxyAgent,
  type Json,
  type RedactedCopyOptions,
  type Redactor,
} from "../../core.js";
import type {
  ChatCompletionEntry,
  EntrySource,
  EventEntry,
  FunctionUseEntry,
  NewAgentEntry,
  NewClientEntry,
  NewWrapperEntry,
} from "./entries.js";
import type { ObjectIds } from "./object-ids.js";
import { timestamp } from "./timestamp.js";

/** Who did it: an agent, or a name. */
export type RecordSource = { readonly name: string } | string;

/** For `logChatCompletion`. */
export interface ChatCompletionRecord {
  /** @default a new one */
  readonly invocationId?: string;
  readonly client?: object | null;
  readonly wrapper: object;
  /** @default null */
  readonly source?: RecordSource | null;
  readonly request: unknown;
  /** A text says what went wrong. */
  readonly response: unknown;
  /** @default false */
  readonly isCached?: boolean;
  readonly cost: number | null;
  /** @default now */
  readonly startTime?: string;
}

/** For `logNewAgent`. */
export interface NewAgentRecord {
  readonly agent: { readonly name: string };
  /** @default null */
  readonly wrapper?: object | null;
  /** @default none */
  readonly initArgs?: unknown;
}

/** For `logNewWrapper`. */
export interface NewWrapperRecord {
  readonly wrapper: object;
  readonly initArgs?: unknown;
}

/** For `logNewClient`. */
export interface NewClientRecord {
  readonly client: object;
  readonly wrapper: object;
  readonly initArgs?: unknown;
}

/** For `logEvent`. */
export interface EventRecord {
  readonly source: RecordSource;
  readonly name: string;
  readonly state?: unknown;
}

/** For `logFunctionUse`. */
export interface FunctionUseRecord {
  readonly source: RecordSource;
  readonly function: string;
  readonly args: unknown;
  readonly returns: unknown;
}

/** Left out of constructor arguments, at every level. Chapter 25, section 3. */
const OMITTED: ReadonlySet<string> = new Set([
  "self",
  "__class__",
  "api_key",
  "apiKey",
  "organization",
  "base_url",
  "baseURL",
  "azure_endpoint",
  "azure_ad_token",
  "azure_ad_token_provider",
]);

const CLASSES: ReadonlySet<unknown> = new Set([ConversableAgent, AssistantAgent, UserProxyAgent, GroupChatManager]);

/** Functions and agents among constructor arguments are shown by their names. */
const INIT_ARGS: RedactedCopyOptions = {
  omit: OMITTED,
  other: (value) => {
    if (typeof value === "function") return (value as { readonly name: string }).name || "(anonymous)";
    return isAgent(value) ? value.name : undefined;
  },
};

/** Makes entries of records: numbers in place of objects, JSON in place of values, no secrets. */
export class EntryMaker {
  readonly #redactor: Redactor;
  readonly #ids: ObjectIds;
  /** Of messages that nobody can change any more: a request holds the whole history, and each message of it many times over. */
  #messages = new WeakMap<object, Json>();

  constructor(redactor: Redactor, ids: ObjectIds) {
    this.#redactor = redactor;
    this.#ids = ids;
  }

  chatCompletion(record: ChatCompletionRecord): ChatCompletionEntry {
    const { invocationId = randomUUID(), client = null, wrapper, source = null, isCached = false, cost, startTime } = record;
    const endTime = timestamp();
    const response = this.#redactor.value(record.response);
    return {
      invocationId,
      clientId: client === null ? null : this.#ids.of(client),
      wrapperId: this.#ids.of(wrapper),
      source: source === null ? null : this.#source(source),
      request: this.#request(record.request),
      response: response === null || typeof response === "string" ? { response } : response,
      ...{ isCached, cost, startTime: startTime ?? endTime, endTime },
    };
  }

  newAgent({ agent, wrapper = null, initArgs = {} }: NewAgentRecord): NewAgentEntry {
    return {
      id: this.#ids.of(agent),
      wrapperId: wrapper === null ? null : this.#ids.of(wrapper),
      name: this.#redactor.text(agent.name),
      className: classNameOf(agent),
      initArgs: this.#initArgs(initArgs),
      timestamp: timestamp(),
    };
  }

  newWrapper({ wrapper, initArgs = {} }: NewWrapperRecord): NewWrapperEntry {
    return { wrapperId: this.#ids.of(wrapper), initArgs: this.#initArgs(initArgs), timestamp: timestamp() };
  }

  newClient({ client, wrapper, initArgs = {} }: NewClientRecord): NewClientEntry {
    return {
      clientId: this.#ids.of(client),
      wrapperId: this.#ids.of(wrapper),
      className: classNameOf(client),
      initArgs: this.#initArgs(initArgs),
      timestamp: timestamp(),
    };
  }

  event({ source, name, state = {} }: EventRecord): EventEntry {
    return { source: this.#source(source), name, state: this.#redactor.value(state), timestamp: timestamp() };
  }

  functionUse({ source, function: name, args, returns }: FunctionUseRecord): FunctionUseEntry {
    return {
      source: this.#source(source),
      function: name,
      args: this.#redactor.value(args),
      returns: this.#redactor.value(returns),
      timestamp: timestamp(),
    };
  }

  /** Keys in it are hidden wherever they stand from now on. */
  learn(settings: unknown): void {
    this.#redactor.learn(settings);
    this.#messages = new WeakMap();
  }

  #request(request: unknown): Json {
    const { messages } = (request ?? {}) as { readonly messages?: unknown };
    if (!Array.isArray(messages)) return this.#redactor.value(request);
    const rest = this.#redactor.value({ ...(request as object), messages: null }) as Readonly<Record<string, Json>>;
    return { ...rest, messages: messages.map((message) => this.#message(message)) };
  }

  #message(message: unknown): Json {
    if (typeof message !== "object" || message === null || !Object.isFrozen(message)) return this.#redactor.value(message);
    const known = this.#messages.get(message) ?? this.#redactor.value(message);
    this.#messages.set(message, known);
    return known;
  }

  #initArgs(initArgs: unknown): Json {
    this.learn(initArgs);
    return this.#redactor.value(initArgs, INIT_ARGS);
  }

  #source(source: RecordSource): EntrySource {
    if (typeof source === "string") return { id: null, name: this.#redactor.text(source), className: null, module: null };
    return {
      id: this.#ids.of(source),
      name: this.#redactor.text(source.name),
      className: isAgent(source) ? classNameOf(source) : null,
      module: CLASSES.has(source.constructor) ? "autogen-ts" : null,
    };
  }
}

function isAgent(value: object): value is { readonly name: string } {
  const { name, generateReply } = value as { readonly name?: unknown; readonly generateReply?: unknown };
  return typeof name === "string" && typeof generateReply === "function";
}

/** Bundlers put a `_` in front of the names of some classes. */
const classNameOf = ({ constructor }: object): string => constructor.name.replace(/^_+(?=.)/u, "");
