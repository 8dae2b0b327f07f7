/** Bodies of the model service's answers. */

const CREATED = 1_700_000_000;

/** @typedef {{ endpoint: string, number: number, model: unknown }} Place which answer of which endpoint */

/** The body of an ordinary answer. @param {any} reply @param {Place} place */
export function answerBody(reply, { endpoint, number, model }) {
  const { text, choices = [reply], usage = [10, 5], finish_reason } = reply;
  const common = { created: CREATED, model: reply.model ?? model, ...(usage === null ? {} : { usage: tokens(usage) }) };
  if (text !== undefined) {
    const texts = typeof text === "string" ? [text] : text;
    const answers = texts.map((one, index) => ({ index, text: one, logprobs: null, finish_reason: finish_reason ?? "stop" }));
    return { id: `cmpl-${endpoint}-${number}`, object: "text_completion", ...common, choices: answers };
  }
  const answers = choices.map((one, index) => ({
    index,
    message: messageOf(one),
    logprobs: null,
    finish_reason: one.finish_reason ?? finish_reason ?? finishReason(one),
  }));
  return { id: `chatcmpl-${endpoint}-${number}`, object: "chat.completion", ...common, choices: answers };
}

/** One piece of a streamed answer. @param {any} piece @param {any} reply @param {Place} place */
export function chunkBody({ delta, index = 0, finish_reason = null, no_choices, ...rest }, reply, { endpoint, number, model }) {
  return {
    id: `chatcmpl-${endpoint}-${number}`,
    object: "chat.completion.chunk",
    created: CREATED,
    model: reply.model ?? model,
    choices: no_choices === true ? [] : [{ index, delta: delta ?? rest, finish_reason }],
  };
}

const tokens = ([prompt, completion]) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

function messageOf({ content = null, tool_calls, function_call }) {
  const calls = tool_calls?.map(({ id, ...called }) => ({
    ...(id === undefined ? {} : { id }),
    type: "function",
    function: called,
  }));
  return {
    role: "assistant",
    content,
    ...(calls === undefined ? {} : { tool_calls: calls }),
    ...(function_call === undefined ? {} : { function_call }),
  };
}

function finishReason({ tool_calls, function_call }) {
  if (tool_calls !== undefined) return "tool_calls";
  return function_call === undefined ? "stop" : "function_call";
}

/** @typedef {{ model: string, prompt: number, completion: number } | null} Served */

/** What an answer counts as used. @param {any} reply @param {string} model of the request @returns {Served} */
export function usageOf(reply, model) {
  if (typeof reply === "string") return { model, prompt: 10, completion: 5 };
  if (reply.status !== undefined || reply.error !== undefined) return { model, prompt: 0, completion: 0 };
  const { usage = [10, 5], stream } = reply;
  if (usage === null || stream !== undefined) return null;
  return { model: reply.model ?? model, prompt: usage[0], completion: usage[1] };
}
