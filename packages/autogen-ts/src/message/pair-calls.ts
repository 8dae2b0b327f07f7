/**
 * What endpoints insist on: each call of a tool is answered exactly once, directly after the message that makes it.
 * Histories may be otherwise: people write them by hand, hooks cut them, chats end between a call and its answer.
 */
import type { Content, ContentPart, ToolCall, WireMessage } from "./types.js";

/** What a model reads in the place of an answer that was never given. */
const UNANSWERED = "There is no answer to this call: the conversation went on without one.";
/** Stands above an answer whose call is gone. */
const STRAY = "Answer of a tool to a call that is not part of this conversation:\n";

/**
 * The messages with an answer right behind each call, and no answers elsewhere: what is missing is said to be missing,
 * a stray answer becomes a text of the user. Messages that are in order already are given back as they are.
 *
 * A call without an id is answered by the next answer without an id, as in the reference.
 */
export function pairCalls(messages: WireMessage[]): WireMessage[] {
  for (let at = 0; at < messages.length; at += 1) {
    const message = messages[at];
    if (message === undefined) continue;
    if (hasCalls(message)) {
      if (!isAnswered(messages, at)) return paired(messages);
      at += message.tool_calls.length;
    } else if (message.role === "tool") return paired(messages);
  }
  return messages;
}

type Calling = WireMessage & { readonly tool_calls: readonly ToolCall[] };

const hasCalls = (message: WireMessage): message is Calling => message.tool_calls !== undefined && message.tool_calls.length > 0;

/** Whether the calls of this message have usable ids, and exactly as many answers of those ids follow. */
function isAnswered(messages: readonly WireMessage[], at: number): boolean {
  const message = messages[at];
  if (message === undefined || !hasCalls(message) || message.role !== "assistant") return false;
  const open: unknown[] = [];
  for (const call of message.tool_calls) {
    const id = idOf(call);
    if (id !== null && (typeof id !== "string" || open.includes(id))) return false;
    open.push(id);
  }
  for (let next = at + 1; open.length > 0; next += 1) {
    const answer = messages[next];
    if (answer === undefined || answer.role !== "tool" || hasCalls(answer)) return false;
    const found = open.indexOf(answer.tool_call_id ?? null);
    if (found === -1) return false;
    open.splice(found, 1);
  }
  return true;
}

function paired(messages: readonly WireMessage[]): WireMessage[] {
  const result: WireMessage[] = [];
  for (let at = 0; at < messages.length; at += 1) {
    const message = messages[at];
    if (message === undefined) continue;
    if (hasCalls(message)) at = pushAnswered(result, messages, at);
    else result.push(message.role === "tool" ? asText(message) : message);
  }
  return result;
}

interface OpenCall {
  readonly given: unknown;
  readonly sent: string | null;
}

/** Adds the calls of one message and what follows of answers. @returns the index of the last message that was used up */
function pushAnswered(result: WireMessage[], messages: readonly WireMessage[], start: number): number {
  const message = messages[start];
  if (message === undefined || !hasCalls(message)) return start;
  const ids = usableIds(message.tool_calls);
  result.push(withIds(message, ids));
  const open: OpenCall[] = message.tool_calls.map((call, index) => ({ given: idOf(call), sent: ids[index] ?? null }));
  const behind: WireMessage[] = [];
  let at = start + 1;
  for (; open.length > 0; at += 1) {
    const next = messages[at];
    if (next === undefined || hasCalls(next) || (next.role !== "tool" && next.role !== "function")) break;
    const found = next.role === "tool" ? open.findIndex(({ given }) => given === (next.tool_call_id ?? null)) : -1;
    const [call] = found === -1 ? [] : open.splice(found, 1);
    if (call !== undefined) result.push(call.sent === call.given ? next : { ...next, tool_call_id: call.sent ?? "" });
    else behind.push(next.role === "tool" ? asText(next) : next);
  }
  for (const { sent } of open) {
    result.push({ role: "tool", content: UNANSWERED, ...(sent === null ? {} : { tool_call_id: sent }) });
  }
  result.push(...behind);
  return at - 1;
}

/** An id that is no text, or that an earlier call of the same message has, is replaced; a missing one stays missing. */
function usableIds(calls: readonly ToolCall[]): readonly (string | null)[] {
  const taken = new Set<unknown>();
  const given = new Set(calls.map(idOf));
  return calls.map((call) => {
    const id = idOf(call);
    if (id === null) return null;
    const usable = typeof id === "string" && !taken.has(id) ? id : freshId(id, [taken, given]);
    taken.add(usable);
    return usable;
  });
}

function freshId(id: unknown, others: readonly ReadonlySet<unknown>[]): string {
  const base = typeof id === "string" ? id : "call";
  let number = 2;
  while (others.some((ids) => ids.has(`${base}-${String(number)}`))) number += 1;
  return `${base}-${String(number)}`;
}

/** Only an assistant may call. The message itself when it is as it should be. */
function withIds(message: Calling, ids: readonly (string | null)[]): WireMessage {
  const isSame = message.tool_calls.every((call, index) => idOf(call) === ids[index]);
  if (isSame && message.role === "assistant") return message;
  const { tool_call_id: _answered, ...rest } = message;
  const tool_calls = message.tool_calls.map((call, index) => ({ ...call, ...(ids[index] == null ? {} : { id: ids[index] }) }));
  return { ...rest, role: "assistant", tool_calls };
}

function asText({ content = null }: WireMessage): WireMessage {
  return { role: "user", content: introduced(content) };
}

/** A content function writes its text later; it stays as it is. */
function introduced(content: Content | null): Content {
  if (content === null || typeof content === "string") return STRAY + (content ?? "");
  if (typeof content === "function") return content;
  const parts: readonly ContentPart[] = content;
  return [{ type: "text", text: STRAY }, ...parts];
}

/** Calls are written by models and by people: the id may be anything. */
function idOf(call: ToolCall | null | undefined): unknown {
  return (call as { readonly id?: unknown } | null | undefined)?.id ?? null;
}
