/** From what a server answers to what a model reads. Specification chapter 43, section 2. */
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/client";
import type { ContentPart } from "../../core.js";
import { sliceWhole } from "./clean-text.js";

/** What a call gave. `ok: false` is a failure that the server reports of its tool. */
export interface McpResult {
  readonly ok: boolean;
  /** All texts, within the limit; images and sounds as notes. */
  readonly text: string;
  /** The images as they came. */
  readonly images: readonly McpImage[];
  /** What the server gave as data, unchanged; undefined when it gave none. */
  readonly structured: unknown;
}

/** An image of a result. */
export interface McpImage {
  /** For example `image/png`. */
  readonly mimeType: string;
  /** Base64. */
  readonly data: string;
}

/** Blocks become texts in their order, joined by blank lines; structured content counts when there is no text (chapter 43). */
export function resultOf(result: CallToolResult, maxCharacters: number): McpResult {
  const { content, structuredContent: structured, isError = false } = result;
  const images: McpImage[] = [];
  const texts = content.map((block) => {
    if (block.type === "image" && IMAGE.test(block.mimeType)) images.push({ mimeType: block.mimeType, data: block.data });
    return textOfBlock(block);
  });
  if (structured !== undefined && !content.some(({ type }) => type === "text")) texts.push(JSON.stringify(structured));
  return { ok: !isError, text: capped(texts.join("\n\n"), maxCharacters), images, structured };
}

/** It becomes part of an address: a server may not write the rest of it. */
const IMAGE = /^image\/[\w.+-]{1,40}$/;

/** The text and the images as parts of a message. */
export function partsOf({ text, images }: McpResult): readonly ContentPart[] {
  return [
    { type: "text", text },
    ...images.map(({ mimeType, data }) => ({
      type: "image_url",
      image_url: { url: `data:${mimeType};base64,${data}` },
    })),
  ];
}

/** The beginning, and a word to the model on what is missing. */
export function capped(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const note = `[Cut: these are the first ${String(maxCharacters)} of ${String(text.length)} characters. Ask for less, or for a part.]`;
  return `${sliceWhole(text, maxCharacters)}\n\n${note}`;
}

function textOfBlock(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return binaryNote(block.type, block.mimeType, block.data);
    case "resource_link":
      return `[${block.title ?? block.name}](${block.uri})${block.description === undefined ? "" : ` ${block.description}`}`;
    case "resource":
      return textOfResource(block.resource);
    default:
      return `[A block of a kind that is not known here: ${String((block as { readonly type?: unknown }).type)}]`;
  }
}

/** What a resource holds: its text under its address, or a note on bytes. */
export function textOfResource(resource: {
  readonly uri: string;
  readonly mimeType?: string | undefined;
  readonly text?: string;
  readonly blob?: string;
}): string {
  const { uri, mimeType = "bytes", text, blob = "" } = resource;
  return `${uri}\n${text ?? binaryNote("file", mimeType, blob)}`;
}

const binaryNote = (kind: string, mimeType: string, base64: string): string =>
  `[${kind}: ${mimeType}, ${String(Math.floor((base64.length * 3) / 4))} bytes, not shown as text]`;
