/** Two agents, as in the first example of the README. */
import { z } from "zod";
import { check, checkSum, HISTORY, QUESTION, SYSTEM, TOOL } from "./task.mjs";

export const packages = ["autogen-ts"];

export async function contender(url) {
  const { AssistantAgent, defineTool, memoryStream, registerFunction, UserProxyAgent } = await import("autogen-ts");
  const stream = memoryStream();
  const add = defineTool({
    ...TOOL,
    parameters: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => a + b,
  });
  const pair = () => {
    const entry = { model: "bench", base_url: url, api_key: "bench", price: 0 };
    const bot = new AssistantAgent({ name: "bot", systemMessage: SYSTEM, llmConfig: { config_list: [entry], cache_seed: null } });
    const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
    return { user, bot };
  };
  const { user, bot } = pair();
  const history = HISTORY.map(({ role, content }) => Object.freeze({ role, content, name: role === "user" ? "user" : "bot" }));
  return {
    turn: async () => {
      const { summary } = await user.initiateChat(bot, { message: QUESTION, maxTurns: 1, silent: true, stream });
      check(summary);
    },
    history: async () => {
      bot.chatMessages.set(user, [...history]);
      user.chatMessages.delete(bot);
      const asked = { message: QUESTION, maxTurns: 1, clearHistory: false, silent: true, stream };
      const { summary } = await user.initiateChat(bot, asked);
      check(summary);
    },
    loop: async () => {
      const both = pair();
      registerFunction(add, { caller: both.bot, executor: both.user });
      const asked = { message: QUESTION, maxTurns: 2, silent: true, stream };
      const { summary, chatHistory } = await both.user.initiateChat(both.bot, asked);
      checkSum(chatHistory[2]?.content);
      check(summary);
    },
  };
}
