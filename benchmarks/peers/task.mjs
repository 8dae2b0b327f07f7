/** What all contenders do, and how they prove that they did it. */

export const SYSTEM = "You are an assistant.";
export const QUESTION = "1 + 2?";
export const ANSWER = "All right.";
export const TOOL = { name: "add", description: "Adds two numbers" };

const SENTENCE = "A sentence of a length that is usual in conversations of agents about their work.";

/** @type {readonly { readonly role: "user" | "assistant", readonly content: string }[]} */
export const HISTORY = Array.from({ length: 400 }, (_, index) => ({
  role: index % 2 === 0 ? "user" : "assistant",
  content: SENTENCE,
}));

/** @param {unknown} text */
export function check(text) {
  if (text !== ANSWER) throw new Error(`The answer was ${JSON.stringify(text)}.`);
}

/** @param {unknown} sum */
export function checkSum(sum) {
  if (Number(sum) !== 3) throw new Error(`The tool was given as ${JSON.stringify(sum)}.`);
}
