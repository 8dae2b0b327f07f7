/** What a durable run does: a program with a name, so that another process can make its agents anew from the input. */
import { AutogenError, type Run } from "../../core.js";

/** What the program of a conversation is told besides its input. */
export interface ConversationContext {
  /** Of this run: what it was started with, or made up. */
  readonly id: string;
  /** Pass it to every chat and model call: what is done with it is stored. */
  readonly run: Run;
}

/** A program that can be held by any process that knows its name. Make it by `conversation`. */
export interface Conversation<Input = unknown, Output = unknown> {
  readonly name: string;
  readonly version: string;
  readonly program: (input: Input, context: ConversationContext) => Promise<Output>;
}

/** What else there is to say of a conversation. */
export interface ConversationOptions {
  /**
   * Change it together with what the program does: runs of another version are refused instead of continued wrongly.
   * @default "1"
   */
  readonly version?: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Names a program. It makes its agents from `input` alone, which is plain JSON, and gives plain JSON: nothing else reaches
 * the process that goes on with it. Between chats it may compute, but not look at clocks, files or random numbers, other
 * than by `run.perform`: it is run from its start each time, and must come by the same places.
 *
 * @throws AutogenError `invalid-option`
 */
export function conversation<Input, Output>(
  name: string,
  program: (input: Input, context: ConversationContext) => Promise<Output>,
  { version = "1" }: ConversationOptions = {},
): Conversation<Input, Output> {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new AutogenError(
      "invalid-option",
      `${JSON.stringify(name) ?? typeof name} is no name of a conversation. Use letters, digits, \`.\`, \`_\` and \`-\`, 100 at most.`,
    );
  }
  if (typeof program !== "function")
    throw new AutogenError("invalid-option", `The conversation \`${name}\` has no program. Pass a function.`);
  if (typeof version !== "string" || version === "")
    throw new AutogenError("invalid-option", `The \`version\` of the conversation \`${name}\` is no text.`);
  return { name, version, program };
}

/** Conversations by name. @throws AutogenError `invalid-option` when two have the same */
export function registryOf(conversations: readonly AnyConversation[]): ReadonlyMap<string, AnyConversation> {
  const found = new Map<string, AnyConversation>();
  for (const one of conversations) {
    if (found.has(one.name))
      throw new AutogenError("invalid-option", `Two conversations are called \`${one.name}\`. Give each a name of its own.`);
    found.set(one.name, one);
  }
  return found;
}

/** Whatever its input and output are: both are checked as JSON where they are stored. */
export type AnyConversation = Conversation<never>;

/** Whether a value that a module exports is one. */
export function isConversation(value: unknown): value is AnyConversation {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "version" in value &&
    "program" in value &&
    typeof value.name === "string" &&
    typeof value.version === "string" &&
    typeof value.program === "function"
  );
}
