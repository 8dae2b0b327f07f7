/**
 * The first built-in reply: does the chat end here, does a human speak, or does the agent go on by itself?
 * Specification chapter 10, section 11, with its complete decision table.
 */
import { functionCallOf, toolCallsOf, type Message, type MessageDraft, type ToolResponse } from "../../message/index.js";
import { unreachable, type Run, type StopReason } from "../../run/index.js";
import type { Agent } from "../../chat/index.js";
import type { ReplyingAgent } from "../contract.js";
import type { ReplyResult, Turn } from "../reply-list.js";
import { isTermination, mentionsTermination } from "../termination.js";

/** What the questions ask for; the wording names the sender, and who would answer. */
const PROMPTS = {
  always: (sender: string, me: string) =>
    `Replying as ${me}. Give feedback to ${sender}. Press enter to let ${me} answer by itself, or type 'exit' to end the conversation: `,
  skip: (sender: string) =>
    `Please give feedback to ${sender}. Press enter to use the automatic reply, or type 'exit' to stop the conversation: `,
  stop: (sender: string) => `Please give feedback to ${sender}. Press enter or type 'exit' to stop the conversation: `,
} as const;

/** The built-in reply that ends a chat, asks a human, or lets the agent go on. */
export async function checkTermination(
  recipient: ReplyingAgent,
  messages: readonly Message[],
  sender: Agent | null,
  _config: unknown,
  { run }: Turn,
): Promise<ReplyResult> {
  const last = messages.at(-1);
  const terminating = last !== undefined && (await recipient.isTermination(last, { sender, run }));
  const limit = recipient.maxConsecutiveAutoReply(sender);
  const exhausted = recipient.autoReplyCount(sender) >= limit;

  switch (recipient.humanInputMode) {
    case "NEVER":
      if (terminating) return stop(recipient, sender, "termination-message");
      if (exhausted) return stop(recipient, sender, "max-auto-replies");
      warnOfMention(recipient, last, run);
      recipient.countAutoReply(sender);
      return [false, null];
    case "ALWAYS":
      return await ask({ recipient, sender, last, run }, "always", {
        emptyStops: terminating ? "termination-message" : null,
        emptyIsReply: limit === 0,
      });
    case "TERMINATE":
      if (!terminating && !exhausted) {
        warnOfMention(recipient, last, run);
        return auto(recipient, sender, run);
      }
      return await ask({ recipient, sender, last, run }, terminating ? "stop" : "skip", {
        emptyStops: terminating ? "termination-message" : null,
        emptyIsReply: limit === 0,
      });
    default:
      return unreachable(recipient.humanInputMode);
  }
}

interface Asking {
  readonly recipient: ReplyingAgent;
  readonly sender: Agent | null;
  readonly last: Message | undefined;
  readonly run: Run;
}

/** What an empty line means: the end for this reason; else a reply if there are no automatic ones at all. */
interface EmptyLine {
  readonly emptyStops: StopReason | null;
  readonly emptyIsReply: boolean;
}

async function ask(
  { recipient, sender, last, run }: Asking,
  prompt: keyof typeof PROMPTS,
  empty: EmptyLine,
): Promise<ReplyResult> {
  const line = await recipient.getHumanInput(PROMPTS[prompt](sender?.name ?? "the sender", recipient.name), {
    run,
    purpose: prompt,
    sender: sender?.name ?? null,
  });
  if (line === "") run.emit({ type: "human.empty", agent: recipient.name });
  if (line === "exit") return stop(recipient, sender, "human-exit");
  if (line === "" && empty.emptyStops !== null) return stop(recipient, sender, empty.emptyStops);
  if (line === "" && !empty.emptyIsReply) return auto(recipient, sender, run);
  recipient.resetConsecutiveAutoReplyCounter(sender);
  return [true, humanReply(line, last)];
}

function auto(recipient: ReplyingAgent, sender: Agent | null, run: Run): ReplyResult {
  recipient.countAutoReply(sender);
  run.emit({ type: "reply.auto", agent: recipient.name });
  return [false, null];
}

function stop(recipient: ReplyingAgent, sender: Agent | null, reason: StopReason): ReplyResult {
  recipient.resetConsecutiveAutoReplyCounter(sender);
  return [true, null, reason];
}

/** Calls that wait for an answer get one, so that the model never sees an unanswered call. */
function humanReply(line: string, last: Message | undefined): MessageDraft {
  const responses: ToolResponse[] = [];
  const call = functionCallOf(last);
  if (call !== undefined) responses.push({ role: "function", name: call.name, content: "USER INTERRUPTED" });
  for (const { id } of toolCallsOf(last)) {
    responses.push({ role: "tool", ...(id === undefined ? {} : { tool_call_id: id }), content: "USER INTERRUPTED" });
  }
  return { role: "user", content: line, ...(responses.length === 0 ? {} : { tool_responses: responses }) };
}

function warnOfMention(recipient: ReplyingAgent, last: Message | undefined, run: Run): void {
  if (run.context.chat?.isTerminationMsg != null) return;
  if (last === undefined || !recipient.usesDefaultTermination || !mentionsTermination(last) || isTermination(last)) return;
  run.warn(
    "termination-word",
    `A message to \`${recipient.name}\` contains TERMINATE but does not end with it, so the chat goes on. Pass \`isTerminationMsg\` if it should end there.`,
  );
}
