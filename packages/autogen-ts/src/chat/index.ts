export { isChatAgent, isLoopAgent } from "./agent.js";
export type {
  Agent,
  ChatAgent,
  ChatContext,
  DoorOptions,
  LoopAgent,
  ModelCaller,
  Outgoing,
  PrepareOptions,
  TurnOutcome,
} from "./agent.js";
export type { ChatPlace, TerminationContext, TerminationPredicate } from "./active-chat.js";
export type { CarriedSummary, CarryingOptions, CarryoverFormat, CarryoverMode } from "./carried.js";
export { carryoverText, withCarryover } from "./carryover.js";
export type { ChatEntry, GraphEntry, SequenceEntry } from "./chat-entry.js";
export { chatOrder } from "./chat-order.js";
export type { Dependent } from "./chat-order.js";
export { acceptThroughDoor, exchange, sendThroughDoor } from "./exchange.js";
export type { ExchangeEnd, Opening } from "./exchange.js";
export { initiateChat } from "./initiate.js";
export type { ChatOptions, MessageFunction, OpeningContext } from "./initiate.js";
export { openRun } from "./open-run.js";
export type { RunSettings } from "./open-run.js";
export { initiateChats, initiateChatsAsync, withSender } from "./queue.js";
export type { QueueOptions, QueueResults } from "./queue-options.js";
export { ChatQueueError, resultsOfError } from "./queue-error.js";
export type { ChatFailure } from "./queue-error.js";
export { chatOfError } from "./result.js";
export type { ChatId, ChatResult } from "./result.js";
export {
  allOf,
  anyOf,
  contains,
  costLimit,
  endsWith,
  externalStop,
  maxMessages,
  timeLimit,
  tokenLimit,
  toolCalled,
} from "./stop-conditions.js";
export type { ChatProgress, ExternalStop, MessagePredicate, StopCondition, StopVerdict } from "./stop-conditions.js";
export type { LoopLimits } from "./loop-detection.js";
export type { WatchOptions } from "./watch.js";
export { streamChat } from "./stream.js";
export { DEFAULT_SUMMARY_PROMPT } from "./summary.js";
export type { SummaryFunction, SummaryMethod } from "./summary.js";
