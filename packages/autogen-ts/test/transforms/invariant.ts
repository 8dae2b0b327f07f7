/** What no transform may ever do to a history, stated without the transforms' own means. */
import assert from "node:assert/strict";
import type { Placed } from "./histories.js";

interface Loose {
  readonly role: string;
  readonly name?: string;
  readonly tool_calls?: readonly { readonly id?: string }[];
  readonly function_call?: { readonly name: string };
  readonly tool_call_id?: string;
  readonly tool_responses?: readonly { readonly role: string; readonly tool_call_id?: string }[];
}

/** Pairs of places: of a call and of an answer to it. */
export function pairsIn(history: readonly Placed[]): readonly (readonly [caller: number, answer: number])[] {
  const pairs: [number, number][] = [];
  const waiting: number[] = [];
  for (const [at, message] of (history as readonly Loose[]).entries()) {
    for (const { role, tool_call_id: id } of answersIn(message)) {
      const caller =
        role === "function"
          ? callerOf(history, at, (one) => one.function_call?.name === message.name)
          : id === undefined
            ? waiting.shift()
            : callerOf(history, at, (one) => one.tool_calls?.some((call) => call.id === id) === true);
      if (caller !== undefined && caller !== -1) pairs.push([caller, at]);
    }
    for (const { id } of message.tool_calls ?? []) if (id === undefined) waiting.push(at);
  }
  return pairs;
}

const callerOf = (history: readonly Placed[], before: number, makes: (message: Loose) => boolean): number =>
  (history.slice(0, before) as readonly Loose[]).findLastIndex(makes);

function answersIn(message: Loose): readonly { readonly role: string; readonly tool_call_id?: string }[] {
  if (message.tool_responses !== undefined) return message.tool_responses;
  return isAnswer(message) ? [message] : [];
}

const isAnswer = ({ role }: { readonly role: string }): boolean => role === "tool" || role === "function";

/** @throws AssertionError that names what was broken */
export function assertWhole(before: readonly Placed[], after: readonly object[]): void {
  assert.ok(after.length > 0, "the request is empty");
  const hasSystem = before[0]?.role === "system";
  if (hasSystem) assert.equal((after[0] as Placed).role, "system", "the system message is gone");
  if (hasSystem && before.length > 1) assert.ok(after.length > 1, "nothing but the system message is left");
  const places = after.map((message) => (message as Partial<Placed>).place).filter((place) => place !== undefined);
  assert.ok(
    places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1)),
    "the order is another",
  );
  const kept = new Set(places);
  for (const [caller, answer] of pairsIn(before)) {
    assert.equal(kept.has(caller), kept.has(answer), `call ${String(caller)} and its answer ${String(answer)} are separated`);
  }
  const [start] = hasSystem ? places.slice(1) : places;
  if (start !== undefined && isStray(before, start)) assertOnlyWay(before, hasSystem ? 1 : 0, start);
}

const isStray = (history: readonly Placed[], at: number): boolean =>
  isAnswer(history[at] ?? { role: "" }) && !pairsIn(history).some(([, answer]) => answer === at);

/** A stray answer stands first only when there is no better place to begin, or when nothing was left out before it. */
function assertOnlyWay(history: readonly Placed[], from: number, start: number): void {
  if (start === from) return;
  const pairs = pairsIn(history);
  const clean = history.findIndex(
    (_, at) => at >= from && !isStray(history, at) && !pairs.some(([caller, answer]) => caller < at && answer >= at),
  );
  assert.equal(clean, -1, `the result begins with the stray answer ${String(start)}`);
}
