/** What endpoints insist on, looked at from outside. */
interface Wire {
  readonly role?: string;
  readonly tool_calls?: readonly { readonly id?: string }[];
  readonly tool_call_id?: string;
}

/** What is wrong with the calls of a request, null when each is answered exactly once, right behind its message. */
export function unansweredIn(messages: readonly Wire[]): string | null {
  for (let at = 0; at < messages.length; at += 1) {
    const { role, tool_calls: calls = [] } = messages[at] ?? {};
    if (role === "tool") return `message ${String(at)} answers no call`;
    const ids = calls.map(({ id }) => id);
    const given = ids.filter((id) => id !== undefined);
    if (new Set(given).size < given.length) return `message ${String(at)} calls twice under one id`;
    const answered = messages.slice(at + 1, at + 1 + ids.length);
    if (answered.some((answer) => answer.role !== "tool")) return `a call of message ${String(at)} has no answer behind it`;
    const left = answered.map(({ tool_call_id: id }) => id);
    for (const id of ids) {
      const found = left.indexOf(id);
      if (found === -1) return `the call ${String(id)} of message ${String(at)} has no answer`;
      left.splice(found, 1);
    }
    at += ids.length;
  }
  return null;
}
