// @ts-check
// Agents that need no model: each says its lines, one for each time that it has the turn.
import { anySender, contentText, ConversableAgent } from "autogen-ts";

/**
 * @param {string} name
 * @param {readonly string[]} lines
 * @returns {ConversableAgent}
 */
export function speaker(name, lines) {
  const left = [...lines];
  const agent = new ConversableAgent({ name, description: `${name} of the team.`, humanInputMode: "NEVER" });
  agent.registerReply(anySender, () => [true, left.shift() ?? "I have nothing to add. TERMINATE"]);
  return agent;
}

/**
 * A selector: whoever the last message asks for, among those who may follow. Null ends the run.
 *
 * @param {import("autogen-ts").Agent} last
 * @param {import("autogen-ts").Group} group
 */
export function whoeverIsAsked(last, group) {
  const candidates = group.transitions.allowedNext(last);
  const asked = resolved(contentText(group.messages.at(-1)?.content), candidates);
  if (asked !== null) return asked;
  return candidates[0] ?? null;
}

/** @param {string} text @param {readonly import("autogen-ts").Agent[]} candidates */
function resolved(text, candidates) {
  const name = /NEXT: (\S+?)[.\s]*$/.exec(text)?.[1];
  return candidates.find((agent) => agent.name === name) ?? null;
}
