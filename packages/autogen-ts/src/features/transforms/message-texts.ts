/** The texts of a message: of its content, and of the answers of tools in it. Specification chapter 14, sections 7 and 8. */
import type { ContentPart, Message, TokenCounter, ToolResponse } from "../../core.js";

/** Makes another text of a text. */
export type TextChange = (text: string) => string;

/** What a message may hold; messages that users hand to a transform themselves may hold anything. */
interface Loose {
  readonly content?: unknown;
  readonly role?: unknown;
  readonly tool_responses?: readonly ToolResponse[] | null;
}

/** The texts of a content: of its text parts and of bare texts among them; none of what is neither text nor list. */
export function textsOf(content: unknown): readonly string[] {
  if (typeof content === "string") return [content];
  if (!Array.isArray(content)) return [];
  return (content as readonly unknown[]).flatMap((part) => textOfPart(part) ?? []);
}

/** All texts of a message. */
export function textsOfMessage(message: Message, { toolResponses }: { readonly toolResponses: boolean }): readonly string[] {
  const { content, tool_responses: responses } = message as Loose;
  const answers = toolResponses && responses != null ? responses.flatMap((response) => textsOf(response.content)) : [];
  return [...textsOf(content), ...answers];
}

/** Tokens of the texts of a content. */
const tokensOf = (content: unknown, counter: TokenCounter): number =>
  textsOf(content).reduce((sum, text) => sum + counter.text(text), 0);

/**
 * Tokens of the texts of a message. What stands in the content of a message with answers of tools is usually those answers
 * once more, and only one of the two is sent.
 */
export function tokensOfMessage(message: Message, counter: TokenCounter): number {
  const { content, role, tool_responses: responses } = message as Loose;
  const own = tokensOf(content, counter);
  if (responses == null || responses.length === 0) return own;
  const answers = responses.reduce((sum, response) => sum + tokensOf(response.content, counter), 0);
  return role === "tool" ? Math.max(own, answers) : own + answers;
}

/**
 * A message with changed texts; the message itself when nothing changes.
 *
 * @param changeAnswer for answers of tools; null leaves them alone
 */
export function withTexts(message: Message, change: TextChange, changeAnswer: TextChange | null): Message {
  const { content, tool_responses: responses } = message as Loose;
  const changed = withContent(content, change);
  const answers =
    changeAnswer === null || responses == null ? responses : responses.map((response) => withResponse(response, changeAnswer));
  const sameAnswers = answers == null || answers.every((answer, index) => answer === responses?.[index]);
  if (changed === content && sameAnswers) return message;
  // Only texts were replaced by texts.
  return { ...message, content: changed, ...(sameAnswers ? {} : { tool_responses: answers }) } as Message;
}

function withResponse(response: ToolResponse, change: TextChange): ToolResponse {
  const content = withContent(response.content, change);
  return content === response.content ? response : ({ ...response, content } as ToolResponse);
}

function withContent(content: unknown, change: TextChange): unknown {
  if (typeof content === "string") return change(content);
  if (!Array.isArray(content)) return content;
  const parts = content as readonly unknown[];
  const changed = parts.map((part) => withPart(part, change));
  return changed.every((part, index) => part === parts[index]) ? content : changed;
}

function withPart(part: unknown, change: TextChange): unknown {
  const text = textOfPart(part);
  if (text === null) return part;
  const changed = change(text);
  if (changed === text) return part;
  return typeof part === "string" ? changed : { ...(part as ContentPart), text: changed };
}

function textOfPart(part: unknown): string | null {
  if (typeof part === "string") return part;
  if (typeof part !== "object" || part === null) return null;
  const { text } = part as { readonly text?: unknown };
  return typeof text === "string" ? text : null;
}
