/** Marks that models put around an answer. */

/** White space, quotes, brackets, emphasis, punctuation: everything that is no letter, digit, or part of a name. */
const LEADING = /^[\s\p{P}\p{S}]+/u;
const TRAILING = /[\s\p{P}\p{S}]+$/u;

/** The text without marks at its ends, escaped underscores as underscores. Underscores that surround it are emphasis. */
export function withoutMarks(text: string): string {
  return text.replace(LEADING, "").replace(TRAILING, "").replaceAll("\\_", "_");
}
