/** Which agents a text names. Specification chapter 12, section 6.3; divergence D12-6. */
import { contentText, type Content, type MessageDraft } from "../../message/index.js";
import { hintsIn } from "./answer-hints.js";
import { statementsIn } from "./answer-statements.js";
import { answerPart } from "./answer-part.js";
import { namesIn, NameList } from "./find-names.js";

/** What a text is searched in: text, parts, or a message with either. */
export type TextSource = Content | Pick<MessageDraft, "content"> | null | undefined;

/**
 * How often each agent is named, by the rule of the reference: the name, the name with blanks or escaped underscores in
 * place of underscores, in this case, not inside of a longer word. Names that contain each other are both counted.
 *
 * @returns counts by name; those that are not named are left out
 */
export function mentionedAgents(source: TextSource, agents: readonly { readonly name: string }[]): Map<string, number> {
  const text = textOf(source);
  const counts = agents.map(({ name }) => [name, text.match(mentionOf(name))?.length ?? 0] as const);
  return new Map(counts.filter(([, count]) => count > 0));
}

/** What an answer to "who is next?" says: one of the names, none, or several in order of appearance. */
export type SpeakerAnswer<Name extends string = string> =
  | { readonly kind: "one"; readonly name: Name }
  | { readonly kind: "none" }
  | { readonly kind: "several"; readonly names: readonly Name[] };

/** How an answer is read. */
export interface ResolveOptions {
  /** Only the whole answer, then names in it, longest first; nothing is made of how it is written. @default false */
  readonly strict?: boolean;
  /** Names in sentences count in any case. Two names that differ in nothing else stay apart. @default false */
  readonly ignoreCase?: boolean;
}

/**
 * Whom an answer chooses (D12-6): the answer as a whole if it is a name, marks around it aside; else the names found in
 * it, longest first, so that `Alice-B` does not name `Alice` too. Where several are found, what is stated
 * (`Role: X`, a name on a line of its own, a value in JSON), said as somebody (`X: Good morning`) or about who is next
 * (English, Chinese, Japanese, German) decides, unless it contradicts itself. Names that are ruled out do not count.
 *
 * A name in other case or spelling (`CODE REVIEWER`) is accepted where it stands by itself, not in the middle of a
 * sentence, where it is a word like others.
 */
export function resolveSpeaker<Name extends string>(
  answer: TextSource,
  names: readonly Name[],
  { strict = false, ignoreCase = false }: ResolveOptions = {},
): SpeakerAnswer<Name> {
  const whole = textOf(answer);
  const known = new NameList(names, { ignoreCase, strict });
  const exact = known.exactly(whole);
  if (exact !== null) return { kind: "one", name: exact };
  if (strict) return among(namesIn(whole, known).map(({ name }) => name));
  const text = answerPart(whole);
  const only = known.written(text);
  return only === null ? read(text, known) : { kind: "one", name: only };
}

/** What is written about who is next goes before what is merely named. */
function read<Name extends string>(text: string, known: NameList<Name>): SpeakerAnswer<Name> {
  const { stated, spoken } = statementsIn(text, known);
  const { cued, remaining } = hintsIn(text, known);
  const votes = stated.length > 0 ? [...stated, ...cued] : [...spoken, ...cued];
  return votes.length > 0 ? among(votes) : among(remaining);
}

function among<Name extends string>(found: readonly Name[]): SpeakerAnswer<Name> {
  const names = [...new Set(found)];
  const [first] = names;
  if (first === undefined) return { kind: "none" };
  return names.length === 1 ? { kind: "one", name: first } : { kind: "several", names };
}

function textOf(source: TextSource): string {
  return contentText(isMessage(source) ? source.content : source);
}

function isMessage(source: TextSource): source is Pick<MessageDraft, "content"> {
  return typeof source === "object" && source !== null && !Array.isArray(source);
}

/** Word characters are letters and digits of every script, and the underscore. */
function mentionOf(name: string): RegExp {
  const spellings = [name, name.replaceAll("_", " "), name.replaceAll("_", "\\_")].map(escaped);
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${spellings.join("|")})(?![\\p{L}\\p{N}_])`, "gu");
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
