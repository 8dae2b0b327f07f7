/** Whether finished chats leave anything behind: ten thousand, each with agents of its own. */
import { inOwnProcess } from "./own-process.mjs";

const CHATS = 10_000;

export async function run() {
  const { base, after } = await inOwnProcess(CHATS, async ({ count, heap, library }) => {
    const { ConversableAgent } = library;
    const chat = async () => {
      const [one, other] = ["one", "other"].map((name) => {
        const agent = new ConversableAgent({ name, humanInputMode: "NEVER" });
        agent.registerReply([() => true], () => [true, "text"]);
        return agent;
      });
      await one.initiateChat(other, { message: "text", maxTurns: 2, silent: true });
    };
    for (let number = 0; number < 1_000; number += 1) await chat(); // compiled, and loaded what is loaded once
    const baseBytes = heap();
    for (let number = 0; number < count; number += 1) await chat();
    return { base: baseBytes, after: heap() };
  });
  return [
    { label: `heap before ${CHATS} chats`, value: base / 2 ** 20, unit: "MiB" },
    { label: `heap after ${CHATS} finished chats against before`, value: after / base, unit: "times", atMost: 1.05 },
  ];
}
