/** Reading content. Specification chapter 10, section 3.2. */
import type { Content, ContentPart, FunctionCall, Message, ToolCall } from "./types.js";

/**
 * Content as one text: parts are put together without separators, an image reads `<image>`, a part of
 * another kind `<kind>` (D10-3), null the empty text. A content function has no text before a request is
 * made; it reads `<template>`.
 *
 * @throws TypeError for a list with something else than parts
 */
export function contentText(content: Content | null | undefined): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  if (typeof content === "function") return "<template>";
  return content.map(partText).join("");
}

/** Whether this part is a text part whose text can be read. */
export function isTextPart(part: ContentPart): part is { readonly type: "text"; readonly text: string } {
  return part.type === "text" && typeof part["text"] === "string";
}

function partText(part: ContentPart): string {
  // Stored messages never have such parts; lists of users' own may.
  if (typeof part !== "object" || part === null || typeof part.type !== "string")
    throw new TypeError("A part of a content is an object with a `type`.");
  if (isTextPart(part)) return part.text;
  if (part.type === "text") return "";
  return part.type === "image_url" ? "<image>" : `<${part.type}>`;
}

/** The legacy single call in a message, whatever its role: lists that users hand in may have any. */
export function functionCallOf(message: Message | undefined): FunctionCall | undefined {
  return (message as { readonly function_call?: FunctionCall } | undefined)?.function_call;
}

/** The calls in a message, whatever its role. */
export function toolCallsOf(message: Message | undefined): readonly ToolCall[] {
  return (message as { readonly tool_calls?: readonly ToolCall[] } | undefined)?.tool_calls ?? [];
}
