/** Where names stand in a text, longest first: what a longer name covers does not count for a shorter one (D12-6). */

/** A name, and where it stands: from `start` to before `end`. */
export interface FoundName<Name extends string = string> {
  readonly name: Name;
  readonly start: number;
  readonly end: number;
}

/** All places, in order of appearance. A name counts when it is not inside of a longer word. */
export function namesIn<Name extends string>(text: string, names: readonly Name[]): FoundName<Name>[] {
  const spelled = names
    .filter((name) => name !== "")
    .flatMap((name) => spellingsOf(name).map((spelling) => ({ name, spelling })));
  spelled.sort((a, b) => b.spelling.length - a.spelling.length);
  const found: FoundName<Name>[] = [];
  const taken = new Uint8Array(text.length);
  for (const { name, spelling } of spelled) {
    for (let start = text.indexOf(spelling); start !== -1; start = text.indexOf(spelling, start + 1)) {
      const end = start + spelling.length;
      if (taken.subarray(start, end).includes(1) || !isApart(text, start, end)) continue;
      taken.fill(1, start, end);
      found.push({ name, start, end });
    }
  }
  return found.toSorted((a, b) => a.start - b.start);
}

/** As it is, with blanks in place of underscores, and with underscores escaped as in Markdown. */
function spellingsOf(name: string): readonly string[] {
  return name.includes("_") ? [name, name.replaceAll("_", " "), name.replaceAll("_", "\\_")] : [name];
}

const WORD = /[\p{L}\p{N}_]/u;
/** Scripts that put no blanks between words, and Korean, whose particles follow a name without one. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]/u;

/** Whether no word goes on at either end. Between unspaced scripts and others a word ends without a blank. */
function isApart(text: string, start: number, end: number): boolean {
  return !continues(before(text, start), at(text, start)) && !continues(before(text, end), at(text, end));
}

const continues = (left: string, right: string): boolean =>
  WORD.test(left) && WORD.test(right) && !UNSPACED.test(left) && !UNSPACED.test(right);

/** Characters outside the basic plane have two halves. */
const at = (text: string, index: number): string => String.fromCodePoint(text.codePointAt(index) ?? 32);
const before = (text: string, index: number): string => {
  const low = text.charCodeAt(index - 1);
  return low >= 0xdc00 && low <= 0xdfff ? at(text, index - 2) : at(text, index - 1);
};
