/** Where names stand in a text, longest first: what a longer name covers does not count for a shorter one (D12-6). */

/** A name, and where it stands: from `start` to before `end`. */
export interface FoundName<Name extends string = string> {
  readonly name: Name;
  readonly start: number;
  readonly end: number;
}

interface Spelling<Name extends string> {
  readonly name: Name;
  readonly text: string;
}

/** Names to be found, and how they may be written. */
export class NameList<Name extends string = string> {
  readonly ignoreCase: boolean;
  /** Longest first. */
  readonly spellings: readonly Spelling<Name>[];
  readonly #exact: ReadonlyMap<string, Name>;
  readonly #bare: ReadonlyMap<string, Name | null>;
  readonly #plain: ReadonlyMap<string, Name | null>;

  constructor(names: readonly Name[], { ignoreCase, strict }: { readonly ignoreCase: boolean; readonly strict: boolean }) {
    const known = names.filter((name) => name.trim() !== "");
    this.ignoreCase = ignoreCase;
    const spellings = known.flatMap((name) => spellingsOf(name, strict).map((text) => ({ name, text })));
    this.spellings = spellings.toSorted((a, b) => b.text.length - a.text.length);
    this.#exact = new Map(known.map((name) => [name, name]));
    this.#bare = only(known, (name) => bare(formOf(name, strict)));
    this.#plain = strict ? new Map() : only(known, plain);
  }

  /** The name that this text is, marks around it aside; null when it is none, or when marks are all that tells names apart. */
  exactly(text: string): Name | null {
    const inner = bare(text);
    return this.#exact.get(text.trim()) ?? this.#exact.get(inner) ?? this.#bare.get(inner) ?? null;
  }

  /** The same, in other case or spelling too: `CODE REVIEWER`, `the Code-Reviewer`. Single letters are words, not names. */
  written(text: string): Name | null {
    const inner = bare(text).replace(ARTICLE, "").replace(COURTESY, "");
    const key = plain(inner);
    return this.exactly(text) ?? this.exactly(inner) ?? (key.length < 2 ? null : (this.#plain.get(key) ?? null));
  }
}

/** Names by a key; null for a key that several have. */
function only<Name extends string>(names: readonly Name[], keyOf: (name: Name) => string): Map<string, Name | null> {
  const byKey = new Map<string, Name | null>();
  for (const name of names) {
    const key = keyOf(name);
    if (key !== "") byKey.set(key, byKey.has(key) && byKey.get(key) !== name ? null : name);
  }
  return byKey;
}

const ARTICLE = /^(?:the|der|die|das|den|dem)\s+/iu;
/** How names are treated in Japanese and Chinese. */
const COURTESY = /(?:さん|先生)?(?:です|でしょう)?$/u;

/** As it is, with blanks in place of underscores, and with underscores escaped as in Markdown; with hyphens, unless strict. */
function spellingsOf(name: string, strict: boolean): readonly string[] {
  const form = formOf(name, strict);
  if (!form.includes("_")) return [form];
  const others = strict ? [" ", "\\_"] : [" ", "\\_", "-"];
  return [form, ...others.map((other) => form.replaceAll("_", other))];
}

/** Answers are read with their letters in one form, unless strictly; so must be names. */
const formOf = (name: string, strict: boolean): string => (strict ? name : name.normalize("NFKC"));

/** All places, in order of appearance. A name counts when it is not inside of a longer word. */
export function namesIn<Name extends string>(
  text: string,
  known: NameList<Name>,
  ignoreCase: boolean = known.ignoreCase,
): FoundName<Name>[] {
  const found: FoundName<Name>[] = [];
  const taken = new Uint8Array(text.length);
  // Names that differ only in case go by the letters that are there.
  for (const anyCase of ignoreCase ? [false, true] : [false]) {
    const where = anyCase ? lowered(text) : text;
    for (const { name, text: spelling } of known.spellings) {
      const what = anyCase ? lowered(spelling) : spelling;
      for (let start = where.indexOf(what); start !== -1; start = where.indexOf(what, start + 1)) {
        const end = start + what.length;
        if (taken.subarray(start, end).includes(1) || !isApart(text, start, end)) continue;
        taken.fill(1, start, end);
        found.push({ name, start, end });
      }
    }
  }
  return found.toSorted((a, b) => a.start - b.start);
}

/** Letter by letter, so that places stay where they are. */
const lowered = (text: string): string =>
  Array.from({ length: text.length }, (_, index) => {
    const lower = text.charAt(index).toLowerCase();
    return lower.length === 1 ? lower : text.charAt(index);
  }).join("");

/** Functions: patterns of all scripts take a while to make, and most programs never look for a name. */
const wordCharacter = (): RegExp => /[\p{L}\p{N}_]/u;
/** Scripts that put no blanks between words, and Korean, whose particles follow a name without one. */
const unspacedLetter = (): RegExp =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]/u;

/** Whether no word goes on at either end. Between unspaced scripts and others a word ends without a blank. */
function isApart(text: string, start: number, end: number): boolean {
  return !continues(before(text, start), at(text, start)) && !continues(before(text, end), at(text, end));
}

function continues(left: string, right: string): boolean {
  const word = wordCharacter();
  if (!word.test(left) || !word.test(right)) return false;
  const unspaced = unspacedLetter();
  return !unspaced.test(left) && !unspaced.test(right);
}

/** Characters outside the basic plane have two halves. */
const at = (text: string, index: number): string => String.fromCodePoint(text.codePointAt(index) ?? 32);
const before = (text: string, index: number): string => {
  const low = text.charCodeAt(index - 1);
  return low >= 0xdc00 && low <= 0xdfff ? at(text, index - 2) : at(text, index - 1);
};

const markOrBlank = (): RegExp => /[\s\p{P}\p{S}\p{Cf}]/u;
const LISTED = /^\d{1,3}[.)]\s+/u;

/** Without marks at both ends, nor the number of a list; escaped underscores as underscores. */
export function bare(text: string): string {
  const trimmed = text.trim().replace(LISTED, "");
  // Step by step from the ends: an expression that looks for marks before the end reads long runs of them again and again.
  const mark = markOrBlank();
  let start = 0;
  let end = trimmed.length;
  while (start < end && mark.test(at(trimmed, start))) start += at(trimmed, start).length;
  while (end > start && mark.test(before(trimmed, end))) end -= before(trimmed, end).length;
  return trimmed.slice(start, end).replaceAll("\\_", "_");
}

/** What is left when case and what joins words do not count. */
const plain = (text: string): string =>
  bare(text)
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s_\\-]+/gu, "");
