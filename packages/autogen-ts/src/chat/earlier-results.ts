/** What an earlier call of the same several chats came to, by their places in the queue. */
import { AutogenError } from "../run/index.js";
import type { Plan } from "./plan.js";
import type { QueueResults } from "./queue-options.js";
import type { ChatResult } from "./result.js";

/** @throws AutogenError `invalid-option` for results of other chats */
export function earlierResults({ chats, isGraph }: Plan, given: QueueResults | undefined): ReadonlyMap<number, ChatResult> {
  const results: readonly unknown[] = given === undefined ? [] : [...given.values()];
  const places = new Map(chats.map(({ id, index }) => [isGraph ? id : index, index]));
  const earlier = new Map<number, ChatResult>();
  for (const [position, result] of results.entries()) {
    const index = isResult(result) ? places.get(isGraph ? result.chatId : position) : undefined;
    if (index === undefined) {
      throw new AutogenError(
        "invalid-option",
        `Result ${String(position)} of \`resume\` belongs to none of the ${String(chats.length)} chats. Pass what \`initiateChats\` gave for the same queue.`,
      );
    }
    earlier.set(index, result as ChatResult); // Looked at by `isResult`, or there would be no place for it.
  }
  return earlier;
}

function isResult(value: unknown): value is ChatResult {
  const { chatId, turns, isFinished } = (value ?? {}) as { readonly [key: string]: unknown };
  return chatId !== undefined && typeof turns === "number" && typeof isFinished === "boolean";
}

/** What there is to say when chats were left out because they wait for others that were broken off. */
export function waitingText(plan: Plan, results: ReadonlyMap<number, ChatResult>, left: number): string | null {
  const broken = plan.chats.find(({ index }) => results.get(index)?.isFinished === false);
  if (broken === undefined || left === 0) return null;
  const { index, sender, recipient } = broken;
  const reason = results.get(index)?.stopReason ?? "";
  const first = reason === "budget" ? "Raise the budget" : "Answer what waits by `answerApproval`";
  return `Chat [${String(index)}] of \`${sender.name}\` with \`${recipient.name}\` ended by \`${reason}\`, so ${String(left)} of ${String(plan.chats.length)} chats did not start. ${first}, then pass the results as \`resume\`.`;
}
