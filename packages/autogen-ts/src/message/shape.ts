/** What is wrong with a message that somebody wrote: the checks that let all other code trust its types. */
import type { ContentPart, MessageDraft, Role } from "./types.js";

export const ROLES: readonly string[] = ["system", "user", "assistant", "tool", "function"] satisfies readonly Role[];

/** @returns a text to follow "the message cannot be used:", or null */
export function problemOf(draft: MessageDraft): string | null {
  const { content, context, tool_calls, tool_responses, function_call, name, tool_call_id, override_role } = draft as Record<
    string,
    unknown
  >;
  const problem = typeof content === "function" ? null : problemOfContent(content);
  if (problem !== null) return problem;
  if (tool_calls != null && !isListOf(tool_calls, isObject)) return "its `tool_calls` is not a list of objects";
  for (const { id, function: called } of (tool_calls ?? []) as readonly Record<string, unknown>[]) {
    if (!isTextOrNone(id)) return `the \`id\` of a tool call is ${kindOf(id)}, not a text`;
    const wrong = problemOfCall(called);
    if (wrong !== null) return wrong;
  }
  if (tool_responses != null && !isListOf(tool_responses, isObject)) return "its `tool_responses` is not a list of objects";
  for (const response of (tool_responses ?? []) as readonly Record<string, unknown>[]) {
    const wrong = problemOfResponse(response);
    if (wrong !== null) return wrong;
  }
  if (!isTextOrNone(name)) return "its `name` is not a text";
  if (!isTextOrNone(tool_call_id)) return `its \`tool_call_id\` is ${kindOf(tool_call_id)}, not a text`;
  if (override_role !== undefined && !ROLES.includes(override_role as string)) {
    return `its \`override_role\` is none of ${ROLES.join(", ")}`;
  }
  if (context != null && !isObject(context)) return `its \`context\` is ${kindOf(context)}, not an object`;
  return problemOfCall(function_call);
}

function problemOfContent(content: unknown): string | null {
  if (content == null || typeof content === "string") return null;
  if (!Array.isArray(content)) return `its content is ${kindOf(content)}, not a text, a list of parts or a function`;
  return isListOf(content, isPart) ? null : "a part of its content is not an object with a `type`";
}

/** Parts may be missing: a model wrote them. What is there has its type. */
function problemOfCall(called: unknown): string | null {
  if (called == null) return null;
  if (!isObject(called)) return `a function that it calls is ${kindOf(called)}, not an object`;
  const { name, arguments: text } = called as Record<string, unknown>;
  if (!isTextOrNone(name)) return `the \`name\` of a function that it calls is ${kindOf(name)}, not a text`;
  if (!isTextOrNone(text)) return `the \`arguments\` of a function that it calls are ${kindOf(text)}, not JSON text`;
  return null;
}

function problemOfResponse({ role, content, tool_call_id, name }: Record<string, unknown>): string | null {
  if (!ROLES.includes(role as string)) return `the \`role\` of one of its \`tool_responses\` is none of ${ROLES.join(", ")}`;
  if (!isTextOrNone(tool_call_id) || !isTextOrNone(name)) return "an id or name in its `tool_responses` is not a text";
  return problemOfContent(content);
}

/** Unlike `every`, this looks at holes too. */
function isListOf(value: unknown, check: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && Array.from(value as unknown[]).every(check);
}

const isTextOrNone = (value: unknown): boolean => value == null || typeof value === "string";
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
const isPart = (value: unknown): value is ContentPart =>
  isObject(value) && typeof (value as { type?: unknown }).type === "string";

export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
