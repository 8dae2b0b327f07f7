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
export { carryoverText, withCarryover } from "./carryover.js";
export { acceptThroughDoor, exchange, sendThroughDoor } from "./exchange.js";
export type { ExchangeEnd, Opening } from "./exchange.js";
export { initiateChat } from "./initiate.js";
export type { ChatOptions, MessageFunction } from "./initiate.js";
export { openRun } from "./open-run.js";
export type { RunSettings } from "./open-run.js";
export { chatOfError } from "./result.js";
export type { ChatResult } from "./result.js";
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
