/** The part of a model's text that is its answer: without thoughts, control tokens and what comes after its end. */

/** A choice of speaker is short; of longer texts the beginning and the end are read. */
const MOST_CHARACTERS = 8_000;

const THOUGHT = "(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad)";
const CLOSED_THOUGHT = new RegExp(`<${THOUGHT}>[^]*?</${THOUGHT}>`, "giu");
const END_OF_THOUGHT = new RegExp(`</${THOUGHT}>`, "giu");
const OPEN_THOUGHT = new RegExp(`<${THOUGHT}>`, "iu");
/** Tokens with which chat templates part the turns, as models of several families print them by mistake. */
const CONTROL_TOKEN = /<\|[^|<>\n]{1,40}\|>|<\/?s>|\[\/?INST\]|<(?:start|end)_of_turn>|<<\/?SYS>>/u;
const ROLE = /^\s*(?:assistant|model|system|user)\s*(?:\n|$)/iu;
/** Zero-width characters and marks of direction. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/gu;

/** The answer in it, letters in one form (full-width ones as usual ones). */
export function answerPart(text: string): string {
  const thoughtless = withoutThoughts(bounded(text));
  const turn = thoughtless
    .split(CONTROL_TOKEN)
    .map((part) => part.replace(ROLE, ""))
    .find((part) => part.trim() !== "");
  return (turn ?? "").replaceAll(INVISIBLE, "").normalize("NFKC").trim();
}

const bounded = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS / 2)}\n${text.slice(-MOST_CHARACTERS / 2)}`;

/** Some templates open the thought themselves, so that only its end is in the text; a thought without an end was cut off. */
function withoutThoughts(text: string): string {
  const rest = text.replaceAll(CLOSED_THOUGHT, "\n");
  const ends = [...rest.matchAll(END_OF_THOUGHT)].at(-1);
  const after = ends === undefined ? rest : rest.slice(ends.index + ends[0].length);
  const opened = OPEN_THOUGHT.exec(after);
  return opened === null ? after : after.slice(0, opened.index);
}
