/**
 * Code blocks in a text. Specification chapter 24, section 1.
 * Two readers of fences: the reference's exact pattern, and a superset of it that is the default.
 */
import type { CodeBlock } from "../run/index.js";
import { extendedFences } from "./fences.js";
import type { Fence } from "./fences.js";
import { strictFences } from "./fences-strict.js";
import { inferLanguage } from "./infer-language.js";

/** How blocks are looked for. */
export interface ExtractOptions {
  /** Also report `inline code` between single backticks; a text without any code then gives an empty list. @default false */
  readonly detectSingleLine?: boolean;
  /** Read fences exactly as the reference does: three backticks, a language of word characters, nothing else. @default false */
  readonly strictReferenceExtraction?: boolean;
}

/** Language as written, `""` when absent, and the code. */
export type ExtractedCode = readonly [language: string, code: string];

/**
 * All code of `text`, in order. A text without a block is one element of language `unknown`.
 * Time grows linearly with the length of the text, whatever the text.
 */
export function extractCode(
  text: string,
  { detectSingleLine = false, strictReferenceExtraction = false }: ExtractOptions = {},
): ExtractedCode[] {
  const fences = fencesOf(text, strictReferenceExtraction);
  if (detectSingleLine) return withInlineCode(text, fences);
  if (fences.length === 0) return [["unknown", text]];
  return fences.map(({ language, code }) => [language, code]);
}

/** The blocks of `text` with their languages, inferred where none is written; `""` when it cannot be inferred. */
export function extractCodeBlocks(text: string, { strictReferenceExtraction = false }: ExtractOptions = {}): CodeBlock[] {
  return fencesOf(text, strictReferenceExtraction).map(({ language, code }) => ({
    language: language === "" ? inferredOrEmpty(code) : language,
    code,
  }));
}

/** Finds the code blocks of a message. */
export interface CodeExtractor {
  extractCodeBlocks(text: string): CodeBlock[];
}

/** The extractor of Markdown, as an object for those who swap extractors. */
export class MarkdownCodeExtractor implements CodeExtractor {
  readonly #options: ExtractOptions;

  constructor(options: ExtractOptions = {}) {
    this.#options = options;
  }

  extractCodeBlocks(text: string): CodeBlock[] {
    return extractCodeBlocks(text, this.#options);
  }
}

function fencesOf(text: string, strict: boolean): Fence[] {
  return strict ? strictFences(text) : extendedFences(text);
}

function inferredOrEmpty(code: string): string {
  const language = inferLanguage(code);
  return language === "unknown" ? "" : language;
}

function withInlineCode(text: string, fences: readonly Fence[]): ExtractedCode[] {
  const found: ExtractedCode[] = [];
  let position = 0;
  for (const fence of fences) {
    found.push(...inlineCode(text.slice(position, fence.start)), [fence.language.trim(), fence.code.trim()]);
    position = fence.end;
  }
  found.push(...inlineCode(text.slice(position)));
  return found;
}

function inlineCode(text: string): ExtractedCode[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => ["", (match[1] ?? "").trim()]);
}
