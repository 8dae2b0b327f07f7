/** The floor for all that use the official client: the client alone, with the loop of a tool written by hand. */
import { check, checkSum, HISTORY, QUESTION, SYSTEM, TOOL } from "./task.mjs";

export const packages = ["openai"];

export async function contender(baseURL) {
  const { default: OpenAI } = await import("openai");
  const client = new OpenAI({ baseURL, apiKey: "bench" });
  /** @type {import("openai").OpenAI.ChatCompletionMessageParam} */
  const system = { role: "system", content: SYSTEM };
  /** @type {import("openai").OpenAI.ChatCompletionMessageParam} */
  const question = { role: "user", content: QUESTION };
  const number = { type: "number" };
  const parameters = { type: "object", properties: { a: number, b: number }, required: ["a", "b"] };
  const tools = [{ type: /** @type {const} */ ("function"), function: { ...TOOL, parameters } }];
  const ask = async (messages) => {
    const { choices } = await client.chat.completions.create({ model: "bench", messages, stream: false });
    check(choices[0]?.message.content);
  };
  return {
    turn: async () => await ask([system, question]),
    history: async () => await ask([system, ...HISTORY, question]),
    loop: async () => {
      const messages = [system, question];
      const first = await client.chat.completions.create({ model: "bench", messages, tools, stream: false });
      const message = first.choices[0]?.message;
      const call = message?.tool_calls?.[0];
      if (message === undefined || call?.type !== "function") throw new Error("No tool was called.");
      const { a, b } = JSON.parse(call.function.arguments);
      checkSum(a + b);
      messages.push(message, { role: "tool", tool_call_id: call.id, content: String(a + b) });
      const { choices } = await client.chat.completions.create({ model: "bench", messages, tools, stream: false });
      check(choices[0]?.message.content);
    },
  };
}
