/** How much memory a chat needs that is under way: two agents, their run, no messages yet, waiting for a human's line. */
import { inOwnProcess } from "./own-process.mjs";

const CHATS = 10_000;

export async function run() {
  const { bytes, live } = await inOwnProcess(CHATS, async ({ count, heap, library }) => {
    const { AssistantAgent, UserProxyAgent } = library;
    const prompts = [];
    const stream = { print() {}, input: async (prompt) => await new Promise((resolve) => prompts.push({ prompt, resolve })) };
    const llmConfig = { config_list: [{ model: "none", api_key: "none" }] };
    const start = async (number) => {
      const user = new UserProxyAgent({ name: `user${number}`, codeExecutionConfig: false });
      const bot = new AssistantAgent({ name: `bot${number}`, llmConfig });
      await user.initiateChat(bot, { stream });
    };
    const chats = [start(-1)]; // loads what is loaded once
    const allAsk = async () => {
      while (prompts.length < chats.length) await new Promise((resolve) => setImmediate(resolve));
    };
    await allAsk();
    const before = heap();
    for (let number = 0; number < count; number++) chats.push(start(number));
    await allAsk();
    return { bytes: (heap() - before) / count, live: prompts.length - 1 };
  });
  if (live !== CHATS) throw new Error(`${live} of ${CHATS} chats were under way.`);
  return [{ label: `heap per live chat, ${CHATS} chats`, value: bytes / 1024, unit: "KiB", atMost: 12 }];
}
