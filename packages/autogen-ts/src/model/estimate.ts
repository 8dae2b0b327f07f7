/** Token counts for streams of endpoints that do not report any. */
import type { ModelParams } from "./client.js";
import type { ResponseMessage, ResponseUsage } from "../run/index.js";

/** A usual figure for English text and code. */
const CHARACTERS_PER_TOKEN = 4;
/** Each message is framed by three tokens, and so is the answer. Chapter 27, section 3. */
const FRAME_TOKENS = 3;

/** Usage by length of text; `estimated` says so. */
export function estimateUsage(messages: unknown, answers: readonly ResponseMessage[]): ResponseUsage {
  const asked = Array.isArray(messages) ? (messages as readonly unknown[]) : [];
  const prompt = asked.reduce<number>((sum, message) => sum + messageTokens(message), FRAME_TOKENS);
  const completion = answers.reduce((sum, answer) => sum + answerTokens(answer), 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, estimated: true };
}

/** What a request will use at most, as far as it says: its messages, and the answer when that has a limit. */
export function expectedTokens({ messages, prompt, max_completion_tokens: limit, max_tokens: older }: ModelParams): number {
  const answer = limit ?? older;
  const asked = estimateUsage(messages, []).total_tokens ?? 0;
  return asked + textTokens(prompt) + (typeof answer === "number" && answer > 0 ? answer : 0);
}

/** What the model wrote: text, and names and arguments of calls. */
function answerTokens({ content, tool_calls, function_call }: ResponseMessage): number {
  const called = [...(tool_calls ?? []).map((call) => call.function), ...(function_call ? [function_call] : [])];
  return called.reduce((sum, call) => sum + textTokens(call.name) + textTokens(call.arguments), textTokens(content));
}

function messageTokens(message: unknown): number {
  if (typeof message !== "object" || message === null) return 0;
  const entries = Object.entries(message);
  return entries.reduce((sum, [key, value]) => sum + textTokens(value) + (key === "name" ? 1 : 0), FRAME_TOKENS);
}

function textTokens(value: unknown): number {
  if (value === undefined || value === null) return 0;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
