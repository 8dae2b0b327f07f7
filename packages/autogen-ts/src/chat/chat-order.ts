/** In which order chats with prerequisites can be held. Specification chapter 13, section 2. */
import { AutogenError } from "../run/index.js";
import type { ChatId } from "./result.js";

/** A chat, and those that have to be finished before it. */
export interface Dependent {
  readonly chatId: ChatId;
  /** One that is named twice counts once. @default [] */
  readonly prerequisites?: readonly ChatId[] | undefined;
}

/**
 * The ids in layers put one after another: first all chats that wait for none, in the order given, then those that wait
 * only for them, and so on.
 *
 * @throws AutogenError `invalid-option` for an id that several have, a prerequisite that is not there, and a cycle, which is named
 */
export function chatOrder(chats: readonly Dependent[]): readonly ChatId[] {
  const waitsFor = new Map<ChatId, Set<ChatId>>();
  for (const { chatId, prerequisites = [] } of chats) {
    if (waitsFor.has(chatId)) {
      throw new AutogenError("invalid-option", `Several chats have the id ${shown(chatId)}. Give each an id of its own.`);
    }
    waitsFor.set(chatId, new Set(prerequisites));
  }
  const waiting = new Map<ChatId, ChatId[]>();
  for (const [chatId, before] of waitsFor) {
    for (const id of before) {
      if (!waitsFor.has(id)) {
        throw new AutogenError(
          "invalid-option",
          `Chat ${shown(chatId)} waits for chat ${shown(id)}, which is not in the queue. The ids are ${[...waitsFor.keys()].map(shown).join(", ")}.`,
        );
      }
      const list = waiting.get(id);
      if (list === undefined) waiting.set(id, [chatId]);
      else list.push(chatId);
    }
  }
  const left = new Map([...waitsFor].map(([chatId, before]) => [chatId, before.size]));
  const order: ChatId[] = [];
  for (let layer = [...left].filter(([, count]) => count === 0).map(([chatId]) => chatId); layer.length > 0;) {
    order.push(...layer);
    const next: ChatId[] = [];
    for (const chatId of layer.flatMap((done) => waiting.get(done) ?? [])) {
      const count = (left.get(chatId) ?? 0) - 1;
      left.set(chatId, count);
      if (count === 0) next.push(chatId);
    }
    layer = next;
  }
  if (order.length < waitsFor.size) throw cycleIn(waitsFor, new Set(order));
  return order;
}

/** Whoever is left waits for somebody who is left, so that following them comes round. */
function cycleIn(waitsFor: ReadonlyMap<ChatId, ReadonlySet<ChatId>>, done: ReadonlySet<ChatId>): AutogenError {
  const path: ChatId[] = [];
  let at = [...waitsFor.keys()].find((chatId) => !done.has(chatId));
  while (at !== undefined && !path.includes(at)) {
    path.push(at);
    at = [...(waitsFor.get(at) ?? [])].find((id) => !done.has(id));
  }
  const cycle = at === undefined ? path : [...path.slice(path.indexOf(at)), at];
  return new AutogenError(
    "invalid-option",
    `Chats wait for each other in a circle: ${cycle.map(shown).join(" waits for ")}. Take one of these \`prerequisites\` away.`,
  );
}

const shown = (id: ChatId): string => JSON.stringify(id);
