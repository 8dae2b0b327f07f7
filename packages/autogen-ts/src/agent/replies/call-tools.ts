/** Answers calls of a model by running them. Specification chapter 11, sections 5 and 6. */
import { functionCallOf, toolCallsOf, type FunctionCall, type Message, type ToolResponse } from "../../message/index.js";
import { parseArguments, resultText } from "../../tool/index.js";
import { isAutogenError, type Run, type ToolOutcome } from "../../run/index.js";
import type { Agent } from "../../chat/index.js";
import type { ReplyingAgent } from "../contract.js";
import type { ReplyResult, Turn } from "../reply-list.js";
import { offeredBy } from "../shared-context.js";

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
  const { content } = await runCall({ recipient, messages, sender, call, run });
  return [true, { role: "function", name: call.name ?? "", content }];
}

/** All tool calls of the last message, one after another; results in call order. */
export async function callTools(
  recipient: ReplyingAgent,
  messages: readonly Message[],
  sender: Agent | null,
  _config: unknown,
  { run }: Turn,
): Promise<ReplyResult> {
  const calls = toolCallsOf(messages.at(-1));
  if (calls.length === 0) return [false, null];
  const responses: ToolResponse[] = [];
  for (const { id, function: call } of calls) {
    const { content } = await runCall({ recipient, messages, sender, call, run, ...(id == null ? {} : { callId: id }) });
    responses.push({ role: "tool", ...(id == null ? {} : { tool_call_id: id }), content });
  }
  return [true, { role: "tool", tool_responses: responses, content: responses.map(({ content }) => content).join("\n\n") }];
}

interface CallRequest {
  readonly recipient: ReplyingAgent;
  readonly messages: readonly Message[];
  readonly sender: Agent | null;
  /** Written by a model: any part may be missing. */
  readonly call: Partial<FunctionCall> | null | undefined;
  readonly callId?: string;
  readonly run: Run;
}

/** What goes wrong inside a call is an answer for the model; an abort is not. */
export async function runCall({ recipient, messages, sender, call, callId, run }: CallRequest): Promise<ToolOutcome> {
  const name = call?.name ?? "";
  const tool = recipient.functionMap.get(name) ?? offeredBy(sender, run.context.offered)?.implementationOf(name);
  if (tool === undefined) return { ok: false, content: `Error: Function ${name} not found.` };
  const parsed = parseArguments(call?.arguments);
  if (!parsed.ok) return { ok: false, content: parsed.content };
  const id = callId === undefined ? {} : { callId };
  run.emit({ type: "tool.start", agent: recipient.name, tool: name, ...id });
  const outcome = await run.perform(
    "tool",
    name,
    { ...id, args: parsed.args },
    async () =>
      // What the handler takes is its own declaration; the schema of the tool vouches for it.
      await settled(
        async () =>
          await tool(parsed.args as never, {
            agent: recipient,
            sender,
            messages,
            get signal() {
              return run.signal;
            },
            run,
            ...(callId === undefined ? {} : { toolCallId: callId }),
            ...(run.context.variables === undefined ? {} : { variables: run.context.variables }),
          }),
      ),
  );
  run.emit({ type: "tool.end", agent: recipient.name, tool: name, ...id, ok: outcome.ok });
  return outcome;
}

async function settled(execute: () => Promise<unknown>): Promise<ToolOutcome> {
  try {
    return { ok: true, content: resultText(await execute()) };
  } catch (error) {
    if (isAutogenError(error, "aborted")) throw error;
    return { ok: false, content: `Error: ${reasonOf(error)}` };
  }
}

/** Anything can be thrown, also what has no text form. */
function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return resultText(error);
  } catch {
    return "the tool threw something that cannot be shown";
  }
}
