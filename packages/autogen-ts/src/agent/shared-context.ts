/** What those who take part in a run share beside their messages: values, and tools that are offered to some. */
import type { Content, ContentPart } from "../message/index.js";
import type { ToolEntry } from "../tool/index.js";
import type { Agent } from "../chat/index.js";
import type { ContextVariables } from "./context-variables.js";
import type { ToolFunction } from "./tool-settings.js";

declare module "../run/run.js" {
  interface RunContext {
    /** Values shared by all who take part. */
    readonly variables: ContextVariables;
    /** Tools of the run, beside those of its agents. */
    readonly offered: OfferedTools;
  }
}

/** Tools that a run offers to its agents. */
export interface OfferedTools {
  /** Only those who answer it get the tools: a chat inside of the run is another matter. */
  readonly leader: Agent;
  /** What the model of this agent is told about them. */
  signaturesFor(agent: string): readonly ToolEntry[];
  /** What runs such a tool, whoever runs it. */
  implementationOf(tool: string): ToolFunction | undefined;
}

/** A system message with the values of the run. */
export function filledContent(
  content: string | readonly ContentPart[],
  variables: ContextVariables | undefined,
): Exclude<Content, (...args: never[]) => unknown> {
  if (variables === undefined) return content;
  if (typeof content === "string") return variables.fill(content);
  return content.map((part) =>
    "text" in part && typeof part.text === "string" ? { ...part, text: variables.fill(part.text) } : part,
  );
}

/** The tools of a run, for those who answer the one that offers them. */
export function offeredBy(sender: Agent | null, offered: OfferedTools | undefined): OfferedTools | undefined {
  return offered?.leader === sender ? offered : undefined;
}
