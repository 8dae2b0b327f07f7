/** From the text that a model wrote as arguments to an object. Specification chapter 11, section 6.1. */
import type { Json } from "../message/index.js";

/** Arguments by name. */
export interface ToolArguments {
  readonly [name: string]: Json;
}

/** The arguments as an object, or what to tell the model. */
export type ParsedArguments =
  | { readonly ok: true; readonly args: ToolArguments }
  | { readonly ok: false; readonly content: string };

/** Nobody means to send more to a tool; a model that repeats itself does. */
const MAX_CHARACTERS = 1_000_000;
/** Deeper than any schema for arguments, and far from the end of the stack of whoever reads them. */
const MAX_DEPTH = 100;

/**
 * Reads arguments, and mends what models often get wrong: empty text and `null` are `{}` (D11-3), line breaks in texts,
 * code fences around the object, commas before a closing bracket, JSON inside of a JSON text. Anything but an object is
 * a text for the model (D11-4). What was cut off is never completed.
 */
export function parseArguments(text: string | null | undefined): ParsedArguments {
  const given = text ?? "";
  if (given.trim() === "") return { ok: true, args: {} };
  if (given.length > MAX_CHARACTERS) {
    return refused(`the arguments have ${String(given.length)} characters; at most ${String(MAX_CHARACTERS)} are taken.`);
  }
  const parsed = parseLoosely(given);
  if ("problem" in parsed) return refused(`${parsed.problem}\n The argument must be in JSON format.`);
  const { value } = parsed;
  if (value === null) return { ok: true, args: {} };
  if (!isObject(value)) return refused("the arguments must be a JSON object.");
  const problem = problemIn(value);
  return problem === null ? { ok: true, args: value } : refused(problem);
}

const refused = (why: string): ParsedArguments => ({ ok: false, content: `Error: ${why}` });

type Parsed = { readonly value: Json } | { readonly problem: string };

/** As it stands, then mended step by step. What is wrong is said of the text as the model wrote it. */
function parseLoosely(text: string): Parsed {
  const first = parse(text);
  const mended = "value" in first ? first : mend(text);
  if (mended === null) return first;
  // A model that writes JSON as a text inside of JSON; twice is the most that has been seen.
  let { value } = mended;
  for (let level = 0; level < 2 && typeof value === "string"; level += 1) {
    const inner = parse(value);
    const found = "value" in inner ? inner : mend(value);
    if (found === null) break;
    value = found.value;
  }
  return { value: typeof value === "string" && value.trim() === "" ? null : value };
}

function mend(text: string): { readonly value: Json } | null {
  const unfenced = withoutFences(text);
  const escaped = escapeControls(unfenced);
  for (const candidate of [formatJsonStr(text), unfenced, escaped, withoutTrailingCommas(escaped)]) {
    const parsed = parse(candidate);
    if ("value" in parsed) return parsed;
  }
  return null;
}

function parse(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Drops line breaks outside of strings and escapes line breaks and tabs inside of them, as the reference does. */
export function formatJsonStr(text: string): string {
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

/** What stands between a first line of three backticks and the last three. */
function withoutFences(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith("```") || !trimmed.endsWith("```") || trimmed.length < 6) return text;
  return trimmed.slice(3, -3).replace(/^[a-zA-Z0-9]*\s*/, "");
}

/** What must not stand in a JSON text as it is. Unlike the reference's repair, this knows that `\\"` ends a text. */
function escapeControls(text: string): string {
  return outsideAndInside(
    text,
    (outside) => outside,
    (inside) => inside.replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

function withoutTrailingCommas(text: string): string {
  return outsideAndInside(
    text,
    (outside) => outside.replaceAll(/,(?=\s*[}\]])/g, ""),
    (inside) => inside,
  );
}

/** Changes what is outside of JSON's texts, and what is inside, apart. */
function outsideAndInside(text: string, outside: (part: string) => string, inside: (part: string) => string): string {
  let result = "";
  let start = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inString && character === "\\") index += 1;
    else if (character === '"') {
      result += (inString ? inside : outside)(text.slice(start, index)) + '"';
      start = index + 1;
      inString = !inString;
    }
  }
  return result + (inString ? inside : outside)(text.slice(start));
}

/** What JSON can say, but nobody could be shown or told again as it is. */
function problemIn(root: Json): string | null {
  let level: readonly unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return `the arguments are nested more than ${String(MAX_DEPTH)} levels deep.`;
    // `1e999` is read as infinity and written as null.
    if (level.some((value) => value === Infinity || value === -Infinity)) {
      return "the arguments have a number that is too large for JSON numbers of 64 bits.";
    }
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? (Object.values(value) as readonly unknown[]) : [],
    );
  }
  return null;
}

const isObject = (value: Json): value is ToolArguments => typeof value === "object" && value !== null && !Array.isArray(value);
