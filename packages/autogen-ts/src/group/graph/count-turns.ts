/** How often one spoke after another in a chat that has been. Specification chapter 12, section 12. */
import type { Message } from "../../message/index.js";
import type { RunEvent } from "../../run/index.js";

/** From a name, for each name that followed it, how often. */
export type TurnCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Which turns are counted. */
export interface CountOptions {
  /** Of events: only those of the manager with this name. @default all; each group is counted by itself, then added up */
  readonly group?: string;
}

/**
 * Counts turns in a transcript (messages with a `name`; others are passed over) or in the events of a run
 * (`speaker.selected`; the initiator is known from `chat.start`). Both may be mixed with what says nothing of speakers.
 */
export function countSpeakerTurns(source: Iterable<Message | RunEvent>, { group }: CountOptions = {}): TurnCounts {
  const counts = new Map<string, Map<string, number>>();
  // A transcript is one sequence of speakers; events belong to the group that they name.
  const last = new Map<string | null, string>();
  for (const one of source) {
    const turn = turnOf(one);
    if (turn === null || (group !== undefined && turn.group !== null && turn.group !== group)) continue;
    const from = turn.opens ? undefined : last.get(turn.group);
    last.set(turn.group, turn.speaker);
    if (from === undefined) continue;
    const next = counts.get(from) ?? new Map<string, number>();
    counts.set(from, next.set(turn.speaker, (next.get(turn.speaker) ?? 0) + 1));
  }
  return counts;
}

interface SpeakerTurn {
  /** null for a transcript, which does not say whose it is. */
  readonly group: string | null;
  readonly speaker: string;
  /** The first of a chat: it follows nobody. */
  readonly opens: boolean;
}

function turnOf(one: Message | RunEvent): SpeakerTurn | null {
  if (!("type" in one)) return one.name === undefined ? null : { group: null, speaker: one.name, opens: false };
  if (one.type === "speaker.selected") return { group: one.group, speaker: one.agent, opens: false };
  // Whether the other side leads a group shows only when it selects; who started a chat of two follows nobody there.
  return one.type === "chat.start" ? { group: one.to, speaker: one.from, opens: true } : null;
}
