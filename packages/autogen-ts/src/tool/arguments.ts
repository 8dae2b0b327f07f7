/** From the text that a model wrote as arguments to an object. Specification chapter 11, section 6.1. */
import type { Json } from "../message/index.js";

/** The arguments as an object, or what to tell the model. */
export type ParsedArguments =
  | { readonly ok: true; readonly args: { readonly [name: string]: Json } }
  | { readonly ok: false; readonly content: string };

/** Missing and empty text is `{}` (D11-3); anything but an object is a text for the model (D11-4). */
export function parseArguments(text: string | null | undefined): ParsedArguments {
  const given = text ?? "";
  if (given.trim() === "") return { ok: true, args: {} };
  let value: Json;
  try {
    value = JSON.parse(repairLineBreaks(given)) as Json;
  } catch (error) {
    return {
      ok: false,
      content: `Error: ${error instanceof Error ? error.message : String(error)}\n The argument must be in JSON format.`,
    };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, content: "Error: the arguments must be a JSON object." };
  }
  // A list was excluded; `Array.isArray` does not narrow readonly lists.
  return { ok: true, args: value as { readonly [name: string]: Json } };
}

/** Drops line breaks outside of strings and escapes line breaks and tabs inside of them. */
export function repairLineBreaks(text: string): string {
  if (!/[\n\t]/.test(text)) return text;
  let result = "";
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '"' && text.charAt(index - 1) !== "\\") inString = !inString;
    if (inString && character === "\n") result += "\\n";
    else if (inString && character === "\t") result += "\\t";
    else if (inString || character !== "\n") result += character;
  }
  return result;
}
