/** One call by itself, as programs make it. Specification chapter 11, section 6.1. */
import type { FunctionCall } from "../../message/index.js";
import { AutogenError } from "../../run/index.js";
import { openRun } from "../../chat/index.js";
import type { ExecutedFunction, ExecuteFunctionOptions, ReplyingAgent } from "../contract.js";
import { approveCalls } from "./approve.js";
import { prepareCall } from "./prepare.js";
import { outcomeOfCall } from "./run-tool.js";

/** @throws AutogenError `approval-pending` when the call waits for the word of somebody who answers later */
export async function executeFunction(
  recipient: ReplyingAgent,
  call: Partial<FunctionCall>,
  { messages = [], sender = null, callId, run }: ExecuteFunctionOptions,
): Promise<ExecutedFunction> {
  const site = { recipient, messages, sender, run: run ?? (await openRun({}, "tool")) };
  const prepared = await prepareCall(site, { call, ...(callId === undefined ? {} : { callId }) });
  const approved = await approveCalls(site, [prepared]);
  if ("stop" in approved) {
    throw new AutogenError(
      "approval-pending",
      `The call of \`${prepared.name}\` waits for approval, so it was not run. Answer it by \`answerApproval\` and call again.`,
    );
  }
  const [decided = prepared] = approved.calls;
  const { ok, content, images } = await outcomeOfCall(site, decided);
  return [ok, { name: decided.name, role: "function", content, ...(images === undefined ? {} : { images }) }];
}
