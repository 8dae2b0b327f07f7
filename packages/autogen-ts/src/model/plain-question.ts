/** Questions beside the chat, such as for notes: answered by a text, whatever the settings ask of the agent's own answers. */
import type { Options } from "./option-keys.js";

/**
 * The `overrides` of a call of `OpenAIWrapper` for such a question. A `response_format` would make JSON of the notes, a `tool_choice` is refused by
 * endpoints when there are no tools, a filter was written for other answers, and a guard would ask for ever.
 */
export const PLAIN_QUESTION: Options = Object.freeze({
  context_guard: null,
  stream: false,
  filter_func: null,
  response_format: null,
  tools: null,
  tool_choice: null,
  parallel_tool_calls: null,
  functions: null,
  function_call: null,
});
