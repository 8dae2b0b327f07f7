export { AssistantAgent } from "./assistant-agent.js";
export type { CodeExecution, CodeExecutionConfig } from "./code-execution.js";
export { ContextVariables } from "./context-variables.js";
export type {
  GenerateReplyOptions,
  HumanInputMode,
  HumanInputOptions,
  ReplyingAgent,
  ToolContext,
  ToolFunction,
} from "./contract.js";
export { ConversableAgent, defaultReplies } from "./conversable-agent.js";
export {
  ASSISTANT_DESCRIPTION,
  ASSISTANT_SYSTEM_MESSAGE,
  CONVERSABLE_SYSTEM_MESSAGE,
  USER_PROXY_DESCRIPTIONS,
} from "./default-texts.js";
export { Hooks } from "./hooks.js";
export type { AllMessagesHook, BeforeSendHook, HookPoint, HookTable, LastReceivedHook } from "./hooks.js";
export type { AgentOptions } from "./options.js";
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
export { STATE_FORMAT } from "./state.js";
export type { AgentState } from "./state.js";
export { isTermination, type TerminationPredicate } from "./termination.js";
export { registerFunction } from "./tool-agent.js";
export type { RegisterOptions } from "./tool-agent.js";
export { UserProxyAgent } from "./user-proxy-agent.js";
