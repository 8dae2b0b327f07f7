/** What an agent remembers: one list of messages for each peer. Specification chapter 10, section 13. */
import type { Message } from "../message/index.js";
import { AutogenError } from "../run/index.js";
import type { Agent } from "../chat/index.js";

/** Peer to history. Reading an unknown peer makes an empty history. */
export class ChatMessages extends Map<Agent, Message[]> {
  override get(peer: Agent): Message[] {
    const found = super.get(peer);
    if (found !== undefined) return found;
    const made: Message[] = [];
    this.set(peer, made);
    return made;
  }
}

/** @throws AutogenError `invalid-state` when no peer is given and there are several, or the peer is unknown */
export function lastMessage(name: string, histories: ReadonlyMap<Agent, Message[]>, peer?: Agent | null): Message | null {
  if (peer === undefined || peer === null) {
    if (histories.size > 1) {
      throw new AutogenError(
        "invalid-state",
        `Agent \`${name}\` has talked with ${[...histories.keys()].map((one) => `\`${one.name}\``).join(", ")}. Say whose last message is meant.`,
      );
    }
    const [only = []] = histories.values();
    return only.at(-1) ?? null;
  }
  if (!histories.has(peer)) {
    throw new AutogenError(
      "invalid-state",
      `Agent \`${name}\` has not talked with \`${peer.name}\`, so there is no last message.`,
    );
  }
  return histories.get(peer)?.at(-1) ?? null;
}

/** How many messages from the end to keep so that a first kept answer of tools keeps the call before it. */
export function keptFrom(history: readonly Message[], preserve: number): { readonly start: number; readonly keptCall: boolean } {
  const start = Math.max(0, history.length - preserve);
  const first = history[start];
  const keptCall =
    preserve > 0 && start > 0 && first !== undefined && "tool_responses" in first && (first.tool_responses?.length ?? 0) > 0;
  return { start: keptCall ? start - 1 : start, keptCall };
}
