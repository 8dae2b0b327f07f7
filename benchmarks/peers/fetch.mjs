/** The floor: what Node needs for the requests themselves. */
import { check, HISTORY, QUESTION, SYSTEM } from "./task.mjs";

export const packages = [];

export function contender(url) {
  const ask = async (messages) => {
    const response = await fetch(`${url}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer bench" },
      body: JSON.stringify({ model: "bench", messages, stream: false }),
    });
    const { choices } = await response.json();
    check(choices[0].message.content);
  };
  const system = { role: "system", content: SYSTEM };
  const question = { role: "user", content: QUESTION };
  return {
    turn: async () => await ask([system, question]),
    history: async () => await ask([system, ...HISTORY, question]),
  };
}
