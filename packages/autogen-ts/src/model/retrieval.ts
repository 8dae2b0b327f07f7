/** What a response says, choice by choice. Chapter 20, section 8; an empty list of calls counts as none. */
import type { ModelResponse, ResponseMessage } from "../run/index.js";

/** One element per choice: the text, or the whole message when it has calls. */
export function textOrCompletionObjects(response: ModelResponse): readonly (string | null | ResponseMessage)[] {
  return response.choices.map(({ message, text }) => {
    if (message === undefined || message === null) return text ?? null;
    return hasCalls(message) ? message : (message.content ?? null);
  });
}

function hasCalls({ tool_calls, function_call }: ResponseMessage): boolean {
  if (function_call !== undefined && function_call !== null) return true;
  return tool_calls !== undefined && tool_calls !== null && tool_calls.length > 0;
}
