/** Starting a chat. Specification chapter 10, section 6. */
import type { Message, MessageDraft } from "../message/index.js";
import type { ResponseCache } from "../model/index.js";
import { AutogenError, isAutogenError, type Run } from "../run/index.js";
import { ActiveChat, type TerminationPredicate } from "./active-chat.js";
import { isChatAgent, type Agent, type ChatAgent, type ChatContext } from "./agent.js";
import { exchange, type ExchangeEnd, type Progress } from "./exchange.js";
import { checkResumable, whoAnswers } from "./resumable.js";
import { openRun, type RunSettings } from "./open-run.js";
import { attachChat, type ChatResult } from "./result.js";
import { ChatWatch, type WatchOptions } from "./watch.js";
import { checkSummaryMethod, summarise, type SummaryMethod } from "./summary.js";

/** What functions of first messages are told in one object, the last argument, in plain chats and nested ones alike (D13-12). */
export interface OpeningContext {
  /** Who says the message. */
  readonly owner: ChatAgent;
  /** Who gets it. */
  readonly recipient: Agent;
  /** Of a nested chat: what is answered by it. Else empty. */
  readonly messages: readonly Message[];
  /** Of a nested chat: whose message is answered. Else null. */
  readonly sender: Agent | null;
  /** Of a nested chat: the `config` that it was registered with. Else undefined. */
  readonly config: unknown;
  /** Carryover, and the options of the chat that are none of its own. */
  readonly context: ChatContext;
}

/** Writes the first message; its result is used as it is, carryover is not appended. */
export type MessageFunction = (
  sender: ChatAgent,
  recipient: ChatAgent,
  context: ChatContext,
  opening: OpeningContext,
) => string | MessageDraft | null | Promise<string | MessageDraft | null>;

/** Options of a chat. */
export interface ChatOptions extends RunSettings, WatchOptions {
  /** The first message. Null or absent: the human is asked for it. */
  readonly message?: string | MessageDraft | MessageFunction | null;
  /**
   * No first message. The result of an earlier call, or how many turns it took: the chat goes on as if it had not been broken
   * off, by whoever has to answer; pass the same options as before. true: the one who starts answers the last message
   * of the other, and turns are counted from there.
   *
   * @default false
   */
  readonly resume?: boolean | Pick<ChatResult, "turns">;
  /** A turn is a message and its answer; null or absent: until one side has nothing to say. */
  readonly maxTurns?: number | null;
  /** Forget what these two said before. @default true */
  readonly clearHistory?: boolean;
  /** Used by both agents during this chat; null: the agents' own settings. @default null */
  readonly cache?: ResponseCache | null;
  /** @default "last_msg" */
  readonly summaryMethod?: SummaryMethod;
  /** For reflection: `summary_prompt`, `summary_role`; for functions whatever they read. @default {} */
  readonly summaryArgs?: Readonly<Record<string, unknown>>;
  /** Appended to the first message under a `Context:` line. */
  readonly carryover?: unknown;
  /** Ends this chat, whatever the predicates of its agents say (D13-6). Chats inside of it have their own. @default those of the agents */
  readonly isTerminationMsg?: TerminationPredicate | null;
  /** Several chats are announced with their first message and carryover. @default false */
  readonly verbose?: boolean;
  /** Everything else becomes part of the context that message functions get. */
  readonly [extra: string]: unknown;
}

/**
 * Lets `sender` start a chat with `recipient` and waits for its end.
 *
 * @throws AutogenError `invalid-option` before anything is sent; `chat-overlap` when these two are chatting already;
 *   `model-failed`, `aborted` … out of the chat. `chatOfError(error)` gives what was said up to there
 */
export async function initiateChat(sender: ChatAgent, recipient: Agent, options: ChatOptions = {}): Promise<ChatResult> {
  const partner = checkChat(sender, recipient, options);
  const { resume = false } = options;
  if (resume === true) checkResumable(sender, partner, options);
  else if (resume !== false) whoAnswers(sender, partner);
  const { summaryMethod = "last_msg", summaryArgs = {}, cache = null, isTerminationMsg = null } = options;
  const release = occupyBoth(sender, partner);
  try {
    const watch = new ChatWatch(options);
    const active = new ActiveChat(sender, partner, isTerminationMsg);
    const run = await openRun(options, "chat", { cache, watch, chat: active });
    watch.follow(run);
    active.follow(run);
    return await chat(sender, partner, { ...options, summaryMethod, summaryArgs: { ...summaryArgs, cache } }, run);
  } finally {
    release();
  }
}

/**
 * What can be known to be wrong before anything is sent.
 *
 * @returns the recipient
 * @throws AutogenError `invalid-option`
 */
export function checkChat(sender: ChatAgent, recipient: Agent, options: ChatOptions): ChatAgent {
  const partner = checkedPartner(sender, recipient);
  checkMaxTurns(options.maxTurns);
  checkResume(options.resume);
  const { summaryMethod = "last_msg", summaryArgs = {}, isTerminationMsg } = options;
  checkSummaryMethod({ method: summaryMethod, args: summaryArgs, sender, recipient: partner });
  if (isTerminationMsg != null && typeof isTerminationMsg !== "function") {
    throw new AutogenError("invalid-option", `\`isTerminationMsg\` of a chat is a ${typeof isTerminationMsg}. Pass a function.`);
  }
  return partner;
}

type Resolved = ChatOptions & { readonly summaryMethod: SummaryMethod; readonly summaryArgs: Readonly<Record<string, unknown>> };

async function chat(sender: ChatAgent, recipient: ChatAgent, options: Resolved, run: Run): Promise<ChatResult> {
  let result: ChatResult | undefined;
  const progress = { turns: typeof options.resume === "object" ? options.resume.turns : 0 };
  const finish = ({ reason: stopReason, detail: stopDetail, brokenOff = false }: ExchangeEnd, summary: unknown): ChatResult => {
    if (result !== undefined) return result;
    if (stopReason === "aborted") run.context.chat?.breakOff();
    result = {
      chatId: null,
      chatHistory: [...(recipient.transcriptFor?.(sender) ?? sender.historyWith(recipient))],
      summary,
      cost: run.usage.report(),
      humanInput: [...sender.humanInputs],
      turns: progress.turns,
      isFinished: !brokenOff && stopReason !== "approval-pending",
      stopReason,
      stopDetail,
      nested: run.context.chat?.nested ?? [],
    };
    told?.(result);
    run.emit({ type: "chat.end", from: sender.name, to: recipient.name, stopReason, stopDetail, summary });
    return result;
  };
  const told = options.run?.context.chat?.add(() => finish(ABORTED, ""));
  run.emit({ type: "chat.start", from: sender.name, to: recipient.name });
  try {
    const end = await talk({ sender, recipient, progress }, options, run);
    const { summaryMethod: method, summaryArgs: args } = options;
    // An open call is nothing that a model could be asked about.
    const isOpen = end.reason === "approval-pending" && method !== "last_msg";
    const summary = isOpen ? "" : await summarise({ method, args, sender, recipient }, run);
    run.throwIfAborted();
    return finish(end, summary);
  } catch (error) {
    attachChat(error, finish(isAutogenError(error, "aborted") ? ABORTED : FAILED, ""));
    throw error;
  }
}

const ABORTED: ExchangeEnd = { reason: "aborted", detail: null, brokenOff: true };
const FAILED: ExchangeEnd = { reason: "error", detail: null, brokenOff: true };

interface Talk {
  readonly sender: ChatAgent;
  readonly recipient: ChatAgent;
  readonly progress: Progress;
}

async function talk({ sender, recipient, progress }: Talk, options: Resolved, run: Run): Promise<ExchangeEnd> {
  const { resume = false, maxTurns = null } = options;
  const clearHistory = resume === false && (options.clearHistory ?? true);
  const { watch } = run.context;
  run.throwIfAborted(); // before anything is forgotten
  const goesOn = typeof resume === "object";
  const prepared = { replyAtReceive: maxTurns === null, clearHistory, ...(goesOn ? { goesOn } : {}) };
  sender.prepareChat(recipient, prepared);
  recipient.prepareChat(sender, prepared);
  if (maxTurns !== null && maxTurns <= 0) return { reason: "max-turns", detail: null };
  if (resume !== false) {
    const to = goesOn ? whoAnswers(sender, recipient) : sender;
    const from = to === sender ? recipient : sender;
    return await exchange({ from, to, draft: null, first: sender, progress, maxTurns, watch }, run);
  }
  const draft = await firstMessage(sender, recipient, options, run);
  if (draft === null) {
    if (maxTurns !== null) return { reason: "no-reply", detail: null };
    throw new AutogenError(
      "invalid-message",
      `The message function of the chat between \`${sender.name}\` and \`${recipient.name}\` gave null. Return a text or a message, or pass \`maxTurns\`.`,
    );
  }
  return await exchange({ from: sender, to: recipient, draft, progress, maxTurns, watch }, run);
}

function firstMessage(sender: ChatAgent, recipient: ChatAgent, options: Resolved, run: Run): ReturnType<MessageFunction> {
  const { message } = options;
  const context = contextOf(options);
  if (typeof message === "function") {
    const opening = { owner: sender, recipient, messages: [], sender: null, config: undefined, context };
    return message(sender, recipient, context, opening);
  }
  return sender.generateInitMessage(message, context, run);
}

const OWN_OPTIONS: ReadonlySet<string> = new Set(
  "message resume maxTurns clearHistory cache summaryMethod summaryArgs isTerminationMsg verbose silent signal stream onEvent layers host run budget stopWhen loopDetection".split(
    " ",
  ),
);

/** Everything that is no option of the chat itself, and the carryover. */
function contextOf(options: Resolved): ChatContext {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !OWN_OPTIONS.has(name)));
}

function checkedPartner(sender: ChatAgent, recipient: Agent): ChatAgent {
  if (recipient === sender) {
    throw new AutogenError(
      "invalid-option",
      `Agent \`${sender.name}\` cannot chat with itself. Pass another agent as recipient.`,
    );
  }
  if (isChatAgent(recipient)) return recipient;
  throw new AutogenError(
    "invalid-option",
    `\`${String((recipient as Partial<Agent> | null)?.name)}\` cannot be the recipient of a chat: it only takes single messages. Use \`send\`, or pass a ConversableAgent.`,
  );
}

/** Two chats of one pair at once would mix their histories (D10-20). */
function occupyBoth(sender: ChatAgent, recipient: ChatAgent): () => void {
  const releaseSender = sender.occupy(recipient);
  try {
    const releaseRecipient = recipient.occupy(sender);
    return () => {
      releaseSender();
      releaseRecipient();
    };
  } catch (error) {
    releaseSender();
    throw error;
  }
}

function checkMaxTurns(maxTurns: unknown): void {
  if (maxTurns === undefined || maxTurns === null || (typeof maxTurns === "number" && Number.isInteger(maxTurns))) return;
  throw new AutogenError(
    "invalid-option",
    `\`maxTurns\` is ${JSON.stringify(maxTurns) ?? typeof maxTurns}. Pass a whole number, or null for no limit.`,
  );
}

function checkResume(resume: unknown): void {
  if (resume === undefined || typeof resume === "boolean") return;
  if (typeof resume === "object" && resume !== null && "turns" in resume && isCount(resume.turns)) return;
  throw new AutogenError(
    "invalid-option",
    "`resume` is neither true nor the result of an earlier call. Pass `{ turns }` at least.",
  );
}

const isCount = (value: unknown): boolean => typeof value === "number" && Number.isInteger(value) && value >= 0;
