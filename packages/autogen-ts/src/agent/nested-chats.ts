/** Answers that are made by chats with other agents. Specification chapter 13, section 3. */
import { AutogenError } from "../run/index.js";
import { chatOrder } from "../chat/index.js";
import type { NestedEntry, NestedHow } from "./nested-options.js";
import type { ReplyFunction } from "./reply-list.js";

/**
 * A reply function that holds the chats of `queue` and answers with the summary of the last.
 *
 * @throws AutogenError `invalid-option`
 */
export function nestedChats(queue: readonly NestedEntry[], how: NestedHow = {}): ReplyFunction {
  const { replyFuncFromNestedChats: reply = "summary_from_nested_chats" } = how;
  const kept = checkQueue(queue, how);
  if (typeof reply === "function") {
    return async function replyFromNestedChats(recipient, messages, sender, config, turn) {
      return await reply(kept, recipient, messages, sender, config, turn);
    };
  }
  if (reply !== "summary_from_nested_chats") {
    throw new AutogenError(
      "invalid-option",
      `\`replyFuncFromNestedChats\` is ${JSON.stringify(reply)}. Pass "summary_from_nested_chats", or a function.`,
    );
  }
  return async function summaryFromNestedChats(owner, messages, sender, config, { run }) {
    const { NestedQueue } = await import("./nested-queue.js");
    return await new NestedQueue(kept, how, { owner, messages, sender, config, run }).answer();
  };
}

function checkQueue(queue: readonly NestedEntry[], { useAsync = null }: NestedHow): readonly NestedEntry[] {
  if (!Array.isArray(queue)) throw new AutogenError("invalid-option", "Nested chats are given as a list of entries.");
  const entries: readonly NestedEntry[] = [...(queue as readonly NestedEntry[])];
  for (const [index, entry] of entries.entries()) {
    const { recipient } = (entry ?? {}) as { readonly recipient?: unknown };
    if (typeof recipient === "object" && recipient !== null) continue;
    throw new AutogenError(
      "invalid-option",
      `Entry [${String(index)}] of the nested chats has no \`recipient\`. Name the agent to talk with.`,
    );
  }
  const withId = entries.filter(({ chatId }) => chatId !== undefined);
  if (withId.length < entries.length && (useAsync === true || withId.length > 0)) {
    const index = entries.findIndex(({ chatId }) => chatId === undefined);
    throw new AutogenError(
      "invalid-option",
      `Entry [${String(index)}] of the nested chats has no \`chatId\`. Give one to each of them${useAsync === true ? "" : ", or to none"}.`,
    );
  }
  if (useAsync === false) return entries.map(({ chatId: _id, prerequisites: _before, ...entry }) => entry as NestedEntry);
  chatOrder(withId.map(({ chatId = "", prerequisites }) => ({ chatId, prerequisites })));
  return entries;
}
