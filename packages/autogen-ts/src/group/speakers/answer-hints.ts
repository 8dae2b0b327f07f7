/** What an answer says in sentences: which names are said to be next, which are ruled out, which only give a reason. */
import { alternative, reasons, saidNext, saidNotNext, type Way } from "./answer-words.js";
import { namesIn, type FoundName, type NameList } from "./find-names.js";

/** Names by what is said of them, in order of appearance. */
export interface Hints<Name extends string> {
  /** Said to be next. */
  readonly cued: readonly Name[];
  /** Named and not ruled out; of those, if there are any, the ones that are not part of a reason. */
  readonly remaining: readonly Name[];
}

export function hintsIn<Name extends string>(text: string, known: NameList<Name>): Hints<Name> {
  const found = namesIn(text, known);
  // In other case a name is a word like others; only what is said of it makes it a choice.
  return found.length > 0 ? hintsFor(text, found) : { ...hintsFor(text, namesIn(text, known, true)), remaining: [] };
}

function hintsFor<Name extends string>(text: string, found: readonly FoundName<Name>[]): Hints<Name> {
  const gaps = found.map(({ start }, index) => text.slice(found[index - 1]?.end ?? 0, start));
  const isSaid = (ways: readonly Way[]): boolean[] =>
    found.map(({ end }, index) => {
      const around = { before: lastClause(gaps[index] ?? ""), after: firstClause(text.slice(end, found[index + 1]?.start)) };
      return ways.some((way) => way.before.test(around.before) && way.after.test(around.after));
    });
  const out = spread(isSaid(saidNotNext()), gaps);
  const said = isSaid(saidNext()).map((next, index) => next && out[index] === false);
  const next = spread(said, gaps);
  const left = found.filter((_, index) => out[index] === false);
  const given = reasons().flatMap((reason) =>
    [...text.matchAll(reason)].map((clause) => [clause.index, clause.index + clause[0].length]),
  );
  const unreasoned = left.filter(({ start }) => !given.some(([from = 0, to = 0]) => start >= from && start < to));
  return {
    cued: namesOf(found.filter((_, index) => next[index] === true && out[index] === false)),
    remaining: namesOf(unreasoned.length > 0 ? unreasoned : left),
  };
}

/** `X or Y should speak next`, `neither X nor Y`: what is said of one is said of those joined to it. */
function spread(marks: readonly boolean[], gaps: readonly string[]): readonly boolean[] {
  const joining = alternative();
  const joined = gaps.map((gap, index) => index > 0 && joining.test(gap));
  const all = [...marks];
  for (let index = 1; index < all.length; index += 1) if (joined[index] === true && all[index - 1] === true) all[index] = true;
  for (let index = all.length - 1; index > 0; index -= 1) {
    if (joined[index] === true && all[index] === true) all[index - 1] = true;
  }
  return all;
}

const namesOf = <Name extends string>(found: readonly FoundName<Name>[]): readonly Name[] => found.map(({ name }) => name);

/** What stands farther away says nothing of the name. */
const NEAR = 80;

/** Sentences and lines end what is said of a name. */
const lastClause = (gap: string): string => gap.slice(-NEAR).replace(/^[^]*(?:[!?;。\n]|\.(?=\s))\s*/u, "");
const firstClause = (gap: string): string => /^(?:[^.!?;。\n]|\.(?!\s|$))*/u.exec(gap.slice(0, NEAR))?.[0] ?? "";
