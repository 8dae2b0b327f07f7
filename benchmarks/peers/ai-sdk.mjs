/** `generateText` for one answer and `ToolLoopAgent` for tools, over the provider for compatible endpoints. */
import { z } from "zod";
import { check, checkSum, HISTORY, QUESTION, SYSTEM, TOOL } from "./task.mjs";

export const packages = ["ai", "@ai-sdk/openai-compatible"];

export async function contender(baseURL) {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const { stepCountIs, tool, ToolLoopAgent } = await import("ai");
  const model = createOpenAICompatible({ name: "bench", baseURL, apiKey: "bench" })("bench");
  const add = tool({
    description: TOOL.description,
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => a + b,
  });
  const agent = new ToolLoopAgent({ model, instructions: SYSTEM });
  const calling = new ToolLoopAgent({ model, instructions: SYSTEM, tools: { add }, stopWhen: stepCountIs(4) });
  return {
    turn: async () => check((await agent.generate({ prompt: QUESTION })).text),
    history: async () => {
      const { text } = await agent.generate({ messages: [...HISTORY, { role: "user", content: QUESTION }] });
      check(text);
    },
    loop: async () => {
      const { text, steps } = await calling.generate({ prompt: QUESTION });
      checkSum(steps[0]?.toolResults[0]?.output);
      check(text);
    },
  };
}
