/** `Agent` of Mastra with its own settings for compatible endpoints, without memory and telemetry. */
import { z } from "zod";
import { check, HISTORY, QUESTION, SYSTEM, TOOL } from "./task.mjs";

export const packages = ["@mastra/core"];

export async function contender(baseURL) {
  const { Agent } = await import("@mastra/core/agent");
  const { createTool } = await import("@mastra/core/tools");
  const model = { id: /** @type {const} */ ("bench/bench"), url: baseURL, apiKey: "bench" };
  const add = createTool({
    id: TOOL.name,
    description: TOOL.description,
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    execute: async (input) => input.context.a + input.context.b,
  });
  const agent = new Agent({ name: "bot", instructions: SYSTEM, model });
  const calling = new Agent({ name: "bot", instructions: SYSTEM, model, tools: { add } });
  const run = async (one, messages) => check((await one.generate(messages)).text);
  return {
    turn: async () => await run(agent, QUESTION),
    history: async () => await run(agent, [...HISTORY, { role: "user", content: QUESTION }]),
    loop: async () => await run(calling, QUESTION),
  };
}
