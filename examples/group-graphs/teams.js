// @ts-check
// Three teams of five. Inside of a team everybody talks to everybody; between teams only the leaders do.
import { GroupChat } from "autogen-ts";
import { speaker, whoeverIsAsked } from "./speaking-agent.js";

const CRATES = { A: [3, 1, 4, 1, 5], B: [9, 2, 6, 5, 3], C: [5, 8, 9, 7, 9] };

/** What a member says: its own count and the sum so far, then whom it asks. */
function linesOf() {
  /** @type {Map<string, string[]>} */
  const lines = new Map();
  const names = Object.entries(CRATES).flatMap(([team, counts]) => counts.map((_, index) => `${team}${index}`));
  let sum = 0;
  for (const [index, name] of names.entries()) {
    sum += Object.values(CRATES).flat()[index] ?? 0;
    const next = names[index + 1];
    // The last of a team reports to its leader, who asks the next team's.
    const leader = `${name.charAt(0)}0`;
    const crosses = next === undefined || next.charAt(0) !== name.charAt(0);
    lines.set(name, [...(lines.get(name) ?? []), `Crates so far: ${sum}. NEXT: ${crosses ? leader : next}`]);
    if (!crosses) continue;
    lines.set(leader, [
      ...(lines.get(leader) ?? []),
      next === undefined ? `All teams have ${sum} crates. TERMINATE` : `Team ${name.charAt(0)} is done. NEXT: ${next}`,
    ]);
  }
  return lines;
}

export function teams() {
  const lines = linesOf();
  const members = Object.fromEntries(
    Object.keys(CRATES).map((team) => [
      team,
      [0, 1, 2, 3, 4].map((index) =>
        speaker(`${team}${index}`, (lines.get(`${team}${index}`) ?? []).slice(index === 0 && team === "A" ? 1 : 0)),
      ),
    ]),
  );
  const all = Object.values(members).flat();
  const leaders = all.filter(({ name }) => name.endsWith("0"));
  const transitions = new Map(
    Object.values(members).flatMap((team) =>
      team.map((one) => [
        one,
        [...team, ...(leaders.includes(one) ? leaders : [])].filter(
          (other, index, list) => other !== one && list.indexOf(other) === index,
        ),
      ]),
    ),
  );
  const chat = new GroupChat({
    agents: all,
    maxRound: 40,
    allowedOrDisallowedSpeakerTransitions: transitions,
    speakerTransitionsType: "allowed",
    speakerSelectionMethod: whoeverIsAsked,
  });
  const [first] = leaders;
  if (first === undefined) throw new Error("There is no leader.");
  return {
    chat,
    first,
    message: lines.get("A0")?.[0] ?? "",
    teams: Object.fromEntries(Object.entries(members).map(([team, list]) => [`Team ${team}`, list])),
  };
}
