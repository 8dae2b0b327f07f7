/** Summaries of finished chats. Specification chapter 10, section 7. */
import { isTextPart, wireMessages, type ContentPart } from "../message/index.js";
import { AutogenError, isAutogenError, type Run } from "../run/index.js";
import type { ChatAgent } from "./agent.js";

/** Makes a summary of any type; it is handed on as it is. */
export type SummaryFunction = (sender: ChatAgent, recipient: ChatAgent, args: Readonly<Record<string, unknown>>) => unknown;

/** How a chat is summarised; null gives the empty text. */
export type SummaryMethod = "last_msg" | "reflection_with_llm" | SummaryFunction | null;

/** What reflection asks when `summary_prompt` is not given. */
export const DEFAULT_SUMMARY_PROMPT =
  "State what this conversation came to. Give the takeaway itself, without any introductory phrase.";

export interface SummaryRequest {
  readonly method: SummaryMethod;
  readonly args: Readonly<Record<string, unknown>>;
  readonly sender: ChatAgent;
  readonly recipient: ChatAgent;
}

/** @throws AutogenError `invalid-option` for a method that cannot work; nothing was sent by then */
export function checkSummaryMethod({ method, sender, recipient }: SummaryRequest): void {
  if (method === null || typeof method === "function" || method === "last_msg") return;
  if (method !== "reflection_with_llm") {
    throw new AutogenError(
      "invalid-option",
      `\`summaryMethod\` is ${JSON.stringify(method)}. Pass "last_msg", "reflection_with_llm", a function, or null.`,
    );
  }
  if (sender.client === null && recipient.client === null) {
    throw new AutogenError(
      "invalid-option",
      `\`summaryMethod: "reflection_with_llm"\` needs a model, but neither \`${sender.name}\` nor \`${recipient.name}\` has one. Pass \`llmConfig\` to one of them.`,
    );
  }
}

export async function summarise(request: SummaryRequest, run: Run): Promise<unknown> {
  const { method, args, sender, recipient } = request;
  if (method === null) return "";
  if (method === "last_msg") return lastMessageText(recipient, sender, run);
  if (method === "reflection_with_llm") return await reflect(request, run);
  return await method(sender, recipient, args);
}

function lastMessageText(recipient: ChatAgent, sender: ChatAgent, run: Run): string {
  const message = recipient.chatMessagesForSummary(sender).at(-1);
  if (message === undefined) {
    run.warn(
      "no-summary",
      `The chat between \`${sender.name}\` and \`${recipient.name}\` has no message to take the summary from; it is empty.`,
    );
    return "";
  }
  const { content } = message;
  if (typeof content === "string") return withoutTermination(content);
  if (!Array.isArray(content)) return "";
  const parts: readonly ContentPart[] = content;
  return parts
    .filter(isTextPart)
    .map((part) => withoutTermination(part.text))
    .join("\n");
}

const withoutTermination = (text: string): string => text.replaceAll("TERMINATE", "");

async function reflect({ args, sender, recipient }: SummaryRequest, run: Run): Promise<string> {
  const agent = recipient.client === null ? sender : recipient;
  const client = agent.client;
  if (client === null) return "";
  const messages = [...wireMessages(recipient.chatMessagesForSummary(sender)), { role: roleOf(args), content: promptOf(args) }];
  try {
    const response = await client.create({
      ...agent.toolOptions,
      messages,
      cache: run.context.cache ?? null,
      agent: agent.name,
      run,
    });
    const [answer] = client.extractTextOrCompletionObject(response);
    if (typeof answer === "string") return answer;
    run.warn(
      "no-summary",
      `The model of \`${agent.name}\` answered the request for a summary without text; the summary is empty.`,
    );
    return answer?.content ?? "";
  } catch (error) {
    const expected =
      isAutogenError(error, "budget-exhausted") || (isAutogenError(error, "model-failed") && isBadRequest(error.details));
    if (!expected) throw error;
    run.warn("no-summary", `The summary is empty: ${error.message}`);
    return "";
  }
}

const isBadRequest = (details: unknown): boolean =>
  typeof details === "object" && details !== null && (details as { readonly status?: unknown }).status === 400;

function promptOf(args: Readonly<Record<string, unknown>>): string {
  return textArgument(args["summary_prompt"] ?? args["summaryPrompt"] ?? DEFAULT_SUMMARY_PROMPT, "summary_prompt");
}

function roleOf(args: Readonly<Record<string, unknown>>): string {
  return textArgument(args["summary_role"] ?? args["summaryRole"] ?? "system", "summary_role");
}

function textArgument(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw new AutogenError("invalid-option", `\`summaryArgs.${name}\` is of type ${typeof value}. Pass a text.`);
}
