/** The console of a scenario: keeps what is printed, answers questions with the scripted lines. */
import { library } from "./not-available.mjs";
import { questionKind } from "./questions.mjs";

const INTERRUPT = "$interrupt";

/**
 * @typedef {object} Console
 * @property {import("autogen-ts").IOStream} stream
 * @property {() => string} text everything printed so far
 * @property {string[]} questions what each question was for
 * @property {() => number} linesLeft
 */

/**
 * @param {readonly string[]} lines
 * @param {() => boolean} [interrupt] stops what a group is doing; false when no group is talking
 * @returns {Console}
 */
export function scriptedConsole(lines, interrupt = () => false) {
  const printed = library.memoryStream();
  const waiting = [...lines];
  /** @type {string[]} */
  const questions = [];
  const stream = {
    supportsColor: false,
    print: (objects, options) => printed.print(objects, options),
    warn: () => undefined,
    event: (event) => {
      if (event.type === "human.ask") questions.push(questionKind(event));
    },
    input: async (prompt = "") => {
      const line = waiting.shift();
      if (line === undefined) throw new Error(`The human was asked \`${prompt}\`, but the scenario has no line left.`);
      if (line === INTERRUPT) {
        // A group stops waiting for the answer by itself.
        if (interrupt()) return await new Promise(() => undefined);
        throw Object.assign(new Error("interrupted"), { name: "KeyboardInterrupt" });
      }
      return line;
    },
  };
  return { stream, text: () => printed.text, questions, linesLeft: () => waiting.length };
}
