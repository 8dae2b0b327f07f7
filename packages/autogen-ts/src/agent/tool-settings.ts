/** How an agent runs tools. */
import {
  checkSettings,
  MAX_OUTPUT_CHARS,
  type ApprovalAnswer,
  type ApprovalPolicy,
  type ApprovalQuestion,
  type ArgumentCheck,
  type ToolArguments,
  type ToolContext,
  type ToolSettings,
} from "../tool/index.js";
import { AbortRelay, AutogenError } from "../run/index.js";

/** Runs a tool; what it gives becomes text for the model (JSON unless it is a text already). */
export type ToolFunction = (args: never, context: ToolContext) => unknown;

/**
 * Who answers whether a call may run:
 *
 * - `human`: the person at the stream of the run, by `getHumanInput`;
 * - a function: it gives the answer, or a promise of it;
 * - `program`: the call waits until `answerApproval` is called;
 * - `later`: the chat ends with the stop reason `approval-pending`. After `answerApproval`, maybe in another process,
 *   `resumeChat` goes on.
 */
export type Approver = "human" | "program" | "later" | ApproverFunction;

/** Answers a question. One that throws ends the chat with its error, and the call does not run. */
export type ApproverFunction = (
  question: ApprovalQuestion,
  context: { readonly signal?: AbortSignal },
) => ApprovalAnswer | Promise<ApprovalAnswer>;

/** A call that failed. */
export interface FailedCall {
  readonly agent: string;
  readonly tool: string;
  readonly callId?: string;
  readonly args: ToolArguments;
}

/** Says what the model is told of an error; undefined: the error's message. What it throws ends the chat (D11-9). */
export type ToolErrorHandler = (error: unknown, call: FailedCall) => string | undefined | Promise<string | undefined>;

/** How an agent runs tools, where a tool does not say it itself. */
export interface ToolExecutionOptions extends ToolSettings {
  /** @default "human" */
  readonly approver?: Approver;
  readonly onError?: ToolErrorHandler;
}

/** The same with all that was left out. */
export interface ToolExecution {
  readonly approval: ApprovalPolicy;
  readonly approver: Approver;
  /** null: no limit. */
  readonly timeoutMs: number | null;
  readonly parallel: boolean;
  readonly maxOutputChars: number;
  readonly once: boolean;
  readonly onError: ToolErrorHandler | null;
  /** Stops what is under way when a run is aborted, with one listener however many calls there are. */
  readonly aborts: AbortRelay;
}

/** What there is to run under a name. */
export interface RunnableTool {
  readonly execute: ToolFunction;
  readonly settings: ToolSettings;
  /** null for plain functions: nobody said what their arguments are. */
  readonly check: ArgumentCheck | null;
}

/** @throws AutogenError `invalid-option` */
export function resolveToolExecution(agent: string, options: ToolExecutionOptions = {}): ToolExecution {
  const { approval = "never", approver = "human", timeoutMs = null, parallel = false, once = false, onError = null } = options;
  checkSettings(`\`toolExecution\` of agent \`${agent}\``, options);
  if (typeof approver !== "function" && !["human", "program", "later"].includes(approver)) {
    throw new AutogenError(
      "invalid-option",
      `\`toolExecution.approver\` of agent \`${agent}\` is not "human", "program", "later" or a function.`,
    );
  }
  const maxOutputChars = options.maxOutputChars ?? MAX_OUTPUT_CHARS;
  return { approval, approver, timeoutMs, parallel, once, onError, maxOutputChars, aborts: new AbortRelay() };
}
