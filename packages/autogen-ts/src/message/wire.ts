/**
 * From stored messages to those of a model request. Specification chapter 10, section 12.1 (D10-14: only wire
 * keys, no name on answers of tools).
 */
import { pairCalls } from "./pair-calls.js";
import type { ContentPart, Message, TemplateValues, ToolResponse, WireMessage } from "./types.js";

/**
 * The messages of a request, in order. A message that answers several calls becomes one message for each, then
 * itself unless its role is `tool`. Each tool call is answered exactly once, right behind its message, whatever the
 * history looks like. Images of answers follow in a message of their own. Messages that are as the wire wants them are passed on uncopied.
 */
export function wireMessages(messages: readonly Message[]): WireMessage[] {
  const wire: WireMessage[] = [];
  for (const message of messages) {
    const responses = "tool_responses" in message ? message.tool_responses : undefined;
    if (responses === undefined || responses.length === 0) {
      wire.push(wireMessage(message));
      continue;
    }
    for (const response of responses) wire.push(wireResponse(response));
    const images = responses.flatMap(imagesOf);
    if (images.length > 0) wire.push({ role: "user", content: images });
    if (message.role !== "tool") wire.push(wireMessage(message));
  }
  return pairCalls(wire);
}

/** Saved by anybody, so what is no list is none. */
function imagesOf({ images, tool_call_id: id }: ToolResponse): readonly ContentPart[] {
  if (!Array.isArray(images) || images.length === 0) return [];
  const text = `Images in the answer to the call${id == null ? "" : ` ${id}`}:`;
  return [{ type: "text", text }, ...(images as readonly ContentPart[])];
}

interface StoredKeys extends WireMessage {
  readonly context?: TemplateValues;
  readonly tool_responses?: readonly ToolResponse[];
}

function wireMessage(message: Message): WireMessage {
  const stored: StoredKeys = message;
  const isNamedTool = message.role === "tool" && message.name !== undefined;
  if (!isNamedTool && stored.context === undefined && stored.tool_responses === undefined) return message;
  const { context: _context, tool_responses: _responses, ...wire } = stored;
  if (!isNamedTool) return wire;
  const { name: _name, ...rest } = wire;
  return rest;
}

function wireResponse(response: ToolResponse): WireMessage {
  const { role, content, tool_call_id, name } = response;
  return {
    role,
    content,
    ...(tool_call_id == null ? {} : { tool_call_id }),
    ...(name == null || role === "tool" ? {} : { name }),
  };
}
