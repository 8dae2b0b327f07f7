/**
 * From what users write to what is stored. Specification chapter 10, section 3.3.
 * The only place that looks into loose messages; from here on the code switches on `role`.
 */
import { frozenCopy } from "./frozen-copy.js";
import { kindOf, problemOf, ROLES } from "./shape.js";
import type { Message, MessageDraft } from "./types.js";

/** The same message as both sides store it: their own words are `assistant`, those of the other side `user`. */
export interface Views {
  readonly sent: Message;
  readonly received: Message;
}

const COPIED = ["content", "function_call", "tool_calls", "tool_responses", "tool_call_id", "name", "context"] as const;
const READ: ReadonlySet<string> = new Set([...COPIED, "role"]);

/**
 * One frozen copy of `draft` for the two histories; they share everything below the top level.
 *
 * @param speaker name of the sending agent, for messages that do not name their speaker
 * @returns a text saying what is wrong when this cannot be a message
 */
export function normalise(draft: string | MessageDraft, speaker: string): Views | string {
  if (typeof draft === "string") {
    return {
      sent: Object.freeze({ content: draft, role: "assistant", name: speaker }),
      received: Object.freeze({ content: draft, role: "user", name: speaker }),
    };
  }
  if (typeof draft !== "object" || draft === null || Array.isArray(draft))
    return `it is ${kindOf(draft)}, not a text or an object`;
  const problem = problemOf(draft);
  if (problem !== null) return problem;

  const message: Record<string, unknown> = {};
  for (const key of COPIED) {
    const value = draft[key];
    if (value === null || value === undefined) continue;
    const copied = storedCopy(key, value);
    if ("problem" in copied) return copied.problem;
    message[key] = copied.copy;
  }
  if (message["content"] === undefined) {
    if (message["function_call"] === undefined && message["tool_calls"] === undefined) return "it has neither content nor a call";
    message["content"] = null;
  }
  if (draft.function_call != null || (draft.tool_calls ?? []).length > 0) return views(message, "assistant");
  message["name"] ??= speaker;
  return views(message, fixedRole(draft));
}

/**
 * A message of a list that a user hands in: its role is kept (absent: `user`), and no speaker is added.
 *
 * @returns a text saying what is wrong when this cannot be a message
 */
export function readMessage(draft: MessageDraft): Message | string {
  if (typeof draft !== "object" || draft === null || Array.isArray(draft)) return `it is ${kindOf(draft)}, not an object`;
  const role = draft.role ?? "user";
  if (!ROLES.includes(role)) return `its \`role\` is none of ${ROLES.join(", ")}`;
  const problem = problemOf(draft);
  if (problem !== null) return problem;
  const hasCall = draft.function_call != null || draft.tool_calls != null;
  if (draft.content === undefined && !hasCall) return "it has neither content nor a call";
  if (isAsStored(draft)) return draft as Message;
  // Keys stay in the order in which they were saved, so that a request made of them is the same to the byte.
  const message: Record<string, unknown> = {};
  for (const [key, value] of Object.entries({ ...draft, role, content: draft.content ?? null })) {
    if (key !== "content" && (!READ.has(key) || value == null)) continue;
    const copied = storedCopy(key, value);
    if ("problem" in copied) return copied.problem;
    message[key] = copied.copy;
  }
  return Object.freeze(message) as unknown as Message; // The shape was checked above.
}

/** Whether this is frozen as a whole and holds nothing that would have to be dropped: most messages of histories. */
function isAsStored(draft: MessageDraft): boolean {
  if (!Object.isFrozen(draft) || draft.role === undefined || draft.content === undefined) return false;
  return Object.entries(draft).every(([key, value]) => READ.has(key) && (key === "context" || typeof value !== "object"));
}

/** `context` belongs to the user and may hold anything. */
function storedCopy(key: string, value: unknown): { readonly copy: unknown } | { readonly problem: string } {
  if (key === "context") return { copy: value };
  const copied = frozenCopy(value);
  return "problem" in copied ? { problem: `its \`${key}\` ${copied.problem}` } : copied;
}

/** The role that holds on both sides, if the message sets one. */
function fixedRole({ role, override_role }: MessageDraft): string | null {
  if (role === "function" || role === "tool") return role;
  return override_role ?? null;
}

function views(message: Record<string, unknown>, role: string | null): Views {
  if (role !== null) {
    const both = stored(message, role);
    return { sent: both, received: both };
  }
  return { sent: stored(message, "assistant"), received: stored(message, "user") };
}

/** The shape was checked by `problemOf`, key by key, which the compiler cannot follow. The spread comes last for speed. */
const stored = (message: Record<string, unknown>, role: string): Message =>
  Object.freeze({ role, ...message }) as unknown as Message;
