/** How many tokens a request may use, by length of text: for limits that must be kept before an endpoint has counted. */
import type { ModelParams } from "./client.js";

/** A usual figure for English text and code. */
const CHARACTERS_PER_TOKEN = 4;
/** Each message is framed by three tokens, and so is the answer. Chapter 27, section 3. */
const FRAME_TOKENS = 3;

/** What a request will use at most, as far as it says: its messages, and the answer when that has a limit. */
export function expectedTokens({ messages, prompt, max_completion_tokens: limit, max_tokens: older }: ModelParams): number {
  const answer = limit ?? older;
  const list = Array.isArray(messages) ? (messages as readonly unknown[]) : [];
  const asked = list.reduce<number>((sum, message) => sum + messageTokens(message), FRAME_TOKENS);
  return asked + textTokens(prompt) + (typeof answer === "number" && answer > 0 ? answer : 0);
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
