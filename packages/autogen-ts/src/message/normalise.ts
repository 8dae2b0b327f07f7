/**
 * From what users write to what is stored. Specification chapter 10, section 3.3.
 * The only place that looks into loose messages; from here on the code switches on `role`.
 */
import type { ContentPart, Message, MessageDraft, Role } from "./types.js";

/** The same message as both sides store it: their own words are `assistant`, those of the other side `user`. */
export interface Views {
  readonly sent: Message;
  readonly received: Message;
}

const COPIED = ["content", "function_call", "tool_calls", "tool_responses", "tool_call_id", "name", "context"] as const;
const READ: ReadonlySet<string> = new Set([...COPIED, "role"]);
const ROLES: readonly string[] = ["system", "user", "assistant", "tool", "function"] satisfies readonly Role[];

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
    if (value !== null && value !== undefined) message[key] = key === "context" ? value : frozenCopy(value);
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
  if (Object.isFrozen(draft) && ROLES.includes(draft.role ?? "")) return draft as Message;
  const role = draft.role ?? "user";
  if (!ROLES.includes(role)) return `its \`role\` is none of ${ROLES.join(", ")}`;
  const problem = problemOf(draft);
  if (problem !== null) return problem;
  const hasCall = draft.function_call != null || draft.tool_calls != null;
  if (draft.content === undefined && !hasCall) return "it has neither content nor a call";
  // Keys stay in the order in which they were saved, so that a request made of them is the same to the byte.
  const kept = Object.entries({ content: null, role, ...draft })
    .filter(([key, value]) => key === "content" || (READ.has(key) && value != null))
    .map(([key, value]) => [key, key === "context" ? value : frozenCopy(value)]);
  return Object.freeze(Object.fromEntries(kept)) as Message; // The shape was checked above.
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

function problemOf(draft: MessageDraft): string | null {
  const { content, tool_calls, tool_responses, function_call, name, override_role } = draft as Record<string, unknown>;
  if (content != null && !["string", "function"].includes(typeof content) && !Array.isArray(content)) {
    return `its content is ${kindOf(content)}, not a text, a list of parts or a function`;
  }
  if (Array.isArray(content) && !content.every(isPart)) return "a part of its content is not an object with a `type`";
  if (tool_calls != null && !(Array.isArray(tool_calls) && tool_calls.every(isObject)))
    return "its `tool_calls` is not a list of objects";
  if (tool_responses != null && !(Array.isArray(tool_responses) && tool_responses.every(isObject))) {
    return "its `tool_responses` is not a list of objects";
  }
  if (function_call != null && !isObject(function_call)) return "its `function_call` is not an object";
  if (name != null && typeof name !== "string") return "its `name` is not a text";
  if (override_role !== undefined && !ROLES.includes(override_role as string)) {
    return `its \`override_role\` is none of ${ROLES.join(", ")}`;
  }
  return null;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
const isPart = (value: unknown): value is ContentPart =>
  isObject(value) && typeof (value as { type?: unknown }).type === "string";

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Deep and frozen, so that both histories, hooks and requests can share it. Functions stay as they are. */
function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = frozenCopy(item);
  return Object.freeze(copy);
}
