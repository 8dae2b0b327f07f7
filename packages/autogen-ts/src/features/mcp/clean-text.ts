/** Texts of servers that nobody vouches for, made fit to be shown to models and people. */

/** A text, and what was taken from it. */
export interface CleanText {
  readonly text: string;
  /** How many characters were removed that nobody sees but models read. */
  readonly hidden: number;
  /** Whether the end was cut off. */
  readonly cut: boolean;
}

/**
 * Control and format characters, private use, lone surrogates, variation selectors: among them are
 * the ones that turn the direction of writing, and the tag characters in which whole sentences can be hidden.
 */
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Variation_Selector}]/gu;

/** Takes out what is hidden, and what is longer than `maxCharacters` (UTF-16 units). */
export function cleanText(raw: string, maxCharacters: number): CleanText {
  let hidden = 0;
  const visible = raw.replaceAll("\r\n", "\n").replace(HIDDEN, () => {
    hidden += 1;
    return "";
  });
  const trimmed = visible.trim();
  const cut = trimmed.length > maxCharacters;
  return { text: cut ? `${sliceWhole(trimmed, maxCharacters)} …` : trimmed, hidden, cut };
}

/** The first `length` units, without half a character at the end. */
export function sliceWhole(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/** Sentences in descriptions of tools that speak to the model about something else than the tool. */
const INSTRUCTIONS: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|prior|above|other|all|your)\b.{0,30}\binstructions?\b/iu,
  /\b(?:do not|don't|never)\s+(?:tell|mention|inform|reveal|show|disclose)\b/iu,
  /<\s*\/?\s*(?:important|system|instructions?|secret|admin)\s*>/iu,
  /\b(?:before|after|when)\s+(?:using|calling|you use|you call)\s+(?:any|another|other|every|all)\b/iu,
  /\b(?:system prompt|without (?:asking|telling) the user|api[ _-]?keys?\b.{0,40}\b(?:include|send|pass|read))/iu,
  /\b(?:read|open|send|include)\b.{0,40}(?:~\/|\.ssh|id_rsa|\.env\b|\/etc\/passwd)/iu,
];

/** The sentence that reads like an order to the model, shortened; null when none does. It finds clumsy ones only. */
export function instructionIn(text: string): string | null {
  for (const pattern of INSTRUCTIONS) {
    const found = pattern.exec(text);
    if (found !== null) return sliceWhole(text.slice(Math.max(0, found.index - 20)).replaceAll(/\s+/gu, " "), 120);
  }
  return null;
}
