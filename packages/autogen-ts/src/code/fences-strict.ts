/**
 * Fences by the reference's exact pattern (specification chapter 24, section 1), read without a regular
 * expression that could go back and forth over a hostile text.
 */
import type { Fence } from "./fences.js";

/** Three backticks, optional language of word characters, line break, code, line break, three backticks. */
export function strictFences(text: string): Fence[] {
  const fences: Fence[] = [];
  const closing = /\r?\n[ \t]*```/g;
  let position = 0;
  for (;;) {
    const opening = nextOpening(text, position);
    if (opening === undefined) return fences;
    closing.lastIndex = opening.end;
    const close = closing.exec(text);
    if (close === null) return fences; // no later opening can have a closing either
    const end = close.index + close[0].length;
    fences.push({ language: opening.language, code: text.slice(opening.end, close.index), start: opening.start, end });
    position = end;
  }
}

interface Opening {
  readonly language: string;
  readonly start: number;
  readonly end: number;
}

function nextOpening(text: string, from: number): Opening | undefined {
  for (let start = text.indexOf("```", from); start !== -1; start = text.indexOf("```", start + 1)) {
    const word = skip(text, start + 3, isBlank);
    const afterWord = skip(text, word, isWordCharacter);
    const afterBlanks = skip(text, afterWord, isBlank);
    const lineBreak = text[afterBlanks] === "\r" ? afterBlanks + 1 : afterBlanks;
    if (text[lineBreak] === "\n") return { language: text.slice(word, afterWord), start, end: lineBreak + 1 };
  }
  return undefined;
}

function skip(text: string, from: number, accept: (character: string) => boolean): number {
  let position = from;
  while (position < text.length && accept(text.charAt(position))) position++;
  return position;
}

const isBlank = (character: string): boolean => character === " " || character === "\t";
const isWordCharacter = (character: string): boolean => /\w/.test(character);
