/** How participants are presented to models and people. Specification chapter 12, section 3. */
import type { Agent } from "../chat/index.js";

/** One line for each agent: `name: description`. */
export function roleList(agents: readonly Agent[]): string {
  return agents.map(({ name, description = "" }) => `${name}: ${description}`.trim()).join("\n");
}

/** `['alice', 'bob']`. */
function nameList(agents: readonly Agent[]): string {
  return `[${agents.map(({ name }) => `'${name}'`).join(", ")}]`;
}

/** Replaces `{roles}` and `{agentlist}`; every other brace stays (D12-18). */
export function filledTemplate(template: string, agents: readonly Agent[]): string {
  return template
    .split(/(\{roles\}|\{agentlist\})/)
    .map((part) => (part === "{roles}" ? roleList(agents) : part === "{agentlist}" ? nameList(agents) : part))
    .join("");
}
