/** What is different between two inputs, for people: lines of JSON, the recorded ones with `-`, those of now with `+`. */
import type { Json } from "../message/index.js";
import { canonical } from "./layers.js";

/** Longer differences are cut, and say so. */
const MOST_LINES = 20;
/** A message is one line of JSON, and can be a whole book. */
const LONGEST_LINE = 120;
/** So much of a long line is shown before the first difference in it. */
const BEFORE = 40;
/** Lines compared one by one; above it, all that is between the equal start and the equal end counts as changed. */
const MOST_COMPARED = 1_000;

/** Null when there is none; the order of keys does not count. */
export function differenceText(recorded: Json, now: Json): string | null {
  const hunks = hunksOf(prettyLines(recorded), prettyLines(now));
  if (hunks.length === 0) return null;
  const lines = hunks.flatMap(shown);
  if (lines.length <= MOST_LINES) return lines.join("\n");
  const rest = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), `  … ${String(rest)} more ${rest === 1 ? "line" : "lines"}`].join("\n");
}

/** Lines that follow each other in `was` and were replaced by those in `is`. */
interface Hunk {
  readonly was: string[];
  readonly is: string[];
}

const prettyLines = (value: Json): readonly string[] => JSON.stringify(JSON.parse(canonical(value)), null, 2).split("\n");

function hunksOf(was: readonly string[], is: readonly string[]): readonly Hunk[] {
  let start = 0;
  while (start < was.length && start < is.length && was[start] === is[start]) start += 1;
  let end = 0;
  while (end < was.length - start && end < is.length - start && was.at(-1 - end) === is.at(-1 - end)) end += 1;
  const [a, b] = [was.slice(start, was.length - end), is.slice(start, is.length - end)];
  if (a.length === 0 && b.length === 0) return [];
  if (a.length > MOST_COMPARED || b.length > MOST_COMPARED) return [{ was: a, is: b }];
  return changed(a, b);
}

/** By the longest common subsequence: what is not part of it was changed. */
function changed(a: readonly string[], b: readonly string[]): readonly Hunk[] {
  const longest = commonLengths(a, b);
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0;
  const hunks: Hunk[] = [];
  let open: Hunk | undefined;
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      open = undefined;
      i += 1;
      j += 1;
      continue;
    }
    if (open === undefined) hunks.push((open = { was: [], is: [] }));
    if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) open.was.push(a[i++] ?? "");
    else open.is.push(b[j++] ?? "");
  }
  return hunks;
}

/** `[i][j]` is the length of the longest common subsequence of what follows `i` in `a` and `j` in `b`. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly (readonly number[])[] {
  const table: number[][] = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const [row = [], below = []] = [table[i], table[i + 1]];
    for (let j = b.length - 1; j >= 0; j -= 1) {
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

function shown({ was, is }: Hunk): readonly string[] {
  return [
    ...was.map((line, index) => `  - ${clipped(line, is[index])}`),
    ...is.map((line, index) => `  + ${clipped(line, was[index])}`),
  ];
}

/** The part of a long line around the first character that is not in its counterpart. */
function clipped(line: string, other: string | undefined): string {
  if (line.length <= LONGEST_LINE) return line;
  let at = 0;
  if (other !== undefined) while (at < line.length && line[at] === other[at]) at += 1;
  const start = at <= LONGEST_LINE - BEFORE ? 0 : at - BEFORE;
  const end = start + LONGEST_LINE;
  return `${start === 0 ? "" : "…"}${line.slice(start, end)}${end < line.length ? "…" : ""}`;
}
