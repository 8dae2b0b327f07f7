/** What nested chats cost: a writer asks a critic inside each of its turns. Nobody thinks, all is scripted. */
import { ConversableAgent } from "autogen-ts";
import { byTurns, median, spread } from "./rounds.mjs";

const ROUNDS = 9;
const TURNS = 500;

export async function run() {
  const work = { nested: () => chat(true), plain: () => chat(false) };
  for (const one of Object.values(work)) await one(); // compiled
  const times = await byTurns(ROUNDS, Object.keys(work), async (name) => await work[name]());
  const inner = times.nested.map((time, round) => time - times.plain[round]);
  const ratios = inner.map((time, round) => time / times.plain[round]);
  return [
    { label: "CPU per turn", value: median(times.plain), spread: spread(times.plain), unit: "µs" },
    { label: "CPU per nested chat of one turn", value: median(inner), spread: spread(inner), unit: "µs" },
    { label: "nested chat against a turn", value: median(ratios), spread: spread(ratios), unit: "times" },
  ];
}

/** @returns microseconds per turn */
async function chat(isNested) {
  let asked = 0;
  const [user, writer, critic] = ["user", "writer", "critic"].map((name) => {
    const agent = new ConversableAgent({ name, humanInputMode: "NEVER", maxConsecutiveAutoReply: 1e9 });
    // It would come before what the nested chat has found.
    if (isNested && name === "writer") return agent;
    agent.registerReply([() => true], () => {
      if (name === "critic") asked += 1;
      return [true, "text"];
    });
    return agent;
  });
  if (isNested)
    writer.registerNestedChats([{ recipient: critic, message: "Is this good?", maxTurns: 1, silent: true }], { trigger: user });
  const before = process.cpuUsage();
  const result = await user.initiateChat(writer, { message: "text", maxTurns: TURNS, silent: true, loopDetection: false });
  const { user: busy, system } = process.cpuUsage(before);
  if (result.chatHistory.length !== 2 * TURNS || asked !== (isNested ? TURNS : 0))
    throw new Error(
      `The chat was not held as it should: ${result.chatHistory.length} messages, ${asked} questions, ${result.stopReason}.`,
    );
  return (busy + system) / TURNS;
}
