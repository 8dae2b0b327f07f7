/** The history of calls of the 0.1 series: what every wrapper of the program was asked and answered. Chapter 25, section 5. */
import { observe, type ModelCall, type ModelCallEnd, type ModelResponse } from "../../index.js";

/** Of one conversation, one item for each call. */
export interface ConversationRecord {
  /** Numbers of the calls, from 0. */
  readonly created_at: number[];
  /** US dollars; null when the model has no known price. */
  readonly cost: (number | null)[];
  readonly token_count: TokenCountRecord[];
}

/** Tokens of one call; 0 where the endpoint does not say. */
export interface TokenCountRecord {
  readonly model: string;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** One call, where calls are kept one by one. */
export interface CallRecord {
  readonly request: Readonly<Record<string, unknown>>;
  readonly response: ModelResponse & { readonly cost: number | null };
}

/**
 * Compact: conversations by their messages with the answers of the last call, as JSON with sorted keys. One by one: calls
 * by their numbers.
 */
export type CallHistory = Record<string, ConversationRecord | CallRecord>;

/** How calls are kept. */
export interface HistoryOptions {
  /** Filled in place. @default a new one */
  readonly historyDict?: CallHistory;
  /** By conversation, and not call by call. @default true */
  readonly compact?: boolean;
  /** Whether the numbers of calls begin with 0 again. @default true */
  readonly resetCounter?: boolean;
}

/** Fills a history until it is stopped. */
export class HistoryKeeper {
  readonly history: CallHistory;
  readonly compact: boolean;
  /** Of the next call. */
  count: number;
  /** How continued conversations are found; answers come back with the names of their agents. */
  readonly #places: Map<string, string>;
  readonly #end: () => void;

  constructor({ historyDict = {}, compact = true }: HistoryOptions, count: number) {
    this.history = historyDict;
    this.compact = compact;
    this.count = count;
    this.#places = new Map(Object.keys(historyDict).map((key) => [placeOf(key), key]));
    this.#end = observe({ modelAsked: (call) => (end) => this.#note(call, end) });
  }

  stop(): void {
    this.#end();
  }

  #note({ params }: ModelCall, { outcome }: ModelCallEnd): void {
    if ("error" in outcome) return;
    const { cached: _cached, ...response } = outcome.response;
    const number = this.count++;
    if (this.compact) this.#addToConversation(params, response, number);
    else this.history[String(number)] = { request: params, response };
  }

  #addToConversation(params: ModelCall["params"], response: CallRecord["response"], number: number): void {
    const { before, after } = conversationOf(params, response);
    const old = before === null ? undefined : this.#places.get(sorted(before.map(withoutName)));
    const record = (old === undefined ? undefined : this.#take(old)) ?? { created_at: [], cost: [], token_count: [] };
    record.created_at.push(number);
    record.cost.push(response.cost);
    record.token_count.push(tokensOf(response));
    const key = sorted(after);
    this.history[key] = record;
    this.#places.set(sorted(after.map(withoutName)), key);
  }

  /** A conversation that goes on moves to its longer key. */
  #take(key: string): ConversationRecord | undefined {
    const record = this.history[key];
    if (record === undefined || !("token_count" in record)) return undefined;
    Reflect.deleteProperty(this.history, key);
    this.#places.delete(placeOf(key));
    return record;
  }
}

/** What `printUsageSummary` prints. */
export function historySummary(history: CallHistory): string {
  const calls = Object.values(history).flatMap((record) =>
    "token_count" in record
      ? record.token_count.map((tokens, index) => ({ tokens, cost: record.cost[index] ?? null }))
      : [{ tokens: tokensOf(record.response), cost: record.response.cost }],
  );
  const unknown = calls.filter(({ cost }) => cost === null).length;
  const total = calls.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
  const models = [...new Set(calls.map(({ tokens }) => tokens.model))];
  const lines = models.map((model) => {
    const those = calls.filter(({ tokens }) => tokens.model === model);
    const sum = (key: "prompt_tokens" | "completion_tokens" | "total_tokens"): string =>
      String(those.reduce((all, { tokens }) => all + tokens[key], 0));
    return `Token count summary for model ${model}: prompt_tokens: ${sum("prompt_tokens")}, completion_tokens: ${sum("completion_tokens")}, total_tokens: ${sum("total_tokens")}`;
  });
  const more = unknown === 0 ? "" : `, and ${String(unknown)} calls of unknown price`;
  return [`Total cost: ${String(total)}${more}`, ...lines].join("\n");
}

function tokensOf({ model, usage }: ModelResponse): TokenCountRecord {
  const { prompt_tokens = 0, completion_tokens = 0, total_tokens = prompt_tokens + completion_tokens } = usage ?? {};
  return { model, prompt_tokens, completion_tokens, total_tokens };
}

/** The messages without the newest, when they may be the end of an earlier call, and all of them with the answers. */
function conversationOf(
  { messages, prompt }: ModelCall["params"],
  { choices }: ModelResponse,
): { readonly before: readonly unknown[] | null; readonly after: readonly unknown[] } {
  if (!Array.isArray(messages)) return { before: null, after: [prompt, ...choices.map(({ text }) => text ?? null)] };
  const said: readonly unknown[] = messages;
  const last = said.at(-1) as { readonly role?: unknown } | undefined;
  const continues = said.length > 1 && last?.role !== "assistant";
  return { before: continues ? said.slice(0, -1) : null, after: [...said, ...choices.map(({ message }) => message)] };
}

/** Agents send an answer on under their names, and leave out what is null in it. */
function withoutName(message: unknown): unknown {
  if (typeof message !== "object" || message === null) return message;
  const isAnswer = "role" in message && message.role === "assistant";
  return Object.fromEntries(
    Object.entries(message).filter(([key, value]) => value !== null && value !== undefined && !(isAnswer && key === "name")),
  );
}

/** Of a key that may be somebody else's. */
function placeOf(key: string): string {
  try {
    const messages: unknown = JSON.parse(key);
    return Array.isArray(messages) ? sorted(messages.map(withoutName)) : key;
  } catch {
    return key;
  }
}

/** JSON with the keys of all objects in order. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
