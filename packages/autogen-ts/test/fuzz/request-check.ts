/** What endpoints refuse, looked for independently of the code that prevents it. */

interface SentMessage {
  readonly role?: unknown;
  readonly tool_calls?: unknown;
  readonly tool_call_id?: unknown;
}

const WIRE_KEYS: ReadonlySet<string> = new Set(["role", "content", "name", "function_call", "tool_calls", "tool_call_id"]);

/** @returns what is wrong with the messages of a request, or null */
export function problemOfRequest(messages: readonly object[]): string | null {
  let open = new Set<string>();
  let withoutId = 0;
  for (const [index, message] of messages.entries()) {
    const at = `message ${String(index)} of ${String(messages.length)}`;
    const { role, tool_calls: calls, tool_call_id: answered }: SentMessage = message;
    for (const key of Object.keys(message)) if (!WIRE_KEYS.has(key)) return `${at} has the key ${key}`;
    if (role === "tool") {
      if (Array.isArray(calls) && calls.length > 0) return `${at} is an answer that calls`;
      if (answered === undefined || answered === null) {
        if (withoutId === 0) return `${at} answers no call`;
        withoutId -= 1;
      } else if (typeof answered !== "string" || !open.delete(answered))
        return `${at} answers no call: ${JSON.stringify(answered)}`;
      continue;
    }
    if (open.size + withoutId > 0) return `a call before ${at} is not answered`;
    open = new Set();
    if (calls === undefined) continue;
    if (!Array.isArray(calls)) return `${at} has calls that are no list`;
    if (calls.length > 0 && role !== "assistant") return `${at} calls, and is of role ${String(role)}`;
    for (const { id } of calls as readonly { readonly id?: unknown }[]) {
      if (id === undefined || id === null) withoutId += 1;
      else if (typeof id !== "string") return `${at} has a call whose id is a ${typeof id}`;
      else if (open.has(id)) return `${at} has two calls of the id ${id}`;
      else open.add(id);
    }
  }
  return open.size + withoutId > 0 ? "the last calls are not answered" : null;
}
