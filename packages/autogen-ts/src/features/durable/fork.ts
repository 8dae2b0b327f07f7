/** A new run out of the first steps of another one. */
import { AutogenError, type Json } from "../../core.js";
import type { JournalLine, RunHead, StoredRun, StoredStep } from "./journal-lines.js";

/** What is different in the new run. */
export interface ForkOptions {
  /** Steps that are kept: those before this number. @default all */
  readonly step?: number;
  /** Of the new run. @default made up */
  readonly id?: string;
  /** Another input for the program, such as one with another model. Kept steps keep their results. @default the same */
  readonly input?: unknown;
  /** Said in the last step that is kept, instead of what was said there: by a model, a tool or a person. @default the same */
  readonly message?: string;
}

/**
 * @param program version of the conversation that is to go on
 * @throws AutogenError `invalid-option`
 */
export function forkOf(
  stored: StoredRun,
  { step = stored.keys.length, input, message }: Omit<ForkOptions, "id">,
  { id, program }: { readonly id: string; readonly program: string },
): { readonly head: RunHead; readonly lines: readonly JournalLine[] } {
  const { keys, head } = stored;
  if (!Number.isInteger(step) || step < 0 || step > keys.length) {
    throw new AutogenError(
      "invalid-option",
      `\`step\` is ${String(step)}, and the run \`${head.id}\` has ${String(keys.length)} steps. Pass a whole number from 0 to that.`,
    );
  }
  if (message !== undefined && step === 0)
    throw new AutogenError("invalid-option", "There is no message before step 0. Pass `input`, or a later step.");
  const kept = keys.slice(0, step).flatMap((key) => stored.step(key) ?? []);
  const lines = kept.map((one, index): JournalLine => {
    const said = message !== undefined && index === kept.length - 1 ? withMessage(one, message) : one;
    // Without an outline: what is changed may lead to other inputs, and results stand all the same.
    const line = { k: said.key, t: said.time };
    return "error" in said.outcome ? { ...line, e: said.outcome.error } : { ...line, v: said.outcome.value };
  });
  const fork = { from: head.id, steps: kept.length };
  const { conversation } = head;
  const time = new Date().toISOString();
  // The caller has checked that the input is plain JSON.
  return { head: { id, conversation, program, input: input === undefined ? head.input : (input as Json), time, fork }, lines };
}

function withMessage(step: StoredStep, message: string): StoredStep {
  const value = "value" in step.outcome ? changed(step.outcome.value, message) : null;
  if (value !== null) return { ...step, outcome: { value } };
  throw new AutogenError(
    "invalid-option",
    `In the step \`${step.key}\` nothing is said, so \`message\` cannot change it. Fork behind the answer of a model, a tool or a person.`,
  );
}

type Fields = { readonly [key: string]: Json };

function changed(value: Json, message: string): Json {
  if (typeof value === "string") return message;
  if (!isFields(value)) return null;
  if (typeof value["content"] === "string") return { ...value, content: message };
  if (typeof value["output"] === "string") return { ...value, output: message };
  const { choices } = value;
  if (!Array.isArray(choices)) return null;
  const [first, ...others] = choices as readonly Json[];
  if (!isFields(first)) return null;
  // Calls that the model made are taken back: it now says this.
  const said = { role: "assistant", content: message };
  return { ...value, choices: [{ ...first, finish_reason: "stop", message: said }, ...others] };
}

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
