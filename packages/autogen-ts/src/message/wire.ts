/**
 * From stored messages to those of a model request. Specification chapter 10, section 12.1 (D10-14: only wire
 * keys, no name on answers of tools).
 */
import type { Content, FunctionCall, Message, TemplateValues, ToolCall, ToolResponse } from "./types.js";

/** A message as it goes to an endpoint; a content function is filled in by whoever makes the request. */
export interface WireMessage {
  readonly role: string;
  readonly content?: Content | null;
  readonly name?: string;
  readonly function_call?: FunctionCall;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
}

/**
 * The messages of a request, in order. A message that answers several calls becomes one message for each, then
 * itself unless its role is `tool`. Messages that are as the wire wants them are passed on uncopied.
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
    if (message.role !== "tool") wire.push(wireMessage(message));
  }
  return wire;
}

interface StoredKeys extends WireMessage {
  readonly context?: TemplateValues;
  readonly tool_responses?: readonly ToolResponse[];
}

function wireMessage(message: Message): WireMessage {
  const { context, tool_responses, ...wire }: StoredKeys = message;
  if (message.role === "tool" && message.name !== undefined) {
    const { name: _name, ...rest } = wire;
    return rest;
  }
  return context === undefined && tool_responses === undefined ? message : wire;
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
