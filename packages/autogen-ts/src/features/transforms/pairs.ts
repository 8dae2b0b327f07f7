/** Which message answers which call, so that a history is never cut between the two. */
import type { FunctionCall, ToolCall, ToolResponse } from "../../core.js";

/** The parts of a message, stored or in wire form, that calls and answers stand in. */
export interface PairedMessage {
  readonly role: string;
  readonly name?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly function_call?: FunctionCall;
  readonly tool_call_id?: string;
  readonly tool_responses?: readonly ToolResponse[];
}

/** No call of the history is answered. */
const NONE = -1;

/**
 * The calls and answers of a history. A call may be answered anywhere behind it: people write histories by hand. Of
 * several calls with one id the latest counts.
 */
export class Pairs {
  readonly #messages: readonly PairedMessage[];
  /** For each message the earliest one with a call that it answers. */
  readonly #callers: readonly number[];
  /** For each message the earliest one with a call that is answered there or later. */
  readonly #reach: readonly number[];

  constructor(messages: readonly object[]) {
    // Every key is optional, and what stands in it was checked when the message was stored or is only compared.
    this.#messages = messages as readonly PairedMessage[];
    this.#callers = callersOf(this.#messages);
    const reach = Array.from({ length: messages.length + 1 }, () => Number.POSITIVE_INFINITY);
    for (let at = messages.length - 1; at >= 0; at -= 1) {
      const caller = this.#callers[at] ?? NONE;
      reach[at] = Math.min(reach[at + 1] ?? Number.POSITIVE_INFINITY, caller === NONE ? Number.POSITIVE_INFINITY : caller);
    }
    this.#reach = reach;
  }

  /**
   * Where a cut near `wanted` separates nothing: behind it if there is such a place, else before it. What is kept never is
   * empty, and starts with a stray answer only when there is no other way.
   */
  cleanStart(wanted: number): number {
    for (let at = wanted; at < this.#messages.length; at += 1) if (this.#isClean(at)) return at;
    for (let at = Math.min(wanted, this.#messages.length) - 1; at > 0; at -= 1) if (this.#isClean(at)) return at;
    return 0;
  }

  /** How many messages at the beginning belong to the first one: itself, and what its calls are answered by. */
  firstUnit(): number {
    const lastAnswer = new Map(this.#callers.map((caller, at) => [caller, at]));
    let end = Math.min(1, this.#messages.length);
    for (let at = 0; at < end; at += 1) end = Math.max(end, (lastAnswer.get(at) ?? NONE) + 1);
    return end;
  }

  #isClean(at: number): boolean {
    if ((this.#reach[at] ?? 0) < at) return false;
    return !(isAnswer(this.#messages[at]) && this.#callers[at] === NONE);
  }
}

const isAnswer = (message: PairedMessage | undefined): boolean => message?.role === "tool" || message?.role === "function";

function callersOf(messages: readonly PairedMessage[]): readonly number[] {
  const byId = new Map<string, number>();
  const byFunction = new Map<string, number>();
  /** Calls without an id are answered in turn. */
  const nameless: number[] = [];
  let taken = 0;
  const callerOf = (answer: Pick<ToolResponse, "tool_call_id" | "name"> & { readonly role: string }): number => {
    if (answer.role === "function") return byFunction.get(answer.name ?? "") ?? NONE;
    if (typeof answer.tool_call_id === "string") return byId.get(answer.tool_call_id) ?? NONE;
    return nameless[taken] === undefined ? NONE : (nameless[taken++] ?? NONE);
  };
  return messages.map((message, at) => {
    const answers = answersOf(message)
      .map(callerOf)
      .filter((caller) => caller !== NONE);
    for (const call of message.tool_calls ?? []) {
      const { id } = call as { readonly id?: unknown };
      if (typeof id === "string") byId.set(id, at);
      else nameless.push(at);
    }
    if (message.function_call != null) byFunction.set(message.function_call.name ?? "", at);
    return answers.length === 0 ? NONE : Math.min(...answers);
  });
}

type Answer = Pick<ToolResponse, "tool_call_id" | "name"> & { readonly role: string };

function answersOf(message: PairedMessage): readonly Answer[] {
  if (message.tool_responses != null && message.tool_responses.length > 0) return message.tool_responses;
  return isAnswer(message) ? [message] : [];
}
