/**
 * What agents say to each other.
 * Behaviour: specification chapter 10, section 3. Keys are those of the OpenAI wire format, so that
 * histories can be sent to models, saved and reloaded without translation.
 */

/** Anything that survives `JSON.parse(JSON.stringify(value))`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One piece of a message with several kinds of content; parts of unknown `type` are kept as they are. */
export type ContentPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string; readonly detail?: string } }
  | { readonly type: string; readonly [key: string]: Json };

/** Values for templates: what `context` of a message and the options of a chat offer to content functions. */
export type TemplateValues = Readonly<Record<string, unknown>>;

/** Content that is written when a request is made, from the `context` of the request's last message. */
export type ContentFunction = (context: TemplateValues) => string;

/** What a message says: a text, parts of several kinds, or a function that writes the text when a request is made. */
export type Content = string | readonly ContentPart[] | ContentFunction;

/** The legacy single call of a model. `arguments` is JSON text as written by the model, not yet checked. */
export interface FunctionCall {
  readonly name: string;
  readonly arguments: string;
}

/** One call of a model. `id` may be missing: some endpoints leave it out. */
export interface ToolCall {
  readonly id?: string;
  readonly type?: "function";
  readonly function: FunctionCall;
}

/** The answer to one call, as one of the several `tool_responses` of a message. */
export interface ToolResponse {
  readonly role: "tool" | "function";
  readonly content: string;
  readonly tool_call_id?: string;
  readonly name?: string;
  /** Images that belong to the answer. Endpoints take texts only here: models get them in a message behind the answers. */
  readonly images?: readonly ContentPart[];
}

// Aliases, not interfaces: only so is a stored message a draft too, which it has to be to be sent on.
type Stored = {
  /** Who speaks; for role `function` the name of the function. */
  readonly name?: string;
  /** Values for content functions and templates; never sent to a model. */
  readonly context?: TemplateValues;
};

/** An instruction to a model. */
export type SystemMessage = Stored & {
  readonly role: "system";
  readonly content: Content | null;
};
/** What came in from the other side. */
export type UserMessage = Stored & {
  readonly role: "user";
  readonly content: Content | null;
  readonly tool_responses?: readonly ToolResponse[];
  readonly tool_calls?: readonly ToolCall[];
};
/** What an agent says, from its own side or with calls of its model. */
export type AssistantMessage = Stored & {
  readonly role: "assistant";
  readonly content: Content | null;
  readonly tool_calls?: readonly ToolCall[];
  readonly function_call?: FunctionCall;
  readonly tool_responses?: readonly ToolResponse[];
};
/** Answers of tools: one, or several as `tool_responses`. */
export type ToolMessage = Stored & {
  readonly role: "tool";
  readonly content: Content | null;
  readonly tool_call_id?: string;
  readonly tool_responses?: readonly ToolResponse[];
};
/** The answer to the legacy single call; `name` is the function. */
export type FunctionMessage = Stored & {
  readonly role: "function";
  readonly content: Content | null;
};

/** A message as it stands in a history: complete, deeply frozen (functions and `context` values excepted). */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage;

/** The five roles of stored messages. */
export type Role = Message["role"];

/**
 * A message as users and reply functions may write it. Only `normalise` looks into it; keys that are not
 * listed are shown to hooks and dropped on storing.
 */
export interface MessageDraft {
  readonly content?: Content | null;
  readonly role?: string;
  readonly name?: string | null;
  readonly function_call?: FunctionCall | null;
  readonly tool_calls?: readonly ToolCall[] | null;
  readonly tool_call_id?: string | null;
  readonly tool_responses?: readonly ToolResponse[] | null;
  readonly context?: TemplateValues | null;
  /** Forces the stored role. */
  readonly override_role?: string;
  readonly [other: string]: unknown;
}

/** What a reply step may answer: a text, a message, or nothing. */
export type Reply = string | MessageDraft | null;

/** A message as it goes to an endpoint; a content function is filled in by whoever makes the request. */
export interface WireMessage {
  readonly role: string;
  readonly content?: Content | null;
  readonly name?: string;
  readonly function_call?: FunctionCall;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
}
