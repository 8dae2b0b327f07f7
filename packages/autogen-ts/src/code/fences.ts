/**
 * Fences as people and models write them: a superset of the reference's pattern. Differences (specification
 * chapter 24, section 1): languages such as `c++`, words after the language, tildes, and longer fences around
 * shorter ones. What must stay: a fence may open in the middle of a line, and the first line is never a closing.
 */

/** One fenced block and where it stands in the text. */
export interface Fence {
  readonly language: string;
  readonly code: string;
  readonly start: number;
  /** Behind the closing fence. */
  readonly end: number;
}

/** All fenced blocks of `text`, in order; linear time. */
export function extendedFences(text: string): Fence[] {
  const closings = new Closings(text);
  const fences: Fence[] = [];
  const marks = /`{3,}|~{3,}/g;
  let line = { start: 0, end: -1 };
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark.index > line.end) line = lineAround(text, mark.index);
    if (line.end === text.length) return fences; // no line below: nothing can be fenced any more
    const language = openingLanguage(text, line, mark.index, mark[0]);
    if (language === undefined) continue;
    const closing = closings.after(line.end + 1, mark[0]);
    if (closing === undefined) continue;
    fences.push({ language, code: text.slice(line.end + 1, closing.start), start: mark.index, end: closing.end });
    marks.lastIndex = closing.end;
  }
  return fences;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function lineAround(text: string, index: number): Span {
  const end = text.indexOf("\n", index);
  return { start: text.lastIndexOf("\n", index) + 1, end: end === -1 ? text.length : end };
}

/** The language after `mark`, or undefined when the mark opens nothing. */
function openingLanguage(text: string, line: Span, index: number, mark: string): string | undefined {
  const atLineStart = isBlankBetween(text, line.start, index);
  const afterMark = index + mark.length;
  if (mark.startsWith("~")) return atLineStart ? leadingLanguage(text.slice(afterMark, line.end)) : undefined;
  const nextBacktick = text.indexOf("`", afterMark);
  if (nextBacktick !== -1 && nextBacktick < line.end) return undefined;
  const information = text.slice(afterMark, line.end).trim();
  if (atLineStart) return leadingLanguage(information);
  return /^\w*$/.test(information) ? information : undefined;
}

function leadingLanguage(information: string): string {
  return /^[\w+#.-]*/.exec(information.trimStart())?.[0] ?? "";
}

/** Reads backwards, so that a long line with many marks is read once in all. */
function isBlankBetween(text: string, start: number, end: number): boolean {
  for (let index = end - 1; index >= start; index--) {
    const character = text[index];
    if (character !== " " && character !== "\t") return false;
  }
  return true;
}

interface Closing extends Span {
  readonly character: string;
  readonly length: number;
}

/** All lines that could close a fence, with the longest still to come, so that a hopeless search ends at once. */
class Closings {
  readonly #list: readonly Closing[];
  readonly #longest: readonly { readonly backtick: number; readonly tilde: number }[];
  #next = 0;

  constructor(text: string) {
    this.#list = [...text.matchAll(/\r?\n[ \t]*(`{3,}|~{3,})/g)].map((match) => {
      const marks = match[1] ?? "";
      return { start: match.index, end: match.index + match[0].length, character: marks.charAt(0), length: marks.length };
    });
    this.#longest = longestFrom(this.#list);
  }

  /** The first closing of at least the opening's length. Positions asked for never go down. */
  after(position: number, opening: string): Closing | undefined {
    while ((this.#list[this.#next]?.start ?? Infinity) < position) this.#next++;
    const longest = this.#longest[this.#next];
    const character = opening.charAt(0);
    if (longest === undefined) return undefined;
    if ((character === "`" ? longest.backtick : longest.tilde) < opening.length) return undefined;
    let index = this.#next;
    for (let closing = this.#list[index]; closing !== undefined; closing = this.#list[++index]) {
      if (closing.character === character && closing.length >= opening.length) return closing;
    }
    return undefined;
  }
}

function longestFrom(list: readonly Closing[]): { backtick: number; tilde: number }[] {
  const longest: { backtick: number; tilde: number }[] = [];
  let backtick = 0;
  let tilde = 0;
  for (let index = list.length - 1; index >= 0; index--) {
    const closing = list[index];
    if (closing === undefined) continue;
    if (closing.character === "`") backtick = Math.max(backtick, closing.length);
    else tilde = Math.max(tilde, closing.length);
    longest[index] = { backtick, tilde };
  }
  return longest;
}
