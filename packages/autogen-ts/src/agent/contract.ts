/** The face of a ConversableAgent that reply functions, hooks and tools see. */
import type { ContentPart, FunctionCall, Message, MessageDraft, Reply } from "../message/index.js";
import type { QuestionPurpose, Run, StopReason, ToolOutcome } from "../run/index.js";
import type { Agent, ChatAgent, ChatOptions, ChatResult, DoorOptions } from "../chat/index.js";
import type { CodeExecution } from "./code-execution.js";
import type { ContextVariables } from "./context-variables.js";
import type { OpenApprovals } from "./open-approvals.js";
import type { PausedAnswers } from "./paused-answers.js";
import type { RunnableTool, ToolExecution, ToolFunction } from "./tool-settings.js";

/** When a human is asked: before every answer, at the end, or never. */
export type HumanInputMode = "ALWAYS" | "TERMINATE" | "NEVER";

declare module "../tool/context.js" {
  interface ToolContext {
    /** Who runs the tool. */
    readonly agent: ReplyingAgent;
    /** Who asked for it. */
    readonly sender: Agent | null;
    /** The conversation, with the call as its last message. */
    readonly messages: readonly Message[];
    /** Values that a group shares; absent outside of groups. */
    readonly variables?: ContextVariables;
  }
}

/** What a call that is made by a program belongs to. */
export interface ExecuteFunctionOptions extends DoorOptions {
  /** @default [] */
  readonly messages?: readonly Message[];
  /** @default null */
  readonly sender?: Agent | null;
  readonly callId?: string;
}

/** Whether the call went well, and what the model is told. */
export type ExecutedFunction = readonly [ok: boolean, message: FunctionResult];

/** The answer to a call, as a message of the legacy form. */
export interface FunctionResult {
  readonly name: string;
  readonly role: "function";
  readonly content: string;
  readonly images?: readonly ContentPart[];
}

/** What a question to a human belongs to. */
export interface HumanInputOptions extends DoorOptions {
  /** @default null */
  readonly purpose?: QuestionPurpose | null;
  /** Name of the agent whose message is answered. @default null */
  readonly sender?: string | null;
}

/** Where a message was said that may end a chat. */
export interface TerminationOptions extends DoorOptions {
  /** @default null */
  readonly sender?: Agent | null;
}

/** What a reply is made to. */
export interface GenerateReplyOptions {
  /** @default the history with `sender` */
  readonly messages?: readonly MessageDraft[];
  readonly sender?: Agent | null;
  /** Reply functions that are not tried. */
  readonly exclude?: readonly unknown[];
  /** The run that this is a part of; without it a run of its own is started. */
  readonly run?: Run;
}

/** For whom calls are answered. */
export interface CallSite {
  readonly recipient: ReplyingAgent;
  readonly messages: readonly Message[];
  readonly sender: Agent | null;
  readonly run: Run;
}

/** A call as a model wrote it: any part may be missing. */
export interface GivenCall {
  readonly call: Partial<FunctionCall> | null | undefined;
  readonly callId?: string;
}

/** Runs the calls of one message. Gives their outcomes, or why the chat ends here instead. */
export type CallRunner = (
  site: CallSite,
  calls: readonly GivenCall[],
) => Promise<readonly ToolOutcome[] | { readonly stop: StopReason }>;

/** What reply functions, hooks and tools may use of the agent that they work for. */
export interface ReplyingAgent extends ChatAgent {
  readonly systemMessage: string | readonly ContentPart[];
  readonly humanInputMode: HumanInputMode;
  readonly usesDefaultTermination: boolean;
  readonly functionMap: ReadonlyMap<string, ToolFunction>;
  readonly codeExecution: CodeExecution | null;
  readonly toolExecution: ToolExecution;
  readonly approvals: OpenApprovals;
  readonly paused: PausedAnswers;
  /** Whether `executeFunction` was overridden: calls then go through it one by one. */
  readonly overridesExecution: boolean;
  toolNamed(name: string): RunnableTool | undefined;
  /** What runs calls: loaded with the first of them, and kept. */
  callRunner(): Promise<CallRunner>;
  executeFunction(call: Partial<FunctionCall>, options?: ExecuteFunctionOptions): Promise<ExecutedFunction>;
  readonly chatMessages: Map<Agent, Message[]>;
  generateReply(options: GenerateReplyOptions): Promise<Reply>;
  initiateChat(recipient: Agent, options?: ChatOptions): Promise<ChatResult>;
  isTermination(message: Message, options?: TerminationOptions): Promise<boolean>;
  getHumanInput(prompt: string, options?: HumanInputOptions): Promise<string>;
  lastMessage(peer?: Agent | null): Message | null;
  maxConsecutiveAutoReply(sender?: Agent | null): number;
  autoReplyCount(sender: Agent | null): number;
  countAutoReply(sender: Agent | null): void;
  resetConsecutiveAutoReplyCounter(sender?: Agent | null): void;
}
