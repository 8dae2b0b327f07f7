/** Pictures of who may speak after whom, and of who did. Specification chapter 12, section 12. */
import type { Agent } from "../../chat/index.js";
import { AutogenError, unreachable } from "../../run/index.js";
import type { TurnCounts } from "./count-turns.js";
import { dotText } from "./dot.js";
import { mermaidText } from "./mermaid.js";
import { pictureOf } from "./picture.js";
import type { TransitionTable } from "./transition-table.js";

/** How a picture looks. */
export interface VisualizeOptions {
  /** Mermaid is drawn by GitHub and many editors; `drawGraph` draws DOT. @default "mermaid" */
  readonly format?: "mermaid" | "dot";
  /** A finished run (`countSpeakerTurns`): its counts stand on the edges, turns not taken are dotted, turns that the table does not list are red. @default none */
  readonly counts?: TurnCounts | null;
  /** Top down, or left to right. @default "TB" */
  readonly direction?: "TB" | "LR";
  /** Frames around some of the agents, by title. @default none */
  readonly teams?: Readonly<Record<string, readonly Agent[]>>;
}

/**
 * A directed graph of all agents, with an edge for each transition. Names are escaped: whoever names an agent cannot write into
 * the picture.
 *
 * @throws AutogenError `invalid-option`
 */
export function visualizeSpeakerTransitions(
  table: TransitionTable,
  agents: readonly Agent[],
  { format = "mermaid", counts = null, direction = "TB", teams = {} }: VisualizeOptions = {},
): string {
  if (direction !== "TB" && direction !== "LR") {
    throw new AutogenError("invalid-option", `\`direction\` is ${JSON.stringify(direction)}. Pass "TB" or "LR".`);
  }
  const picture = pictureOf({ table, agents, counts, teams });
  switch (format) {
    case "mermaid":
      return mermaidText(picture, direction);
    case "dot":
      return dotText(picture, direction);
    default:
      return unreachable(format);
  }
}
