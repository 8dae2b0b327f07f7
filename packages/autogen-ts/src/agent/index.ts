export { AssistantAgent } from "./assistant-agent.js";
export type { CodeExecution, CodeExecutionConfig } from "./code-execution.js";
export { ContextVariables } from "./context-variables.js";
export type {
  ExecutedFunction,
  ExecuteFunctionOptions,
  FunctionResult,
  GenerateReplyOptions,
  HumanInputMode,
  HumanInputOptions,
  ReplyingAgent,
  TerminationOptions,
} from "./contract.js";
export { ConversableAgent } from "./conversable-agent.js";
export { defaultReplies } from "./default-replies.js";
export {
  ASSISTANT_DESCRIPTION,
  ASSISTANT_SYSTEM_MESSAGE,
  CONVERSABLE_SYSTEM_MESSAGE,
  USER_PROXY_DESCRIPTIONS,
} from "./default-texts.js";
export { Hooks } from "./hooks.js";
export type { AllMessagesHook, BeforeSendHook, HookContext, HookPoint, HookTable, LastReceivedHook } from "./hooks.js";
export type { AgentOptions } from "./options.js";
export type { AnswerPlace, PausedAnswer } from "./paused-answers.js";
export { nestedChats } from "./nested-chats.js";
export { unfinishedReply } from "./unfinished.js";
export type { NestedEntry, NestedHow, NestedMessageFunction, NestedOptions, NestedReplyFunction } from "./nested-options.js";
export { askModel, callFunction, callTools, checkTermination, executeCode, normalizeName } from "./replies/index.js";
export { anySender } from "./reply-list.js";
export type {
  AgentClass,
  ReplyFunction,
  ReplyOptions,
  ReplyPosition,
  ReplyResult,
  Trigger,
  TriggerPredicate,
  Turn,
} from "./reply-list.js";
export type { OfferedTools } from "./shared-context.js";
export { checkedState, plainCopy, readStored, refusal, STATE_FORMAT } from "./state.js";
export type { AgentState } from "./state.js";
export { isTermination } from "./termination.js";
export { registerFunction } from "./tool-agent.js";
export type { RegisteredFunction, RegisterOptions } from "./tool-agent.js";
export type {
  Approver,
  ApproverFunction,
  FailedCall,
  ToolErrorHandler,
  ToolExecution,
  ToolExecutionOptions,
  ToolFunction,
} from "./tool-settings.js";
export { UserProxyAgent } from "./user-proxy-agent.js";
