import { contentText, type Content, type MessageDraft } from "../message/index.js";
import type { Agent } from "../chat/index.js";
import { namesInAnswer } from "./speakers/index.js";

/**
 * How often each of the agents is named in a text, or in the text of a message; those who are not are left out.
 * Specification chapter 12, section 6.3.
 */
export function mentionedAgents(said: Content | MessageDraft | null, agents: readonly Agent[]): ReadonlyMap<string, number> {
  const content = isMessage(said) ? said.content : said;
  return namesInAnswer(
    contentText(content),
    agents.map(({ name }) => name),
  );
}

const isMessage = (said: Content | MessageDraft | null): said is MessageDraft =>
  typeof said === "object" && said !== null && !Array.isArray(said);
