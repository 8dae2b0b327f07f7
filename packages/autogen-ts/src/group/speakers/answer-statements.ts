/** What an answer states by its form: a name on a line of its own, after a label, as a value; or who it speaks as. */
import { bare, namesIn, type NameList } from "./find-names.js";
import { labelOfNext, labelOfOthers, waysToSpeakAs } from "./answer-words.js";

/** Names that are stated to be next, and names that the answer speaks as; both empty when the form says nothing clear. */
export interface Statements<Name extends string> {
  readonly stated: readonly Name[];
  readonly spoken: readonly Name[];
}

interface Statement<Name extends string> {
  readonly kind: "next" | "named" | "spoken";
  readonly name: Name;
}

export function statementsIn<Name extends string>(text: string, known: NameList<Name>): Statements<Name> {
  const all = unitsOf(text).flatMap((unit) => statementOf(unit, known) ?? []);
  const names = (kind: string): Name[] => [...new Set(all.filter((one) => one.kind === kind).map(({ name }) => name))];
  const next = names("next");
  const named = names("named");
  // Several names on lines of their own are a list to choose from, not a choice.
  const stated = next.length > 0 ? next : named.length === 1 ? named : [];
  return { stated, spoken: [...names("spoken"), ...speaksAs(text, known)] };
}

const FENCE = /^[ \t]*(?:```|~~~).*$/gmu;
/** A function: patterns of all scripts take a while to make. So below. */
const element = (): RegExp => /<([\p{L}_][\p{L}\p{N}_-]{0,40})>([^<>]{0,200})<\/\1>/gu;
const BOXED = /\\(?:boxed|text|textbf)\{([^{}]{0,200})\}/gu;
const VALUE = /["']([^"'\n]{1,60})["']\s*:\s*["']([^"'\n]{0,200})["']/gu;
const EMPHASIS = /(?:\*\*|__|`)([^*`\n]{1,80})(?:\*\*|__|`)/gu;
/** Ends of sentences; a full stop between letters belongs to a name or number. */
const SENTENCE_END = /(?<=[.!?;])(?=\s)|(?<=[。!?;])/u;

/** The smallest parts that can be a statement: lines, sentences, elements, values, emphasised words. */
function unitsOf(text: string): readonly string[] {
  const flat = text.replaceAll(FENCE, "\n").replaceAll(element(), "\n$1: $2\n").replaceAll(BOXED, "\n$1\n");
  const values = [...flat.matchAll(VALUE)].map(([, key, value]) => `${key ?? ""}: ${value ?? ""}`);
  const lines = flat.replaceAll(VALUE, "\n").split("\n");
  const emphasised = [...flat.matchAll(EMPHASIS)].map(([, inner]) => inner ?? "");
  return [...values, ...lines.flatMap((line) => line.split(SENTENCE_END)), ...emphasised].filter((unit) => unit.trim() !== "");
}

const SEPARATOR = /:|->|=>|→|⇒|=/u;
/** What opens a script's line of speech: `Doctor: …`, `Doctor (calm): …`, `校正者「…」`. */
const SPEECH = /^(?:[([{][^\])}]{0,30}[\])}])?[\s*_`\])]*(?::|「|『)/u;

function statementOf<Name extends string>(unit: string, known: NameList<Name>): Statement<Name> | null {
  const alone = known.written(unit);
  if (alone !== null) return { kind: "named", name: alone };
  return labelled(unit, known) ?? spokenBy(unit, known) ?? explained(unit, known);
}

/** `Role: X`, whatever the label says, unless it speaks of others. */
function labelled<Name extends string>(unit: string, known: NameList<Name>): Statement<Name> | null {
  const separator = SEPARATOR.exec(unit);
  if (separator === null) return null;
  const label = bare(unit.slice(0, separator.index));
  const value = unit.slice(separator.index + separator[0].length);
  const name = known.written(value) ?? explained(value, known)?.name ?? null;
  if (name === null || namesIn(label, known).length > 0 || labelOfOthers().test(label)) return null;
  return { kind: labelOfNext().test(label) ? "next" : "named", name };
}

function spokenBy<Name extends string>(unit: string, known: NameList<Name>): Statement<Name> | null {
  const first = namesIn(unit, known)[0];
  if (first === undefined || bare(unit.slice(0, first.start)) !== "") return null;
  return SPEECH.test(unit.slice(first.end)) ? { kind: "spoken", name: first.name } : null;
}

/** `X (because Y is done)`, `X - Y is done`, `X, since Y is done`: a name, and then a clause about it. */
const explanation = (): RegExp =>
  /^[\s*_`"']*(?:[([{]|\s[–—-]\s|,\s*(?:because|since|as|weil|da|denn|因为|由于)(?![\p{Script=Latin}]))/iu;

function explained<Name extends string>(unit: string, known: NameList<Name>): Statement<Name> | null {
  const first = namesIn(unit, known)[0];
  if (first === undefined || bare(unit.slice(0, first.start)) !== "") return null;
  const rest = unit.slice(first.end);
  // `X (Y)` and `X - Y` name two.
  if (!explanation().test(rest) || known.written(rest) !== null) return null;
  return { kind: "named", name: first.name };
}

/** The answer opens with whom it plays: `As the X, …`, `作为X，…`, `Xとして`. */
function speaksAs<Name extends string>(text: string, known: NameList<Name>): Name[] {
  const first = namesIn(text, known)[0];
  if (first === undefined) return [];
  const before = text.slice(0, first.start).replace(/^[\s\p{P}]+/u, "");
  const after = text.slice(first.end);
  return waysToSpeakAs().some((way) => way.before.test(before) && way.after.test(after)) ? [first.name] : [];
}
