/** From a call that a model wrote to one that can run. Specification chapter 11, section 6.1 (D11-6). */
import { failure, parseArguments, type ToolArguments } from "../../tool/index.js";
import { isAutogenError, type ToolOutcome } from "../../run/index.js";
import type { CallSite, GivenCall } from "../contract.js";
import { offeredBy } from "../shared-context.js";
import type { RunnableTool } from "../tool-settings.js";
import { reasonOf } from "./reason.js";

/** A call that can run. */
export interface ReadyCall {
  readonly kind: "ready";
  readonly name: string;
  readonly callId?: string;
  readonly tool: RunnableTool;
  /** As the model gave them, after repair. */
  readonly given: ToolArguments;
  /** As the handler gets them. */
  readonly args: unknown;
}

/** A call that does not run, and what the model is told instead. */
export interface AnsweredCall {
  readonly kind: "answered";
  readonly name: string;
  readonly callId?: string;
  readonly outcome: ToolOutcome;
  /** Told by events as a call that failed at once: in the reference arguments fail inside of the call. */
  readonly failed?: true;
}

export type PreparedCall = ReadyCall | AnsweredCall;

export async function prepareCall(site: CallSite, { call, callId }: GivenCall): Promise<PreparedCall> {
  const name = call?.name ?? "";
  const id = callId === undefined ? {} : { callId };
  const answered = (content: string): AnsweredCall => ({ kind: "answered", name, ...id, outcome: { ok: false, content } });
  const tool = site.recipient.toolNamed(name) ?? offeredTool(site, name);
  if (tool === undefined) return answered(`Error: Function ${name} not found.`);
  const parsed = parseArguments(call?.arguments);
  if (!parsed.ok) return answered(parsed.content);
  const ready = { kind: "ready", name, ...id, tool, given: parsed.args } as const;
  if (tool.check === null) return { ...ready, args: parsed.args };
  try {
    const checked = await tool.check(parsed.args);
    return checked.ok ? { ...ready, args: checked.args } : { ...answered(checked.content), failed: true };
  } catch (error) {
    // A schema with functions of the user's, or with an expression that is none: the model is told that nothing ran.
    if (isAutogenError(error, "missing-package")) throw error;
    return { ...answered(failure(`the arguments of ${name} cannot be checked: ${reasonOf(error)}`).content), failed: true };
  }
}

/** A tool of the run itself: the group vouches for it, so nobody is asked. */
function offeredTool({ sender, run }: CallSite, name: string): RunnableTool | undefined {
  const execute = offeredBy(sender, run.context.offered)?.implementationOf(name);
  return execute === undefined ? undefined : { execute, settings: { approval: "never" }, check: null };
}
