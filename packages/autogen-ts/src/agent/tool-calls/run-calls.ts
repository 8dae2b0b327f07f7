/** All calls of one message: prepared, approved, run, with outcomes in the order of the calls. */
import { isAutogenError, type StopReason, type ToolOutcome } from "../../run/index.js";
import type { CallSite, GivenCall } from "../contract.js";
import { approveCalls } from "./approve.js";
import { prepareCall, type PreparedCall } from "./prepare.js";
import { outcomeOfCall } from "./run-tool.js";

/** The outcomes, or why the chat ends here instead. */
export async function runCalls(
  site: CallSite,
  calls: readonly GivenCall[],
): Promise<readonly ToolOutcome[] | { readonly stop: StopReason }> {
  if (site.recipient.overridesExecution) return await runByMethod(site, calls);
  const prepared: PreparedCall[] = [];
  for (const call of calls) prepared.push(await prepareCall(site, call));
  // All questions come before anything runs: what waits for an answer, or ends here, has done nothing yet.
  const approved = await approveCalls(site, prepared);
  if ("stop" in approved) return approved;
  const outcomes: ToolOutcome[] = [];
  for (const group of groups(site, approved.calls)) {
    const tasks = group.map((call) => async () => await outcomeOfCall(site, call));
    if (tasks.length === 1) for (const task of tasks) outcomes.push(await task());
    else outcomes.push(...(await site.run.join(tasks)));
  }
  return outcomes;
}

/** Neighbours that may run side by side; every other call is alone (D11-7). */
function groups({ recipient }: CallSite, calls: readonly PreparedCall[]): readonly (readonly PreparedCall[])[] {
  const result: PreparedCall[][] = [];
  let together = false;
  for (const call of calls) {
    const parallel = call.kind === "ready" && (call.tool.settings.parallel ?? recipient.toolExecution.parallel);
    const last = result.at(-1);
    if (parallel && together && last !== undefined) last.push(call);
    else result.push([call]);
    together = parallel;
  }
  return result;
}

/** A subclass has a method of its own for calls: it gets them one after another, as they are. */
async function runByMethod(
  { recipient, messages, sender, run }: CallSite,
  calls: readonly GivenCall[],
): Promise<readonly ToolOutcome[] | { readonly stop: StopReason }> {
  const outcomes: ToolOutcome[] = [];
  try {
    for (const { call, callId } of calls) {
      const options = { messages, sender, run, ...(callId === undefined ? {} : { callId }) };
      const [ok, { content, images }] = await recipient.executeFunction(call ?? {}, options);
      outcomes.push({ ok, content, ...(images === undefined ? {} : { images }) });
    }
  } catch (error) {
    if (isAutogenError(error, "approval-pending")) return { stop: "approval-pending" };
    throw error;
  }
  return outcomes;
}
