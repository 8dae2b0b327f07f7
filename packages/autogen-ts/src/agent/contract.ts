/** The face of a ConversableAgent that reply functions, hooks and tools see. */
import type { ContentPart, Message, MessageDraft, Reply } from "../message/index.js";
import type { QuestionPurpose, Run } from "../run/index.js";
import type { Agent, ChatAgent, ChatOptions, ChatResult, DoorOptions } from "../chat/index.js";
import type { CodeExecution } from "./code-execution.js";
import type { ContextVariables } from "./context-variables.js";

/** When a human is asked: before every answer, at the end, or never. */
export type HumanInputMode = "ALWAYS" | "TERMINATE" | "NEVER";

/** What an implementation of a tool is told besides its arguments (D11-10). */
export interface ToolContext {
  readonly agent: ReplyingAgent;
  readonly sender: Agent | null;
  readonly messages: readonly Message[];
  readonly toolCallId?: string;
  readonly signal: AbortSignal;
  readonly run: Run;
  /** Values that a group shares; absent outside of groups. */
  readonly variables?: ContextVariables;
}

/** Runs a tool; what it gives becomes text for the model (JSON unless it is a text already). */
export type ToolFunction = (args: never, context: ToolContext) => unknown;

/** What a question to a human belongs to. */
export interface HumanInputOptions extends DoorOptions {
  /** @default null */
  readonly purpose?: QuestionPurpose | null;
  /** Name of the agent whose message is answered. @default null */
  readonly sender?: string | null;
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

/** What reply functions, hooks and tools may use of the agent that they work for. */
export interface ReplyingAgent extends ChatAgent {
  readonly systemMessage: string | readonly ContentPart[];
  readonly humanInputMode: HumanInputMode;
  readonly usesDefaultTermination: boolean;
  readonly functionMap: ReadonlyMap<string, ToolFunction>;
  readonly codeExecution: CodeExecution | null;
  readonly chatMessages: Map<Agent, Message[]>;
  generateReply(options: GenerateReplyOptions): Promise<Reply>;
  initiateChat(recipient: Agent, options?: ChatOptions): Promise<ChatResult>;
  isTermination(message: Message): Promise<boolean>;
  getHumanInput(prompt: string, options?: HumanInputOptions): Promise<string>;
  lastMessage(peer?: Agent | null): Message | null;
  maxConsecutiveAutoReply(sender?: Agent | null): number;
  autoReplyCount(sender: Agent | null): number;
  countAutoReply(sender: Agent | null): void;
  resetConsecutiveAutoReplyCounter(sender?: Agent | null): void;
}
