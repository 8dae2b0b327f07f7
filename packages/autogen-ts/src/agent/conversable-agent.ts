/** The agent of the classic API: state and wiring. What it does stands in the files that it calls. */
import type { Content, ContentPart, Message, MessageDraft, Reply } from "../message/index.js";
import { contentText, readMessage, type FunctionCall } from "../message/index.js";
import type { CodeExecutor } from "../code/index.js";
import type { SignatureOptions } from "../tool/index.js";
import {
  hideSecrets,
  OpenAIWrapper,
  instantiate,
  type ModelClientClass,
  type ResponseCache,
  type UsageMode,
  type WrapperConfig,
} from "../model/index.js";
import { AutogenError, loadHost, observers, tell, type Run, type UsageSummary } from "../run/index.js";
import {
  acceptThroughDoor,
  exchange,
  isLoopAgent,
  openRun,
  sendThroughDoor,
  withCarryover,
  type Agent,
  type ChatContext,
  type DoorOptions,
  type Outgoing,
  type TerminationPredicate,
  type TurnOutcome,
} from "../chat/index.js";
import { ChatStarter } from "./chat-starter.js";
import { codeExecutionOf, type CodeExecution } from "./code-execution.js";
import type {
  ExecutedFunction,
  ExecuteFunctionOptions,
  GenerateReplyOptions,
  HumanInputMode,
  HumanInputOptions,
  ReplyingAgent,
  TerminationOptions,
} from "./contract.js";
import { CONVERSABLE_SYSTEM_MESSAGE } from "./default-texts.js";
import { DEFAULT_ENTRIES } from "./default-replies.js";
import { Hooks, type HookPoint, type HookTable } from "./hooks.js";
import { checkOptions, type AgentOptions } from "./options.js";
import { nestedChats } from "./nested-chats.js";
import type { NestedEntry, NestedOptions } from "./nested-options.js";
import { checkTermination } from "./replies/index.js";
import {
  checkedResult,
  matches,
  replacingReply,
  resetReplies,
  withReply,
  type ReplyEntry,
  type ReplyFunction,
  type ReplyOptions,
  type Trigger,
} from "./reply-list.js";
import { memoryOf, stateOf, type AgentState } from "./state.js";
import { isTermination } from "./termination.js";

/**
 * An agent that sends, receives and answers messages: by a human, by running tools and code, by a model, or by
 * functions of the user.
 *
 * @see specification chapter 10
 */
export class ConversableAgent<Name extends string = string> extends ChatStarter implements ReplyingAgent {
  /** Limit of automatic answers to one sender when `maxConsecutiveAutoReply` is not given. */
  static readonly MAX_CONSECUTIVE_AUTO_REPLY: number = 100;

  declare readonly name: Name;
  description: string;
  humanInputMode: HumanInputMode;
  silent: boolean | null;
  defaultAutoReply: string | MessageDraft | null;
  clientCache: ResponseCache | null = null;
  readonly codeExecution: CodeExecution | null;
  /** The model; null when the agent has none. */
  readonly client: OpenAIWrapper | null;

  #systemMessage: string | readonly ContentPart[];
  #isTerminationMsg: TerminationPredicate;
  #replies: readonly ReplyEntry[] = DEFAULT_ENTRIES;
  #hooks: Hooks | undefined;
  readonly #options: AgentOptions<Name>;

  constructor(options: AgentOptions<Name>) {
    checkOptions(options);
    const { name, chatMessages, systemMessage = CONVERSABLE_SYSTEM_MESSAGE, codeExecutionConfig = false } = options;
    const limit = options.maxConsecutiveAutoReply ?? ConversableAgent.MAX_CONSECUTIVE_AUTO_REPLY;
    const { tools, functions, ...settings } = options.llmConfig || {};
    super({
      name,
      chatMessages,
      maxConsecutiveAutoReply: limit,
      functions: options.functionMap ?? {},
      execution: options.toolExecution,
      // Tools are told to the model with each request, so that they can change without a new client (D11-2).
      signatures: options.llmConfig ? ({ tools, functions } as SignatureOptions) : null,
    });
    this.#systemMessage = systemMessage;
    this.description = options.description ?? contentText(systemMessage);
    this.humanInputMode = options.humanInputMode ?? "TERMINATE";
    this.silent = options.silent ?? null;
    this.defaultAutoReply = options.defaultAutoReply === undefined ? "" : options.defaultAutoReply;
    this.codeExecution = codeExecutionOf(codeExecutionConfig);
    this.#isTerminationMsg = options.isTerminationMsg ?? isTermination;
    this.client = options.llmConfig ? new OpenAIWrapper(settings, { modelRequired: true }) : null;
    this.#options = options;
    tell((observer) => observer.agentMade?.({ agent: this, wrapper: this.client, options }));
  }

  // What it is.

  get systemMessage(): string | readonly ContentPart[] {
    return this.#systemMessage;
  }

  updateSystemMessage(systemMessage: string | readonly ContentPart[]): void {
    this.#systemMessage = systemMessage;
  }

  /** The model settings with the tools of now; false without a model. Secrets are not shown when it is printed. */
  get llmConfig(): WrapperConfig | false {
    const { llmConfig } = this.#options;
    return llmConfig ? hideSecrets({ ...llmConfig, tools: undefined, functions: undefined, ...this.toolOptions }) : false;
  }

  /** The executor, once there is one. */
  get codeExecutor(): CodeExecutor | null {
    return this.codeExecution?.current ?? null;
  }

  /** Usage of the model so far, answers from caches included; null when there was none. */
  getTotalUsage(): UsageSummary | null {
    return this.client?.totalUsageSummary ?? null;
  }

  /** Usage of the model so far without answers from caches; null when there was none. */
  getActualUsage(): UsageSummary | null {
    return this.client?.actualUsageSummary ?? null;
  }

  /** Prints `Agent 'name':` and the usage of its model. @param mode "actual" leaves answers from caches out */
  async printUsageSummary(mode?: UsageMode): Promise<void> {
    const text = this.client === null ? `No cost incurred from agent '${this.name}'.` : this.client.usageSummaryText(mode);
    const stream = (await loadHost()).stream();
    if (this.client !== null) stream.print(`Agent '${this.name}':`);
    stream.print(text);
  }

  /** Registers a class of model clients for an entry that asks for it by name. */
  registerModelClient<Args extends readonly unknown[]>(type: ModelClientClass<Args>, ...args: Args): void {
    if (this.client === null) throw new AutogenError("no-model", `Agent \`${this.name}\` has no model. Pass \`llmConfig\`.`);
    this.client.registerModelClient(type, ...args);
  }

  // Messages.

  /** Sends one message; resolves when the whole exchange that it set off is over. */
  async send(
    message: string | MessageDraft,
    recipient: Agent,
    requestReply: boolean | null = null,
    silent = false,
    { run }: DoorOptions = {},
  ): Promise<void> {
    const active = run ?? (await openRun({ silent }, "send"));
    if (isLoopAgent(recipient) && recipient.driven && this.driven) {
      await exchange({ from: this, to: recipient, draft: message, requestReply }, active);
    } else {
      await sendThroughDoor(this, recipient, message, requestReply, active);
    }
  }

  /** Takes one message in, and answers it when that is asked for. */
  async receive(
    message: string | MessageDraft,
    sender: Agent,
    requestReply: boolean | null = null,
    silent = false,
    { run }: DoorOptions = {},
  ): Promise<void> {
    const active = run ?? (await openRun({ silent }, "receive"));
    acceptThroughDoor(this, sender, message, active);
    if (!(requestReply ?? this.repliesTo(sender))) return;
    const { reply } = await this.takeTurn(sender, active);
    if (reply !== null) await this.send(reply, sender, null, silent, { run: active });
  }

  /**
   * The reply to the last message: the first answer that a function of the reply list gives.
   *
   * @throws AutogenError `invalid-option` when neither `messages` nor `sender` is given
   */
  async generateReply({ messages, sender = null, exclude = [], run }: GenerateReplyOptions): Promise<Reply> {
    const seen = messages === undefined ? this.#historyFor(sender) : messages.map((message) => this.#read(message));
    const { reply } = await this.#answer(seen, sender, exclude, run ?? (await openRun({}, "reply")));
    return reply;
  }

  /** One turn of the exchange loop. */
  async takeTurn(sender: Agent, run: Run): Promise<TurnOutcome> {
    if (this.generateReply === ConversableAgent.prototype.generateReply) {
      return await this.#answer(this.#historyFor(sender), sender, [], run);
    }
    return { reply: (await this.generateReply({ sender, run })) ?? null };
  }

  async #answer(history: readonly Message[], sender: Agent | null, exclude: readonly unknown[], run: Run): Promise<TurnOutcome> {
    for (const notice of this.takeToolNotices()) run.warn("tool-overridden", notice);
    const counted = this.autoReplyCount(sender);
    const messages = this.#hooks === undefined ? history : await this.#hooks.beforeReply(history, { agent: this, run });
    const observed = observers().length > 0;
    for (const { trigger, replyFunction, config } of this.#replies) {
      if (exclude.includes(replyFunction) || !matches(trigger, sender)) continue;
      const given: unknown = await replyFunction(this, messages, sender, config, { run });
      const [final, reply = null, stop] = checkedResult(given, replyFunction, this.name);
      if (observed) tell((observer) => observer.replyTried?.({ agent: this, replyFunction, final, reply, path: run.path }));
      if (!final) continue;
      const outcome: TurnOutcome = typeof stop === "string" ? { reply, stopReason: stop } : { ...stop, reply };
      if (outcome.stopReason === "approval-pending") this.uncountAutoReply(sender, counted);
      return outcome;
    }
    return { reply: this.defaultAutoReply };
  }

  // Reply functions and hooks.

  /** Adds a reply function; the latest is tried first unless `position` says otherwise. */
  registerReply(trigger: Trigger, replyFunction: ReplyFunction, options: ReplyOptions = {}): void {
    this.#replies = withReply(this.#replies, trigger, replyFunction, options);
  }

  /** Puts one function in the place of another; trigger and config stay. */
  replaceReplyFunc(old: ReplyFunction, replyFunction: ReplyFunction): void {
    this.#replies = replacingReply(this.#replies, old, replyFunction);
  }

  /**
   * Answers senders that match `trigger` with what chats with other agents come to.
   *
   * @throws AutogenError `invalid-option` for a queue that cannot be held, as far as that is known now
   * @see nestedChats
   */
  registerNestedChats(queue: readonly NestedEntry[], { trigger, position, config, resetConfig, ...how }: NestedOptions): void {
    const place = position ?? (this.#has(checkTermination) ? { after: checkTermination } : 0);
    this.registerReply(trigger, nestedChats(queue, how), {
      position: place,
      config,
      ...(resetConfig === undefined ? {} : { resetConfig }),
    });
  }

  #has(replyFunction: ReplyFunction): boolean {
    return this.#replies.some((entry) => entry.replyFunction === replyFunction);
  }

  registerHook<P extends HookPoint>(point: P, hook: HookTable[P]): void {
    (this.#hooks ??= new Hooks()).register(point, hook);
  }

  // Tools, human input and termination.

  /** Runs a call as a model writes it, with all checks. Override it to change how calls are run. */
  async executeFunction(call: Partial<FunctionCall>, options: ExecuteFunctionOptions = {}): Promise<ExecutedFunction> {
    const { executeFunction } = await import("./tool-calls/index.js");
    return await executeFunction(this, call, options);
  }

  get overridesExecution(): boolean {
    return this.executeFunction !== ConversableAgent.prototype.executeFunction;
  }

  /** Asks a human for a line. Override it to bring a front end of your own. */
  async getHumanInput(prompt: string, { run, purpose = null, sender = null }: HumanInputOptions = {}): Promise<string> {
    const active = run ?? (await openRun({}, "human"));
    active.emit({ type: "human.ask", agent: this.name, prompt, purpose, sender });
    const text = await active.perform(
      "human",
      this.name,
      { prompt },
      async (context) => await active.host.stream().input(prompt, { ...context, agent: this.name }),
    );
    this.recordedInputs.push(text);
    active.emit({ type: "human.answer", agent: this.name, text });
    return text;
  }

  /** A predicate of the chat comes before that of the agent (D13-6). */
  async isTermination(message: Message, { sender = null, run }: TerminationOptions = {}): Promise<boolean> {
    const chat = run?.context.chat ?? null;
    return await (chat?.isTerminationMsg ?? this.#isTerminationMsg)(message, { sender, chat });
  }

  get usesDefaultTermination(): boolean {
    return this.#isTerminationMsg === isTermination;
  }

  /** As new: no histories, counters, reply flags, usage; configs of reply functions as registered. */
  reset(): void {
    this.clearHistory();
    this.resetConsecutiveAutoReplyCounter();
    this.stopReplyAtReceive();
    this.approvals.clear();
    this.paused.clear();
    this.client?.clearUsageSummary();
    this.#replies = resetReplies(this.#replies);
  }

  // Copies.

  /** An agent with the same options, reply functions, hooks and tools, and no memory: for a second chat at the same time. */
  clone(name: string = this.name): this {
    const { chatMessages: _memory, ...options } = this.#options;
    return this.copyInto(new (this.constructor as new (options: AgentOptions) => this)({ ...options, name }));
  }

  /** What is no option: reply functions, hooks, tools and texts as they are now. */
  protected copyInto(copy: this): this {
    copy.#replies = resetReplies(this.#replies);
    copy.#hooks = this.#hooks?.clone();
    copy.#systemMessage = this.#systemMessage;
    copy.description = this.description;
    copy.copyTools(this);
    return copy;
  }

  /** Memory and texts as plain JSON. @see AgentState */
  saveState(): AgentState {
    return stateOf(this, this.exportMemory());
  }

  /** Continues where `saveState` left off: the next request to the model is the same to the byte. */
  loadState(saved: unknown, { peers }: { readonly peers: readonly Agent[] }): void {
    const { state, memory } = memoryOf(this.name, saved, peers);
    this.#systemMessage = state.systemMessage;
    this.description = state.description;
    this.importMemory(memory);
  }

  // Old names: the reference has a second, asynchronous copy of each.

  /** @deprecated The same as `send`. */
  async aSend(...args: Parameters<ConversableAgent["send"]>): Promise<void> {
    await this.send(...args);
  }

  /** @deprecated The same as `receive`. */
  async aReceive(...args: Parameters<ConversableAgent["receive"]>): Promise<void> {
    await this.receive(...args);
  }

  /** @deprecated The same as `generateReply`. */
  async aGenerateReply(options: GenerateReplyOptions): Promise<Reply> {
    return await this.generateReply(options);
  }

  /** @deprecated The same as `getHumanInput`. */
  async aGetHumanInput(...args: Parameters<ConversableAgent["getHumanInput"]>): Promise<string> {
    return await this.getHumanInput(...args);
  }

  // What the exchange loop needs.

  get driven(): boolean {
    return this.send === ConversableAgent.prototype.send && this.receive === ConversableAgent.prototype.receive;
  }

  async prepareMessage(outgoing: Outgoing): Promise<string | MessageDraft> {
    return this.#hooks === undefined ? outgoing.draft : await this.#hooks.beforeSend(this, outgoing);
  }

  filledText({ content, context }: Message): string {
    const { llmConfig } = this.#options;
    const allowed = llmConfig ? llmConfig["allow_format_str_template"] === true : false;
    return contentText(instantiate<Content | null>(content, context, allowed));
  }

  async generateInitMessage(
    message: string | MessageDraft | null | undefined,
    { carryover }: ChatContext,
    run: Run,
  ): Promise<string | MessageDraft> {
    return withCarryover(message ?? (await this.getHumanInput(">", { run, purpose: "first-message" })), carryover);
  }

  #historyFor(sender: Agent | null): readonly Message[] {
    if (sender !== null) return this.historyWith(sender);
    throw new AutogenError("invalid-option", `\`generateReply\` of agent \`${this.name}\` needs \`messages\` or a \`sender\`.`);
  }

  #read(draft: MessageDraft): Message {
    const message = readMessage(draft);
    if (typeof message !== "string") return message;
    throw new AutogenError("invalid-message", `A message given to \`${this.name}\` is no message: ${message}.`);
  }
}
