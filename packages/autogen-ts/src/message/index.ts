export type {
  AssistantMessage,
  Content,
  ContentFunction,
  ContentPart,
  FunctionCall,
  FunctionMessage,
  Json,
  Message,
  MessageDraft,
  Reply,
  Role,
  SystemMessage,
  TemplateValues,
  ToolCall,
  ToolMessage,
  ToolResponse,
  UserMessage,
  WireMessage,
} from "./types.js";
export { contentText, functionCallOf, isTextPart, toolCallsOf } from "./content.js";
export { normalise, readMessage } from "./normalise.js";
export type { Views } from "./normalise.js";
export { wireMessages } from "./wire.js";
