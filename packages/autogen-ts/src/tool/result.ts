/** From what an implementation gave to what the model reads. Specification chapter 11, section 6.4 (D11-5, D11-8). */
import type { ContentPart } from "../message/index.js";
import type { ToolOutcome } from "../run/index.js";

/** Longer results lose their middle unless a tool or its agent says otherwise. */
export const MAX_OUTPUT_CHARS = 1_000_000;

/**
 * A text stays as it is, everything else becomes compact JSON, nothing becomes `null`. Maps, sets, errors and lists of
 * numbers are written with what they hold, which JSON would leave out.
 *
 * @throws TypeError for cycles, BigInt and binary data, which the caller tells the model
 */
export function resultText(value: unknown): string {
  if (typeof value === "string") return value;
  refuseBytes(value);
  return JSON.stringify(value, withContents) ?? "null";
}

function withContents(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = contentsOf(value);
  // Before they are written: a `Buffer` becomes a list of numbers that takes many times its memory.
  if (Array.isArray(known)) known.forEach(refuseBytes);
  else for (const key of Object.keys(known)) refuseBytes((known as Readonly<Record<string, unknown>>)[key]);
  return known;
}

function contentsOf(value: object): object {
  if (value instanceof Map) {
    const entries: readonly (readonly [unknown, unknown])[] = [...value];
    return entries.every(([key]) => typeof key === "string") ? (Object.fromEntries(entries) as object) : entries;
  }
  if (value instanceof Set) return [...(value as ReadonlySet<unknown>)];
  if (value instanceof Error) return { name: value.name, message: value.message };
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value; // Of numbers: bytes were refused.
}

function refuseBytes(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const isBinary =
    value instanceof ArrayBuffer ||
    value instanceof Uint8Array ||
    value instanceof Uint8ClampedArray ||
    value instanceof DataView;
  if (!isBinary) return;
  throw new TypeError(`it holds ${String(value.byteLength)} bytes of binary data. Give a text, or an image by \`imagePart\``);
}

/**
 * The outcome of a call that gave `value`. Parts of content, of which one at least is an image, become a text with the
 * images beside it; all else becomes text.
 */
export function outcomeOf(value: unknown, maxChars: number): ToolOutcome {
  const parts = contentParts(value);
  if (parts === null) return { ok: true, content: shortened(jsonText(value), maxChars) };
  const images = parts.filter(isImage);
  const text = parts.map((part) => (isImage(part) ? "<image>" : textOf(part))).join("\n");
  return { ok: true, content: shortened(text, maxChars), images };
}

/** A call that failed in a way that the model is told of. */
export const failure = (reason: string, maxChars: number = MAX_OUTPUT_CHARS): ToolOutcome => ({
  ok: false,
  content: shortened(`Error: ${reason}`, maxChars),
});

function jsonText(value: unknown): string {
  try {
    return resultText(value);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n", 1)[0] : "it throws";
    throw new TypeError(`the result of the tool cannot be written as JSON: ${String(why)}`, { cause: error });
  }
}

/** Keeps the beginning and the end, and says what is gone. */
function shortened(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const half = Math.floor(maxChars / 2);
  const [start, end] = [text.slice(0, half), text.slice(text.length - half)];
  // A cut may not go through a pair of surrogates: the half of one is no character.
  const head = /[\uD800-\uDBFF]$/u.test(start) ? start.slice(0, -1) : start;
  const tail = /^[\uDC00-\uDFFF]/u.test(end) ? end.slice(1) : end;
  const left = text.length - head.length - tail.length;
  return `${head}\n… ${String(left)} of ${String(text.length)} characters left out …\n${tail}`;
}

/** One image, or a list of texts and images. */
function contentParts(value: unknown): readonly ContentPart[] | null {
  if (isImage(value)) return [value];
  if (!Array.isArray(value) || !value.some(isImage) || !value.every((part) => isImage(part) || isText(part))) return null;
  return value;
}

function isImage(part: unknown): part is ContentPart {
  if (typeof part !== "object" || part === null) return false;
  const { type, image_url: image } = part as { readonly type?: unknown; readonly image_url?: { readonly url?: unknown } };
  return type === "image_url" && typeof image === "object" && image !== null && typeof image.url === "string";
}

function isText(part: unknown): part is ContentPart {
  if (typeof part !== "object" || part === null) return false;
  const { type, text } = part as { readonly type?: unknown; readonly text?: unknown };
  return type === "text" && typeof text === "string";
}

const textOf = (part: ContentPart): string => ("text" in part && typeof part.text === "string" ? part.text : "");

/**
 * An image as a tool gives it, for its result.
 *
 * @param image an address (`https:` or `data:`), or the bytes of a file
 * @param mediaType of the bytes
 */
export function imagePart(image: string | Uint8Array, mediaType: string = "image/png"): ContentPart {
  const url = typeof image === "string" ? image : `data:${mediaType};base64,${base64(image)}`;
  return { type: "image_url", image_url: { url } };
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
