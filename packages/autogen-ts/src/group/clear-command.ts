/** `clear history` in what people or tools say. Specification chapter 12, section 9. */
import { contentText, type MessageDraft } from "../message/index.js";
import type { Run } from "../run/index.js";
import type { Agent } from "../chat/index.js";
import type { Group } from "./contract.js";

interface Command {
  /** Null: all participants, and the transcript. */
  readonly agent: Agent | null;
  /** Messages to keep; 0 or null: none. */
  readonly keep: number | null;
  /** The text without the command. */
  readonly rest: string;
}

/** Carries out the command in a reply, if there is one. @returns the reply without it */
export function obeyClearCommand(
  reply: string | MessageDraft,
  group: Group,
  manager: { readonly name: string },
  run: Run,
): string | MessageDraft {
  if (typeof reply === "string" || typeof reply.content === "function") return reply;
  const command = commandIn(contentText(reply.content), group.agents);
  if (command === null) return reply;
  const answersTools = reply.tool_responses != null;
  const keep = command.keep === null && answersTools ? 1 : command.keep;
  if (command.keep === null && answersTools) {
    run.warn("history-kept", "The history is cleared by the answer of a tool, so the message that called it is kept.");
  }
  clear(group, command.agent, keep === 0 ? null : keep);
  run.emit({ type: "history.cleared", group: manager.name, agent: command.agent?.name ?? null, kept: keep ?? 0 });
  return { ...reply, content: command.rest };
}

function commandIn(text: string, agents: readonly Agent[]): Command | null {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const at = words.findLastIndex((word, index) => /^clear$/iu.test(word) && /^history\W?$/iu.test(words[index + 1] ?? ""));
  if (at === -1) return null;
  let keep: number | null = null;
  let agent: Agent | null = null;
  let length = 2;
  for (const word of words.slice(at + 2, at + 4)) {
    const number = /^(\d+)[^\d]?$/.exec(word)?.[1];
    if (number !== undefined && keep === null) keep = Number(number);
    else {
      const named = number === undefined ? agents.find(({ name }) => name === word || name === word.slice(0, -1)) : undefined;
      if (named === undefined || agent !== null) continue;
      agent = named;
    }
    length += 1;
  }
  return { agent, keep, rest: [...words.slice(0, at), ...words.slice(at + length)].join(" ") };
}

function clear(group: Group, agent: Agent | null, keep: number | null): void {
  for (const one of agent === null ? group.agents : [agent]) if (forgets(one)) one.clearHistory(null, keep);
  if (agent === null) group.messages.splice(0, group.messages.length - (keep ?? 0));
}

interface Forgetting {
  clearHistory(peer: null, preserve: number | null): void;
}

const forgets = (agent: Agent): agent is Agent & Forgetting => "clearHistory" in agent;
