/** A human chooses by number. Specification chapter 12, section 6.1. */
import type { Choice } from "../contract.js";
import type { Selecting } from "./method.js";

/** What is said after the second bad value; the third try is never made. Kept from the reference. */
const TRIES = 3;

/** The agent with the number that was typed; when the human gives up, the next eligible one in order (D12-3). */
export async function selectByHuman({ group, last, eligible, manager, run }: Selecting): Promise<Choice> {
  const names = eligible.map(({ name }) => name);
  run.emit({ type: "speaker.offered", group: manager.name, candidates: names });
  const prompt = `Type the number of the next speaker; enter or 'q' leaves the choice to the order of the group: `;
  let attempts = 0;
  while (attempts < TRIES - 1) {
    attempts += 1;
    run.emit({ type: "human.ask", agent: manager.name, prompt, purpose: "select-speaker", sender: last.name });
    const line = await run.perform(
      "human",
      manager.name,
      { prompt },
      async (context) => await run.host.stream().input(prompt, { ...context, agent: manager.name }),
    );
    run.emit({ type: "human.answer", agent: manager.name, text: line });
    const text = line.trim();
    if (text === "" || text === "q") return { agent: group.nextAgent(last, eligible), attempts, tokens: 0 };
    const agent = /^\d+$/.test(text) ? eligible[Number(text) - 1] : undefined;
    if (agent !== undefined) return { agent, attempts, tokens: 0 };
    run.emit({ type: "speaker.refused", group: manager.name, answer: text, most: eligible.length, last: attempts === TRIES - 1 });
  }
  return { agent: group.nextAgent(last, eligible), attempts, tokens: 0 };
}
