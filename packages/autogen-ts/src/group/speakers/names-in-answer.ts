/** Which agents a text names. Specification chapter 12, section 6.3; divergence D12-6. */
import { contentText, type Content, type MessageDraft } from "../../message/index.js";
import { withoutMarks } from "./answer-marks.js";
import { namesIn } from "./find-names.js";

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

/**
 * Whom an answer chooses (D12-6): the answer as a whole if it is a name, quotes and marks around it aside; else the
 * names found in it, longest first, so that `Alice-B` does not name `Alice` too.
 */
export function resolveSpeaker<Name extends string>(answer: TextSource, names: readonly Name[]): SpeakerAnswer<Name> {
  const text = textOf(answer);
  const whole = withoutMarks(text);
  const exact = names.find((name) => name === whole);
  if (exact !== undefined) return { kind: "one", name: exact };
  const found = [...new Set(namesIn(text, names).map(({ name }) => name))];
  const [first] = found;
  if (first === undefined) return { kind: "none" };
  return found.length === 1 ? { kind: "one", name: first } : { kind: "several", names: found };
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
