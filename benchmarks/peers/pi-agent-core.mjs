/** `Agent` over the client for compatible endpoints, which always streams. */
import { z } from "zod";
import { check, checkSum, HISTORY, QUESTION, SYSTEM, TOOL } from "./task.mjs";

export const packages = ["@mariozechner/pi-agent-core"];

const NO_USAGE = {
  ...{ input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 },
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
};

export async function contender(baseUrl) {
  const { Agent } = await import("@mariozechner/pi-agent-core");
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  const about = { api: "openai-completions", provider: "bench" };
  const model = {
    ...about,
    id: "bench",
    name: "bench",
    baseUrl,
    cost,
    reasoning: false,
    input: ["text"],
    contextWindow: 1e6,
    maxTokens: 1_000,
  };
  const parameters = z.toJSONSchema(z.object({ a: z.number(), b: z.number() }));
  const add = {
    ...{ ...TOOL, label: TOOL.name, parameters },
    execute: async (_id, { a, b }) => ({ content: [{ type: "text", text: String(a + b) }], details: {} }),
  };
  const messages = HISTORY.map(({ role, content }) =>
    role === "user"
      ? { role, content, timestamp: 0 }
      : {
          ...about,
          role,
          content: [{ type: "text", text: content }],
          model: "bench",
          usage: NO_USAGE,
          stopReason: "stop",
          timestamp: 0,
        },
  );
  const run = async (state) => {
    const agent = new Agent({ initialState: { systemPrompt: SYSTEM, model, ...state }, getApiKey: () => "bench" });
    await agent.prompt(QUESTION);
    const last = agent.state.messages.at(-1);
    check(last?.role === "assistant" ? last.content[0]?.text : last);
    return agent;
  };
  return {
    turn: async () => void (await run({})),
    history: async () => void (await run({ messages: [...messages] })),
    loop: async () => {
      const { state } = await run({ tools: [add] });
      checkSum(state.messages.find(({ role }) => role === "toolResult")?.content[0]?.text);
    },
  };
}
