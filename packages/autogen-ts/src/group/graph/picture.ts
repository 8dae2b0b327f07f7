/** What a picture of speakers shows, before it is written in a language of pictures. */
import type { Agent } from "../../chat/index.js";
import { AutogenError } from "../../run/index.js";
import type { TurnCounts } from "./count-turns.js";
import type { TransitionTable } from "./transition-table.js";

export interface PictureNode {
  /** Made of a letter and a number: names are somebody's text and stand in labels only. */
  readonly id: string;
  readonly name: string;
  /** false for somebody who spoke, or is in the table, but takes no part. */
  readonly member: boolean;
}

export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  /** How often it was taken; null when no run is shown. */
  readonly count: number | null;
  /** false for a turn that the table does not list, for example of a selector that chose freely. */
  readonly listed: boolean;
}

/** A frame around some nodes. */
export interface PictureTeam {
  readonly id: string;
  readonly name: string;
  readonly nodes: readonly PictureNode[];
}

export interface Picture {
  readonly teams: readonly PictureTeam[];
  /** Those in no team. */
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

export interface PictureSource {
  readonly table: TransitionTable;
  readonly agents: readonly Agent[];
  readonly counts: TurnCounts | null;
  readonly teams: Readonly<Record<string, readonly Agent[]>>;
}

/** @throws AutogenError `invalid-option` for a table that is none, or an agent in two teams */
export function pictureOf({ table, agents, counts, teams }: PictureSource): Picture {
  const given: unknown = table;
  if (!(given instanceof Map)) {
    throw new AutogenError(
      "invalid-option",
      "The transitions are no Map. Pass `groupChat.allowedSpeakerTransitions`, or a Map of your own.",
    );
  }
  const members = new Set(agents.map(({ name }) => name));
  const listed = [...table].flatMap(([from, next]) => [...new Set(next)].map((to) => [from.name, to.name] as const));
  const taken = [...(counts ?? [])].flatMap(([from, next]) => [...next].map(([to, count]) => ({ from, to, count })));
  const names = new Set([...members, ...listed.flat(), ...taken.flatMap(({ from, to }) => [from, to])]);
  const nodes = new Map([...names].map((name, index) => [name, { id: `n${String(index)}`, name, member: members.has(name) }]));
  const idOf = (name: string): string => nodes.get(name)?.id ?? "";
  const isListed = new Set(listed.map(([from, to]) => edgeKey(from, to)));
  const unlisted = taken.filter(({ from, to }) => !isListed.has(edgeKey(from, to)));
  const framed = framesOf(teams, nodes);
  const inTeam = new Set(framed.flatMap((team) => team.nodes));
  return {
    teams: framed,
    nodes: [...nodes.values()].filter((node) => !inTeam.has(node)),
    edges: [
      ...listed.map(([from, to]) => ({
        from: idOf(from),
        to: idOf(to),
        count: counts === null ? null : (counts.get(from)?.get(to) ?? 0),
        listed: true,
      })),
      ...unlisted.map(({ from, to, count }) => ({ from: idOf(from), to: idOf(to), count, listed: false })),
    ],
  };
}

/** No two pairs share it, whatever stands in the names. */
const edgeKey = (from: string, to: string): string => JSON.stringify([from, to]);

function framesOf(teams: PictureSource["teams"], nodes: ReadonlyMap<string, PictureNode>): readonly PictureTeam[] {
  const placed = new Set<PictureNode>();
  return Object.entries(teams).map(([name, agents], index) => {
    const own = agents.map((agent) => nodes.get(agent.name)).filter((node) => node !== undefined);
    const again = own.find((node) => placed.has(node));
    if (again !== undefined) {
      throw new AutogenError("invalid-option", `\`${again.name}\` is in two of the \`teams\`. List it in one.`);
    }
    for (const node of own) placed.add(node);
    return { id: `t${String(index)}`, name, nodes: own };
  });
}

const MOST_CHARACTERS = 60;

/** One line of letters that show: names are somebody's text, and may be long or hold characters that steer the output. */
export function labelText(name: string): string {
  const shown = name
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[\p{Cf}\p{Cs}\p{Co}]/gu, "�")
    .trim();
  const letters = Array.from(shown);
  return letters.length > MOST_CHARACTERS ? `${letters.slice(0, MOST_CHARACTERS - 1).join("")}…` : shown;
}
