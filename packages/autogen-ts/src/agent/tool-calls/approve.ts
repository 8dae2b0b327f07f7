/** Asks whether calls may run, before any call of the same message does. */
import {
  approvalLine,
  approvalPrompt,
  approvalQuestion,
  checkedAnswer,
  denialText,
  isAnswer,
  readApproval,
  shownArguments,
  type ApprovalAnswer,
  type ApprovalPolicy,
  type ApprovalQuestion,
  type ApprovalVerdict,
} from "../../tool/index.js";
import { isReplayFailure, type ApprovalSource, type StopReason } from "../../run/index.js";
import type { CallSite } from "../contract.js";
import type { PreparedCall, ReadyCall } from "./prepare.js";
import { reasonOf } from "./reason.js";

/** The calls with those that were denied answered, or why the chat ends here instead. */
export type Approved = { readonly calls: readonly PreparedCall[] } | { readonly stop: StopReason };

export async function approveCalls(site: CallSite, calls: readonly PreparedCall[]): Promise<Approved> {
  const { recipient, sender } = site;
  if (recipient.approvals.isEmpty && calls.every((call) => policyOf(site, call) === "never")) return { calls };
  const result = [...calls];
  const asked: { readonly at: number; readonly question: ApprovalQuestion }[] = [];
  for (const [at, call] of calls.entries()) {
    if (call.kind === "answered") continue;
    const policy = policyOf(site, call);
    if (policy === "never") continue;
    const question = questionOf(site, call, at);
    const verdict = policy === "always" ? "ask" : await judge(site, question, policy);
    if (verdict === "approve") continue;
    if (verdict === "ask") asked.push({ at, question });
    else result[at] = denied(site, call, null, verdict, "policy");
  }
  recipient.approvals.keepOnly(sender?.name ?? null, new Set(asked.map(({ question }) => question.id)));
  if (asked.length === 0) return { calls: result };
  const answers = await ask(
    site,
    asked.map(({ question }) => question),
  );
  if (typeof answers === "string") return { stop: answers };
  for (const [index, { at, question }] of asked.entries()) {
    const call = calls[at];
    const answer = answers[index];
    recipient.approvals.close(question.id);
    if (call?.kind !== "ready" || answer === undefined) continue;
    const by = sourceOf(site);
    if (answer === "approve") tell(site, question, null, by);
    else result[at] = denied(site, call, question.id, answer, by);
  }
  return { calls: result };
}

const policyOf = ({ recipient }: CallSite, call: PreparedCall): ApprovalPolicy =>
  call.kind === "answered" ? "never" : (call.tool.settings.approval ?? recipient.toolExecution.approval);

function questionOf(
  { recipient, sender, messages }: CallSite,
  { name, callId, given, args }: ReadyCall,
  at: number,
): ApprovalQuestion {
  const id = callId === undefined ? {} : { callId };
  const call = { agent: recipient.name, sender: sender?.name ?? null, tool: name, ...id, args: shownArguments(args, given) };
  return approvalQuestion(call, at, messages.length);
}

type PolicyFunction = (question: ApprovalQuestion) => ApprovalVerdict | Promise<ApprovalVerdict>;

/** An effect, so that a replay decides as the first time. A policy that fails denies. */
async function judge({ recipient, run }: CallSite, question: ApprovalQuestion, policy: PolicyFunction): Promise<ApprovalVerdict> {
  const { tool, args } = question;
  let verdict: unknown;
  try {
    verdict = await run.perform("io", "approval-policy", { tool, args }, async () => {
      const found: unknown = await policy(question);
      return typeof found === "string" || isAnswer(found) ? found : null;
    });
  } catch (error) {
    run.throwIfAborted();
    if (isReplayFailure(error)) throw error;
    run.warn(
      "approval-policy-failed",
      `The approval policy of the tool \`${tool}\` threw, so \`${recipient.name}\` did not run the call: ${reasonOf(error)}`,
    );
    return { deny: "the rules for this tool could not be applied" };
  }
  if (verdict === "approve" || verdict === "ask" || isAnswer(verdict)) return verdict;
  run.warn(
    "approval-policy-failed",
    `The approval policy of the tool \`${tool}\` gave no verdict, so \`${recipient.name}\` did not run the call. Give "approve", "ask", "deny" or { deny: "reason" }.`,
  );
  return { deny: "the rules for this tool could not be applied" };
}

/** Answers in the order of the questions, or why there are none. */
async function ask(site: CallSite, questions: readonly ApprovalQuestion[]): Promise<readonly ApprovalAnswer[] | StopReason> {
  const { recipient, run } = site;
  const { approvals, toolExecution } = recipient;
  const by = sourceOf(site);
  for (const question of questions) {
    if (approvals.open(question) === null) run.emit({ type: "approval.ask", ...question, by });
  }
  const open = (question: ApprovalQuestion): boolean => approvals.open(question) === null;
  switch (toolExecution.approver) {
    case "later":
      if (questions.some(open)) return "approval-pending";
      break;
    case "program":
      await run.join(questions.filter(open).map((question) => async () => await waitFor(site, question)));
      break;
    case "human":
      for (const question of questions.filter(open)) {
        const line = await recipient.getHumanInput(approvalPrompt(question), {
          run,
          purpose: "approval",
          sender: question.sender,
        });
        if (line === "exit") return "human-exit";
        approvals.answer(question.id, readApproval(line));
      }
      break;
    default:
      for (const question of questions.filter(open)) await askFunction(site, question, toolExecution.approver);
  }
  // Each has its answer now.
  return questions.map((question) => approvals.open(question) ?? "deny");
}

/** A person is behind it, somewhere: an effect of the same kind and form as a typed line. */
async function waitFor({ recipient, run }: CallSite, question: ApprovalQuestion): Promise<void> {
  const { approvals } = recipient;
  const line = await run.perform("human", recipient.name, { prompt: approvalPrompt(question) }, async ({ signal }) =>
    approvalLine(await approvals.wait(question.id, signal)),
  );
  approvals.answer(question.id, readApproval(line));
}

async function askFunction(
  { recipient, run }: CallSite,
  question: ApprovalQuestion,
  approver: (question: ApprovalQuestion, context: { readonly signal?: AbortSignal }) => unknown,
): Promise<void> {
  const input = { prompt: approvalPrompt(question), by: "function" } as const;
  const line = await run.perform("human", recipient.name, input, async (context) =>
    approvalLine(checkedAnswer(await approver(question, context), `The approver of agent \`${recipient.name}\``)),
  );
  recipient.approvals.answer(question.id, readApproval(line));
}

function sourceOf({ recipient }: CallSite): ApprovalSource {
  const { approver } = recipient.toolExecution;
  return typeof approver === "function" ? "function" : approver;
}

function denied(
  site: CallSite,
  call: ReadyCall,
  id: string | null,
  answer: Exclude<ApprovalAnswer, "approve">,
  by: ApprovalSource,
): PreparedCall {
  const reason = answer === "deny" ? null : answer.deny;
  tell(site, { id, tool: call.name, ...(call.callId === undefined ? {} : { callId: call.callId }) }, answer, by, reason);
  const { name, callId } = call;
  const content = denialText(name, answer);
  return { kind: "answered", name, ...(callId === undefined ? {} : { callId }), outcome: { ok: false, content } };
}

function tell(
  { recipient, run }: CallSite,
  { id, tool, callId }: { readonly id: string | null; readonly tool: string; readonly callId?: string },
  denial: ApprovalAnswer | null,
  by: ApprovalSource,
  reason: string | null = null,
): void {
  const about = { id, agent: recipient.name, tool, ...(callId === undefined ? {} : { callId }) };
  run.emit({ type: "approval.answer", ...about, approved: denial === null, reason, by });
}
