/** `Agent` of VoltAgent over the AI SDK's provider for compatible endpoints, without memory. */
import { z } from "zod";
import { check, HISTORY, QUESTION, SYSTEM, TOOL } from "./task.mjs";

export const packages = ["@voltagent/core"];

export async function contender(baseURL) {
  const { Agent, createTool } = await import("@voltagent/core");
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const model = createOpenAICompatible({ name: "bench", baseURL, apiKey: "bench" })("bench");
  const add = createTool({
    ...TOOL,
    parameters: z.object({ a: z.number(), b: z.number() }),
    execute: async ({ a, b }) => a + b,
  });
  const settings = { name: "bot", instructions: SYSTEM, model, memory: /** @type {const} */ (false) };
  const agent = new Agent(settings);
  const calling = new Agent({ ...settings, tools: [add] });
  const run = async (one, messages) => check((await one.generateText(messages)).text);
  return {
    turn: async () => await run(agent, QUESTION),
    history: async () => await run(agent, [...HISTORY, { role: "user", content: QUESTION }]),
    loop: async () => await run(calling, QUESTION),
  };
}
