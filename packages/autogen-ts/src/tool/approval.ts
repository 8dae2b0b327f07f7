/** Calls that wait for the word of a person: the questions, their answers, and what binds the two. */
import type { Json } from "../message/index.js";
import { AutogenError, canonical, visibleText } from "../run/index.js";
import type { ToolArguments } from "./arguments.js";
import { resultText } from "./result.js";
import { sha256 } from "./sha256.js";

/** A call that fits the parameters of its tool, before it runs. */
export interface ApprovalCall {
  /** Who would run it. */
  readonly agent: string;
  /** Whose message made the call; null when there is no sender. */
  readonly sender: string | null;
  readonly tool: string;
  readonly callId?: string;
  /** As the tool gets them: mended, with defaults and transformations of its schema, in JSON; frozen. */
  readonly args: ToolArguments;
  /** SHA-256 of tool and arguments. An approval holds for these arguments and no others. */
  readonly hash: string;
}

/** What a policy says of a call: run it, do not, or ask. Denying takes a reason for the model. */
export type ApprovalVerdict = "approve" | "ask" | "deny" | { readonly deny: string };

/** Whether calls of a tool are asked about: always, never, or as a function decides for each. */
export type ApprovalPolicy = "always" | "never" | ((call: ApprovalCall) => ApprovalVerdict | Promise<ApprovalVerdict>);

/** The answer to a question. Denying takes a reason for the model. */
export type ApprovalAnswer = "approve" | "deny" | { readonly deny: string };

/** A question that waits for its answer. Plain data: it can be saved, sent and shown. */
export interface ApprovalQuestion extends ApprovalCall {
  /** Unique among the open questions of an agent, and the same when it is asked again. */
  readonly id: string;
}

/** A question in saved state, with its answer when that came in already. */
export interface SavedApproval {
  readonly question: ApprovalQuestion;
  readonly answer?: ApprovalAnswer;
}

/** The question for the `position`-th call of the `turn`-th message of a conversation: its answer holds for no later one. */
export function approvalQuestion(call: Omit<ApprovalCall, "hash">, position: number, turn: number): ApprovalQuestion {
  const hash = argumentsHash(call.tool, call.args);
  const whose = sha256(canonical({ sender: call.sender, hash, turn })).slice(0, 16);
  const id = `${(call.callId ?? "call").slice(0, 64)}.${String(position)}.${whose}`;
  return Object.freeze({ ...call, args: frozen(call.args), hash, id });
}

/**
 * What people decide on: that which the tool gets. Maps, sets and dates are shown in JSON, anything but an object as `value`,
 * and what has no JSON, such as bytes, as the model gave it.
 */
export function shownArguments(args: unknown, given: ToolArguments): ToolArguments {
  if (args === given) return given;
  try {
    const value = (typeof args === "string" ? args : JSON.parse(resultText(args))) as Json;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as ToolArguments) : { value };
  } catch {
    return given;
  }
}

/** Equal for equal arguments, whatever the order of their names. */
export const argumentsHash = (tool: string, args: ToolArguments): string => sha256(canonical({ tool, args }));

/** Whether an earlier question is about exactly this call. What is shown to people must be what runs, so all of it is compared. */
export const isSameQuestion = (earlier: ApprovalQuestion, now: ApprovalQuestion): boolean =>
  canonical({ ...earlier }) === canonical({ ...now });

/** `y`, `yes`: approved. Everything else denies: `n`, `no` and an empty line without a reason, any other text as the reason. */
export function readApproval(line: string): ApprovalAnswer {
  const text = line.trim();
  if (/^y(es)?$/i.test(text)) return "approve";
  const reason = text.replace(/^no?(?:[:,]\s*|$)/i, "");
  return reason === "" ? "deny" : { deny: reason };
}

/** The line that says this. */
export function approvalLine(answer: ApprovalAnswer): string {
  if (answer === "approve") return "yes";
  return answer === "deny" ? "no" : `no: ${answer.deny}`;
}

/** What the model is told of a call that was denied. */
export function denialText(tool: string, answer: Exclude<ApprovalAnswer, "approve">): string {
  const reason = answer === "deny" || answer.deny.trim() === "" ? "" : ` Reason: ${answer.deny}`;
  return `Error: the call of ${tool} was denied, so it was not run.${reason}\nDo not repeat it unchanged.`;
}

/** @throws AutogenError `invalid-option` for anything that is no answer: silence is never consent */
export function checkedAnswer(answer: unknown, from: string): ApprovalAnswer {
  if (isAnswer(answer)) return answer;
  throw new AutogenError(
    "invalid-option",
    `${from} answered a question of approval with ${JSON.stringify(answer) ?? typeof answer}. Answer "approve", "deny" or { deny: "reason" }.`,
  );
}

/** For answers of programs and saved files. */
export function isAnswer(answer: unknown): answer is ApprovalAnswer {
  if (answer === "approve" || answer === "deny") return true;
  return typeof answer === "object" && answer !== null && "deny" in answer && typeof answer.deny === "string";
}

/** What people are asked. Everything that they approve is shown, in letters that cannot pose as others. */
export function approvalPrompt({ agent, sender, tool, args }: ApprovalQuestion): string {
  const from = sender === null ? "" : ` for ${sender}`;
  return `${agent} is about to run the tool ${tool}${from} with:\n${visibleText(JSON.stringify(args, null, 2))}\nType 'y' to approve. Press enter to deny, or type a reason for the model: `;
}

function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  const copy: object = Array.isArray(value)
    ? value.map(frozen)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, frozen(inner as unknown)]));
  return Object.freeze(copy) as T; // The same, key by key.
}
