/**
 * Texts in portions that tokenizers can take. They first split a text where its kind of character changes, and need time
 * with the square of the length of what stays together: a message of 100 000 equal characters would stop a program for
 * half a minute.
 */

/** Characters that stay together. A multiple of 3, by which digits are grouped, and of the usual runs of blanks. */
const LONGEST_RUN = 768;

/**
 * Kinds of characters that vocabularies keep together. Marks belong to words in one of them and to signs in another, so
 * they are in two.
 */
const KINDS = ["\\p{L}\\p{M}", "\\p{N}", "\\s", "^\\s\\p{L}\\p{N}"];

let longRuns: readonly RegExp[] | undefined;

/**
 * The text in one piece, or in several when a run of one kind of character is longer than any word is. Put together they
 * are the text. The sum of their tokens may differ from the text's by one for each cut.
 */
export function boundedPieces(text: string): readonly string[] {
  if (text.length <= LONGEST_RUN) return text === "" ? [] : [text];
  longRuns ??= KINDS.map(runsOf);
  return longRuns.reduce<readonly string[]>((pieces, run) => pieces.flatMap((piece) => cut(piece, run)), [text]);
}

/**
 * Runs that are too long, from their start on: the look behind makes each character the start of at most one try. Made on
 * first use, since each costs as much as importing several modules.
 */
const runsOf = (kind: string): RegExp => new RegExp(`(?<![${kind}])[${kind}]{${String(LONGEST_RUN + 1)},}`, "gu");

function cut(text: string, run: RegExp): readonly string[] {
  if (text.length <= LONGEST_RUN) return [text];
  const pieces: string[] = [];
  let end = 0;
  for (const match of text.matchAll(run)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push(...portions(match[0]));
    end = match.index + match[0].length;
  }
  if (end === 0) return [text];
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** None of them ends in the middle of a character that takes two places. */
function portions(run: string): readonly string[] {
  const found: string[] = [];
  for (let start = 0; start < run.length;) {
    const end = start + LONGEST_RUN;
    const length = isHighHalf(run.charCodeAt(end - 1)) ? LONGEST_RUN - 1 : LONGEST_RUN;
    found.push(run.slice(start, start + length));
    start += length;
  }
  return found;
}

const isHighHalf = (code: number): boolean => code >= 0xd8_00 && code <= 0xdb_ff;
