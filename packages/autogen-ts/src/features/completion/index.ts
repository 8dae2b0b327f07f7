import { LegacyCompletion } from "./legacy-completion.js";

/** `autogen.Completion` of the 0.1 series: prompts go to the older endpoint, unless the model only chats. */
export const Completion: LegacyCompletion = new LegacyCompletion("completion");

/** `autogen.ChatCompletion` of the 0.1 series: a prompt becomes the message of a user. */
export const ChatCompletion: LegacyCompletion = new LegacyCompletion("chat");

export { LegacyCompletion } from "./legacy-completion.js";
export type { CompletionOptions, CompletionResponse, Prompt } from "./legacy-completion.js";
export type { CallHistory, CallRecord, ConversationRecord, HistoryOptions, TokenCountRecord } from "./call-history.js";
