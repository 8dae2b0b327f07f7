/** Asks the agent's model. Specification chapter 10, section 12. */
import {
  wireMessages,
  type FunctionCall,
  type Message,
  type MessageDraft,
  type ToolCall,
  type WireMessage,
} from "../../message/index.js";
import type { ResponseCache } from "../../model/index.js";
import type { ResponseMessage, Run } from "../../run/index.js";
import type { SignatureOptions } from "../../tool/index.js";
import type { Agent } from "../../chat/index.js";
import type { ReplyingAgent } from "../contract.js";
import type { ReplyResult, Turn } from "../reply-list.js";
import { filledContent, offeredBy } from "../shared-context.js";

/** The built-in reply that asks the model of the agent. */
export async function askModel(
  recipient: ReplyingAgent,
  messages: readonly Message[],
  sender: Agent | null,
  _config: unknown,
  { run }: Turn,
): Promise<ReplyResult> {
  const client = recipient.client;
  if (client === null) return [false, null];
  warnOfName(recipient.name, run);
  const context = messages.at(-1)?.context;
  const response = await client.create({
    ...toolOptionsOf(recipient, sender, run),
    messages: [...systemMessages(recipient, run), ...wireMessages(messages)],
    ...(context === undefined ? {} : { context }),
    cache: cacheOf(recipient, run),
    agent: recipient.name,
    run,
  });
  const [answer = null] = client.extractTextOrCompletionObject(response);
  if (answer === null) {
    run.warn("empty-answer", `The model of \`${recipient.name}\` gave neither text nor a call; the default reply is used.`);
    return [false, null];
  }
  return [true, typeof answer === "string" ? answer : replyOf(answer)];
}

/** D10-1: said when a model is asked, since only models mind. */
function warnOfName(name: string, run: Run): void {
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(name)) return;
  run.warn(
    "agent-name",
    `The name \`${name}\` is more than letters, digits, \`_\` and \`-\`, or longer than 64. OpenAI refuses such names, so it gets \`${normalizeName(name)}\` instead.`,
  );
}

const cacheOf = ({ clientCache }: ReplyingAgent, { context }: Run): ResponseCache | null =>
  context.cache === undefined ? clientCache : context.cache;

function systemMessages({ systemMessage }: ReplyingAgent, { context }: Run): WireMessage[] {
  return systemMessage.length === 0 ? [] : [{ role: "system", content: filledContent(systemMessage, context.variables) }];
}

/** The agent's own tools, then those that the run offers to it. */
function toolOptionsOf({ name, toolOptions }: ReplyingAgent, sender: Agent | null, { context }: Run): SignatureOptions {
  const offered = offeredBy(sender, context.offered)?.signaturesFor(name) ?? [];
  return offered.length === 0 ? toolOptions : { ...toolOptions, tools: [...(toolOptions.tools ?? []), ...offered] };
}

/** Calls get names that every endpoint accepts; null ids and types are left out. */
function replyOf({ role, content, function_call, tool_calls }: ResponseMessage): MessageDraft {
  return {
    role: role ?? "assistant",
    content,
    ...(function_call == null ? {} : { function_call: cleanFunction(function_call) }),
    ...(Array.isArray(tool_calls) ? { tool_calls: tool_calls.map(cleanCall) } : {}),
  };
}

/** What models write of a call, through endpoints of all kinds: anything may be missing, or of another type. */
function cleanCall(call: unknown): ToolCall {
  const { id, type, function: called } = (call ?? {}) as { readonly [part in keyof ToolCall]?: unknown };
  return {
    ...(typeof id === "string" ? { id } : {}),
    ...(type === "function" ? { type } : {}),
    function: cleanFunction(called),
  };
}

function cleanFunction(called: unknown): FunctionCall {
  const parts = typeof called === "object" && called !== null ? called : {};
  const { name, arguments: given } = parts as { readonly [part in keyof FunctionCall]?: unknown };
  return { arguments: argumentsText(given), name: typeof name === "string" ? normalizeName(name) : "" };
}

/** Some endpoints give the arguments as an object already. */
function argumentsText(given: unknown): string {
  if (typeof given === "string") return given;
  try {
    return typeof given === "object" && given !== null ? JSON.stringify(given) : "";
  } catch {
    return ""; // no JSON: the model is told what is missing
  }
}

/** Each character outside of `[a-zA-Z0-9_-]` becomes `_`; cut to 64. */
export function normalizeName(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64);
}
