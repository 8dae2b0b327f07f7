export { AbortRelay } from "./abort-relay.js";
export { editDistance } from "./edit-distance.js";
export { AutogenError, abortError, isAutogenError, isReplayFailure, throwIfAborted, unreachable } from "./errors.js";
export type { ErrorCode, ErrorOptions } from "./errors.js";
export type {
  CodeBlock,
  CodeResult,
  Effect,
  EffectKind,
  EffectLayer,
  EffectScope,
  EffectTable,
  Execute,
  ExecuteContext,
  ModelRequest,
  ModelResponse,
  Perform,
  ResponseChoice,
  ResponseMessage,
  ResponseUsage,
  ToolOutcome,
} from "./effects.js";
export type {
  ApprovalSource,
  CallUsage,
  EventBody,
  EventType,
  QuestionPurpose,
  RunEvent,
  StopReason,
  Subscriber,
} from "./events.js";
export { loadHost } from "./host.js";
export type { Host } from "./host.js";
export { differenceText } from "./input-difference.js";
export { canonical, describeError, RECORDING_FORMAT, recordTo, trace } from "./layers.js";
export type { RecordedEffect } from "./layers.js";
export { joinings, observe, observers, tell } from "./observers.js";
export type {
  AgentMade,
  Joining,
  MessageReceived,
  ModelCall,
  ModelCallEnd,
  Named,
  Observer,
  ReplyTried,
  ToolUsed,
  WrapperMade,
} from "./observers.js";
export { orAborted } from "./or-aborted.js";
export { replayFrom, reviveError } from "./replay.js";
export type { ReplayLayer, ReplayOptions } from "./replay.js";
export { asAbort, createRun } from "./run.js";
export type { ChildOptions, Run, RunContext, RunOptions } from "./run.js";
export { issueText, jsonSchemaOf, standardSchemaOf } from "./standard-schema.js";
export type { JsonSchema, SchemaIssue, SchemaResult, StandardSchema } from "./standard-schema.js";
export { visibleText } from "./visible-text.js";
export { UsageLedger } from "./usage.js";
export type { ModelUsage, UsageReport, UsageRow, UsageSummary, UsageTotals } from "./usage.js";
