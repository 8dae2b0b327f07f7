/** Tokens of messages: their values, and what frames them on the way to the model. Specification chapter 27, section 3. */
import type { Run } from "../../run/index.js";
import { canonicalName, encodingOf, type EncodingName } from "./encoding.js";
import { spacedJson } from "./spaced-json.js";
import type { Tokenizer } from "./tokenizer.js";

/** How a model's messages are framed. */
export interface MessageRule {
  readonly encoding: EncodingName;
  /** Tokens around each message. */
  readonly frame: number;
  /** Tokens that a name costs besides its own. */
  readonly name: number;
  /** Whether that is how this very model does it. */
  readonly exact: boolean;
}

interface Counting {
  readonly rule: MessageRule;
  readonly tokenizer: Tokenizer;
  readonly run?: Pick<Run, "warn">;
}

interface Counted {
  readonly tokens: number;
  readonly estimated: boolean;
}

/** What starts the answer. */
export const REPLY = 3;
/** Tokens of an image: `detail: "low"`, and a usual one otherwise. Its data is no text. */
const IMAGE = { low: 85, other: 765 };

const COUNTED_LIKE_GPT_4 = /gpt-3\.5-turbo|gpt-4|gemini|claude|mistral-|mixtral-/;

/** Names the reference knows are counted as gpt-3.5 and gpt-4 are; all others by their own vocabulary, where it is known. */
export function messageRule(model: string): MessageRule {
  const name = canonicalName(model);
  if (name === "gpt-3.5-turbo-0301") return { encoding: "cl100k_base", frame: 4, name: -1, exact: true };
  const { encoding, known } = encodingOf(name);
  if (!COUNTED_LIKE_GPT_4.test(name)) return { encoding, frame: 3, name: 1, exact: false };
  return { encoding: "cl100k_base", frame: 3, name: 1, exact: known && encoding === "cl100k_base" };
}

/** Tokens of a list of messages with the start of the answer. What is no object adds nothing. */
export function messageTokens(messages: readonly unknown[], counting: Counting): Counted {
  let sum: Counted = { tokens: REPLY, estimated: false };
  for (const message of messages) {
    if (typeof message === "object" && message !== null) sum = plus(sum, 0, framedTokens(message, counting));
  }
  return sum;
}

/** Tokens of one message with its frame, without the start of the answer. */
export function framedTokens(message: object, counting: Counting): Counted {
  let sum: Counted = { tokens: counting.rule.frame, estimated: false };
  for (const [key, value] of Object.entries(message)) {
    if (value === null || value === undefined) continue;
    sum = plus(sum, key === "name" ? counting.rule.name : 0, valueTokens(value, counting));
  }
  return sum;
}

function valueTokens(value: unknown, { tokenizer, run }: Counting): Counted {
  if (typeof value === "string") return { tokens: tokenizer.countTokens(value), estimated: false };
  const { rest, images } = withoutImages(value);
  const text = rest === undefined ? "" : spacedJson(rest);
  if (text === null) run?.warn("tokens-skipped", "A value in a message cannot be written as JSON: its tokens are not counted.");
  return { tokens: tokenizer.countTokens(text ?? "") + images, estimated: images > 0 };
}

/** Images have a price of their own; the address or data of one says nothing about it. */
function withoutImages(value: unknown): { readonly rest: unknown; readonly images: number } {
  if (!Array.isArray(value)) return { rest: value, images: 0 };
  const parts: readonly unknown[] = value;
  const rest = parts.filter((part) => !isImage(part));
  if (rest.length === parts.length) return { rest: value, images: 0 };
  const images = parts.filter(isImage).reduce((sum, part) => sum + imageTokens(part), 0);
  return { rest: rest.length === 0 ? undefined : rest, images };
}

function isImage(part: unknown): part is { readonly image_url?: unknown } {
  return typeof part === "object" && part !== null && "type" in part && part.type === "image_url";
}

function imageTokens({ image_url: image }: { readonly image_url?: unknown }): number {
  const detail = typeof image === "object" && image !== null && "detail" in image ? image.detail : undefined;
  return detail === "low" ? IMAGE.low : IMAGE.other;
}

function plus(sum: Counted, tokens: number, more: Counted = { tokens: 0, estimated: false }): Counted {
  return { tokens: sum.tokens + tokens + more.tokens, estimated: sum.estimated || more.estimated };
}
