/** What readers of events cost: chats of scripted agents with none, one and ten of them. */
import { ConversableAgent } from "autogen-ts";
import { byTurns, median, spread } from "./rounds.mjs";

const ROUNDS = 9;
const MESSAGES = 4_000;
const COUNTS = [0, 1, 10];

export async function run() {
  for (const count of COUNTS) await chat(count); // compiled
  const times = await byTurns(ROUNDS, COUNTS.map(String), async (count) => await chat(Number(count)));
  return COUNTS.map((count) => ({
    label: `CPU per message, ${count} subscribers`,
    value: median(times[count]),
    spread: spread(times[count]),
    unit: "µs",
  }));
}

/** @returns microseconds per message */
async function chat(subscribers) {
  const [one, other] = ["one", "other"].map((name) => {
    const agent = new ConversableAgent({ name, humanInputMode: "NEVER", maxConsecutiveAutoReply: 1e9 });
    agent.registerReply([() => true], () => [true, "text"]);
    return agent;
  });
  const counts = Array.from({ length: subscribers }, () => ({ messages: 0 }));
  const tell = counts.map((count) => (event) => {
    if (event.type === "message.received") count.messages += 1;
  });
  const onEvent = (event) => {
    for (const each of tell) each(event);
  };
  const before = process.cpuUsage();
  await one.initiateChat(other, {
    ...{ message: "text", maxTurns: MESSAGES / 2, silent: true, loopDetection: false },
    ...(subscribers === 0 ? {} : { onEvent }),
  });
  const { user, system } = process.cpuUsage(before);
  if (counts.some(({ messages }) => messages !== MESSAGES)) throw new Error("A subscriber missed a message.");
  return (user + system) / MESSAGES;
}
