/** Answers calls of a model by running them. Specification chapter 11, sections 5 and 6. */
import { functionCallOf, toolCallsOf, type FunctionCall, type Message, type ToolResponse } from "../../message/index.js";
import type { Agent } from "../../chat/index.js";
import type { ReplyingAgent } from "../contract.js";
import type { ReplyResult, Turn } from "../reply-list.js";

/** The legacy single call. */
export async function callFunction(
  recipient: ReplyingAgent,
  messages: readonly Message[],
  sender: Agent | null,
  _config: unknown,
  { run }: Turn,
): Promise<ReplyResult> {
  const call: Partial<FunctionCall> | undefined = functionCallOf(messages.at(-1));
  if (call === undefined) return [false, null];
  const runCalls = await recipient.callRunner();
  const outcomes = await runCalls({ recipient, messages, sender, run }, [{ call }]);
  if ("stop" in outcomes) return [true, null, outcomes.stop];
  return [true, { role: "function", name: call.name ?? "", content: outcomes[0]?.content ?? "" }];
}

/** All tool calls of the last message; results in call order. */
export async function callTools(
  recipient: ReplyingAgent,
  messages: readonly Message[],
  sender: Agent | null,
  _config: unknown,
  { run }: Turn,
): Promise<ReplyResult> {
  const calls = toolCallsOf(messages.at(-1)).map(({ id, function: call }) => ({
    id,
    call,
    ...(id == null ? {} : { callId: id }),
  }));
  if (calls.length === 0) return [false, null];
  const runCalls = await recipient.callRunner();
  const outcomes = await runCalls({ recipient, messages, sender, run }, calls);
  if ("stop" in outcomes) return [true, null, outcomes.stop];
  const responses = outcomes.map(({ content, images }, at): ToolResponse => {
    const id = calls[at]?.id;
    return { role: "tool", ...(id == null ? {} : { tool_call_id: id }), content, ...(images === undefined ? {} : { images }) };
  });
  return [true, { role: "tool", tool_responses: responses, content: responses.map(({ content }) => content).join("\n\n") }];
}
