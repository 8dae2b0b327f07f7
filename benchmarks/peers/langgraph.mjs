/** The prebuilt agent of LangGraph.js with the client of LangChain.js. */
import { z } from "zod";
import { check, HISTORY, QUESTION, SYSTEM, TOOL } from "./task.mjs";

export const packages = ["@langchain/langgraph", "@langchain/openai", "@langchain/core"];

export async function contender(baseURL) {
  const { createReactAgent } = await import("@langchain/langgraph/prebuilt");
  const { ChatOpenAI } = await import("@langchain/openai");
  const { tool } = await import("@langchain/core/tools");
  const llm = new ChatOpenAI({ model: "bench", apiKey: "bench", configuration: { baseURL } });
  const add = tool(({ a, b }) => String(a + b), { ...TOOL, schema: z.object({ a: z.number(), b: z.number() }) });
  const agent = createReactAgent({ llm, tools: [], prompt: SYSTEM });
  const calling = createReactAgent({ llm, tools: [add], prompt: SYSTEM });
  const question = { role: "user", content: QUESTION };
  const run = async (one, messages) => {
    const result = await one.invoke({ messages });
    check(result.messages.at(-1)?.content);
  };
  return {
    turn: async () => await run(agent, [question]),
    history: async () => await run(agent, [...HISTORY, question]),
    loop: async () => await run(calling, [question]),
  };
}
