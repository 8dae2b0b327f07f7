/**
 * Keeps every request within what its model takes: chats, summaries and selections of speakers alike, since it works where
 * requests are made. Specification chapter 14, D14-9 and D14-11.
 */
import {
  AutogenError,
  getMaxTokenLimit,
  type GuardScope,
  type ModelParams,
  type RequestGuard,
  type RequestRefusal,
  type TokenCounter,
  type TokenizerSource,
} from "../../core.js";
import { Counters } from "./counting.js";
import { costOf, fitMessages, startOfNewest, type Fitted } from "./fit.js";
import { Pairs } from "./pairs.js";
import { DEFAULT_SUMMARIZER_PROMPT, RunningSummary, summaryMessage } from "./running-summary.js";
import { toolTokens } from "./surroundings.js";
import { checkLimit } from "./transform.js";

/** What a guard does about requests that are too long. */
export interface ContextGuardOptions {
  /** Leave out the oldest messages, or put notes in their place that the same model writes. @default "trim" */
  readonly policy?: "trim" | "summarize";
  /** Windows of models that are not known, or are smaller where they run: tokens, for all or by name. @default {} */
  readonly window?: number | Readonly<Record<string, number>>;
  /** Tokens for the answer, when the request sets no limit for it. @default 1024, a quarter of the window at most */
  readonly answerTokens?: number;
  /** Keep the first message, which often says what is to be done. @default true */
  readonly keepFirstMessage?: boolean;
  /** Try once more, with less, when the endpoint refuses a request as too long. @default true */
  readonly retry?: boolean;
  /** Print a line for each request that was made shorter. @default true */
  readonly verbose?: boolean;
  /** @default that of `gpt-tokenizer`, where it is installed, else four characters a token */
  readonly tokenizer?: TokenizerSource;
}

const ANSWER_TOKENS = 1024;
const MOST_FOR_ANSWER = 1 / 4;
/** Left free for what is counted otherwise by the endpoint: with the model's tokenizer, and without. */
const MARGIN = { counted: 0.02, estimated: 0.1 };
/** Notes are written when a request is too long, and then for more than just this request. */
const ROOM_AFTER_SUMMARY = 0.6;
/** Of the room, for the notes. */
const ROOM_OF_SUMMARY = 1 / 4;
/** What is left of a request when the endpoint does not say how much is too much. */
const LESS = 0.5;

/** A switch for model settings: `llmConfig: { config_list, contextGuard: new ContextGuard() }`. */
export class ContextGuard implements RequestGuard {
  readonly #options: ContextGuardOptions;
  readonly #counters: Counters;
  readonly #summaries = new RunningSummary();
  /** What endpoints have said about their models. */
  readonly #learned = new Map<string, number>();

  /** @throws AutogenError `invalid-option` for another policy, or numbers that are no tokens */
  constructor(options: ContextGuardOptions = {}) {
    const { policy = "trim", window, answerTokens, tokenizer } = options;
    if (policy !== "trim" && policy !== "summarize")
      throw new AutogenError("invalid-option", `\`policy\` is ${JSON.stringify(policy)}. Pass "trim" or "summarize".`);
    for (const tokens of typeof window === "object" ? Object.values(window) : [window]) checkLimit("window", tokens, 1);
    checkLimit("answerTokens", answerTokens, 0);
    this.#options = options;
    this.#counters = new Counters(tokenizer);
  }

  async fit(params: ModelParams, scope: GuardScope): Promise<ModelParams> {
    const window = await this.#windowOf(scope);
    if (window === null) return params;
    const counter = await this.#counters.for(scope.model, scope.run);
    const margin = Math.ceil(window * (counter.estimated ? MARGIN.estimated : MARGIN.counted));
    const tools = toolTokens(params, counter);
    const used = costOf(messagesOf(params), counter) + tools + margin;
    const usual = Math.min(this.#options.answerTokens ?? ANSWER_TOKENS, Math.floor(window * MOST_FOR_ANSWER));
    const asked = limitOfAnswer(params) ?? usual;
    if (used + asked <= window) return params;
    const answer = answerWithin(window, asked, used);
    const lowered = withAnswer(params, answer, scope);
    return (await this.#within(lowered, window - answer - margin - tools, { scope, counter })) ?? lowered;
  }

  async refit(params: ModelParams, refusal: RequestRefusal, scope: GuardScope): Promise<ModelParams | null> {
    if (this.#options.retry === false) return null;
    const counter = await this.#counters.for(scope.model, scope.run);
    const tools = toolTokens(params, counter);
    const own = costOf(messagesOf(params), counter) + tools;
    if (refusal.of === "window" && refusal.limit !== undefined) this.#learned.set(scope.model, refusal.limit);
    const { room, answer } = afterRefusal(refusal, { own, asked: limitOfAnswer(params) });
    if (room === null) return null;
    const lowered = withAnswer(params, answer, scope);
    const shorter = await this.#within(lowered, room - tools, { scope, counter });
    return shorter ?? (lowered === params ? null : lowered);
  }

  /** Null when nothing has to change. */
  async #within(params: ModelParams, room: number, { scope, counter }: Work): Promise<ModelParams | null> {
    const messages = messagesOf(params);
    if (costOf(messages, counter) <= room) return null;
    const { keepFirstMessage: keepFirst = true, policy = "trim", verbose = true } = this.#options;
    const noted = policy === "summarize" ? await this.#withNotes(messages, room, { scope, counter }) : messages;
    const fitted: Fitted<object> = fitMessages(noted, { limit: room, counter, keepFirst });
    if (!fitted.fits)
      scope.run.warn(
        "does-not-fit",
        `The least of a request of \`${scope.agent}\` is too long for model \`${scope.model}\`. Make its system message or tools shorter, or use a model with a longer context.`,
      );
    const tokens = { before: costOf(messages, counter), after: costOf(fitted.messages, counter) };
    scope.run.emit({
      type: "messages.transformed",
      agent: scope.agent,
      transform: "ContextGuard",
      text: textOf({ messages, fitted, isNoted: noted !== messages, tokens, model: scope.model }),
      messages: { before: messages.length, after: fitted.messages.length },
      tokens,
      verbose,
    });
    return { ...params, messages: fitted.messages };
  }

  /** The messages with notes in the place of the older ones; as they are when there is nothing older. */
  async #withNotes(messages: readonly object[], room: number, { scope, counter }: Work): Promise<readonly object[]> {
    const heads = messages.findIndex((message) => (message as { readonly role?: unknown }).role !== "system");
    if (heads === -1) return messages;
    const head = messages.slice(0, heads);
    const rest = messages.slice(heads);
    const first = this.#options.keepFirstMessage === false ? 0 : new Pairs(rest).firstUnit();
    const known = this.#summaries.find(rest);
    const withSummary = (summary: string, start: number): readonly object[] => [
      ...head,
      ...rest.slice(0, Math.min(first, start)),
      summaryMessage(summary),
      ...rest.slice(start),
    ];
    if (known !== null && costOf(withSummary(known.summary, known.start), counter) <= room)
      return withSummary(known.summary, known.start);
    const free = room - costOf(head, counter);
    const until = startOfNewest(rest, Math.floor(free * (ROOM_AFTER_SUMMARY - ROOM_OF_SUMMARY)), counter);
    const from = Math.max(known?.start ?? 0, first);
    if (until <= from) return known === null ? messages : withSummary(known.summary, known.start);
    const covered = await this.#summaries.extend(
      { messages: rest, from, until, previous: known?.summary ?? null },
      {
        prompt: DEFAULT_SUMMARIZER_PROMPT,
        counter,
        maxInputTokens: Math.max(100, Math.floor(room / 2)),
        ask: async (asked) => await scope.ask(asked),
      },
    );
    const most = Math.max(1, Math.floor(free * ROOM_OF_SUMMARY));
    return withSummary(counter.start(covered.summary, most), covered.start);
  }

  /** Null when nobody knows. */
  async #windowOf({ model, tokensPerMinute }: GuardScope): Promise<number | null> {
    const { window } = this.#options;
    const told = typeof window === "number" ? window : window?.[model];
    const limits = [told ?? (await knownWindow(model)), this.#learned.get(model), tokensPerMinute].filter(
      (limit) => typeof limit === "number",
    );
    return limits.length === 0 ? null : Math.min(...limits);
  }
}

interface Work {
  readonly scope: GuardScope;
  readonly counter: TokenCounter;
}

async function knownWindow(model: string): Promise<number | null> {
  try {
    return await getMaxTokenLimit(model);
  } catch {
    return null; // not in the catalogue
  }
}

/** The wrapper checks that `messages` is a list of objects. */
const messagesOf = (params: ModelParams): readonly object[] => params["messages"] as readonly object[];

const ANSWER_LIMITS = ["max_completion_tokens", "max_tokens"] as const;

function limitOfAnswer(params: ModelParams): number | null {
  const limit = ANSWER_LIMITS.map((key) => params[key]).find((value) => typeof value === "number" && value > 0);
  return typeof limit === "number" ? limit : null;
}

/** An answer may take what the messages leave, and half of the window in any case. */
const answerWithin = (window: number, asked: number, used: number): number =>
  Math.min(asked, Math.max(Math.floor(window / 2), window - used));

/** The parameters with a smaller limit for the answer, where they have one. */
function withAnswer(params: ModelParams, most: number, { run, model }: GuardScope): ModelParams {
  const tooMuch = ANSWER_LIMITS.filter((key) => typeof params[key] === "number" && params[key] > most);
  if (tooMuch.length === 0) return params;
  run.warn(
    "answer-limited",
    `\`${tooMuch.join("` and `")}\` leaves no room for the messages within model \`${model}\`. It is lowered to what can be had; ask for less.`,
  );
  return { ...params, ...Object.fromEntries(tooMuch.map((key) => [key, most])) };
}

interface AfterRefusal {
  /** Tokens, as counted here, that messages and tools may have; null when there is nothing to be done. */
  readonly room: number | null;
  /** What the answer may have. */
  readonly answer: number;
}

/** What a refusal leaves. The endpoint's count of the same messages says how far its count and the one here are apart. */
function afterRefusal(
  { of, limit, requested, promptTokens, completionTokens }: RequestRefusal,
  { own, asked }: { readonly own: number; readonly asked: number | null },
): AfterRefusal {
  const told = completionTokens ?? asked;
  if (limit === undefined) return { room: Math.floor(own * LESS), answer: told ?? Number.POSITIVE_INFINITY };
  const usual = of === "window" ? Math.floor(Math.min(ANSWER_TOKENS, limit * MOST_FOR_ANSWER)) : 0;
  const theirs = promptTokens ?? (requested === undefined ? undefined : requested - (told ?? 0));
  const margin = Math.ceil(limit * MARGIN.counted);
  const answer = answerWithin(limit, told ?? usual, (theirs ?? own) + margin);
  // A quota that says nothing of this request was used up by others, unless this one is larger than all of it.
  if (of === "minute" && theirs === undefined && own + answer <= limit) return { room: null, answer };
  const scale = theirs === undefined || theirs <= 0 ? 1 : own / theirs;
  const room = Math.floor((limit - answer - margin) * scale);
  // Without the endpoint's own count: what was too long has to become shorter in any case.
  return { room: theirs === undefined ? Math.min(room, Math.floor(own * (1 - MARGIN.estimated))) : room, answer };
}

function textOf({
  messages,
  fitted: { dropped, cut },
  isNoted,
  tokens,
  model,
}: {
  readonly messages: readonly object[];
  readonly fitted: Fitted<object>;
  readonly isNoted: boolean;
  readonly tokens: { readonly before: number; readonly after: number };
  readonly model: string;
}): string {
  const what = [
    ...(isNoted ? ["notes stand for the older ones"] : []),
    ...(dropped > 0 ? [`${String(dropped)} left out`] : []),
    ...(cut > 0 ? [`${String(cut)} cut`] : []),
  ].join(", ");
  return `Made a request of ${String(messages.length)} messages fit model ${model}: ${what}. Number of tokens reduced from ${String(tokens.before)} to ${String(tokens.after)}.`;
}
