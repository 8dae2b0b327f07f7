/** Texts of messages, and tests of them. */
import { ScenarioError } from "./scenario-error.mjs";

/** The text of a message: its content, or that of its text parts put together. @param {any} message */
export function textOf(message) {
  const content = typeof message === "string" ? message : message?.content;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .filter((part) => part?.type === "text")
    .map((part) => part.text)
    .join("");
}

/** @type {Record<string, (expected: any, message: any) => boolean>} */
const CONDITIONS = {
  equals: (text, message) => textOf(message) === text,
  startsWith: (text, message) => textOf(message).startsWith(text),
  endsWith: (text, message) => textOf(message).endsWith(text),
  contains: (text, message) => textOf(message).includes(text),
  name: (name, message) => message.name === name,
  role: (role, message) => message.role === role,
  hasToolCalls: (wanted, message) => message.tool_calls?.length > 0 === wanted,
  const: (value) => value,
  not: (test, message) => !holds(test, message),
  any: (tests, message) => tests.some((test) => holds(test, message)),
  all: (tests, message) => tests.every((test) => holds(test, message)),
};

/** Whether all keys of a test hold. @param {Record<string, any>} test @param {any} message @returns {boolean} */
export function holds(test, message) {
  return Object.entries(test).every(([key, expected]) => {
    const condition = CONDITIONS[key];
    if (condition === undefined) throw new ScenarioError(`A scenario has a test with the key \`${key}\`, which is not known.`);
    return condition(expected, message);
  });
}
