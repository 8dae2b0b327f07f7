/** Tokens of the text of a content. Specification chapter 14, section 8. */
import { countToken } from "../../core.js";
import { DEFAULT_MODEL, type CountingOptions } from "./counting.js";
import { textsOf } from "./message-texts.js";

/** Tokens of a text, or of the texts in a list of parts; 0 for anything else. */
export async function countTextTokens(
  content: unknown,
  { model = DEFAULT_MODEL, tokenizer }: CountingOptions = {},
): Promise<number> {
  let sum = 0;
  for (const text of textsOf(content)) sum += await countToken(text, model, tokenizer === undefined ? {} : { tokenizer });
  return sum;
}
