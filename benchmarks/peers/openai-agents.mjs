/** `Agent` and `Runner` over chat completions, without tracing. */
import { z } from "zod";
import { check, HISTORY, QUESTION, SYSTEM, TOOL } from "./task.mjs";

export const packages = ["@openai/agents"];

export async function contender(baseURL) {
  const { Agent, assistant, OpenAIChatCompletionsModel, Runner, setTracingDisabled, tool, user } = await import("@openai/agents");
  const { default: OpenAI } = await import("openai");
  setTracingDisabled(true);
  const model = new OpenAIChatCompletionsModel(new OpenAI({ baseURL, apiKey: "bench" }), "bench");
  const add = tool({
    ...TOOL,
    parameters: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => a + b,
  });
  const agent = new Agent({ name: "bot", instructions: SYSTEM, model });
  const calling = new Agent({ name: "bot", instructions: SYSTEM, model, tools: [add] });
  const runner = new Runner({ tracingDisabled: true });
  const history = HISTORY.map(({ role, content }) => (role === "user" ? user(content) : assistant(content)));
  return {
    turn: async () => check((await runner.run(agent, QUESTION)).finalOutput),
    history: async () => check((await runner.run(agent, [...history, user(QUESTION)])).finalOutput),
    loop: async () => check((await runner.run(calling, QUESTION)).finalOutput),
  };
}
