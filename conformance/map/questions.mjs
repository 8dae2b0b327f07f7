/** What a question to the human is for, in the form of `expected.input_prompts`. */

/** @type {Readonly<Record<string, (event: { agent: string, sender: string | null }) => string>>} */
const KINDS = {
  always: ({ agent, sender }) => `always:${agent}:${sender ?? "the sender"}`,
  stop: ({ sender }) => `terminate_stop:${sender ?? "the sender"}`,
  skip: ({ sender }) => `terminate_skip:${sender ?? "the sender"}`,
  "select-speaker": () => "select_speaker",
  "first-message": () => "init_message",
};

/** A question that is none of the library's own is given as it is. @param {{ prompt: string, purpose: string | null, agent: string, sender: string | null }} event */
export function questionKind(event) {
  return KINDS[event.purpose ?? ""]?.(event) ?? `unknown:${event.prompt}`;
}
