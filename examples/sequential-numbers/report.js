// @ts-check
import { contentText } from "autogen-ts";
import { STEPS } from "./steps.js";

/** What the agent was really told, and what it said. @param {import("autogen-ts").ChatResult} result */
export function printStep({ chatHistory: [asked, answered] }) {
  console.log(`\n${answered?.name} gets:\n${indented(asked)}\nand answers: ${oneLine(answered)}`);
}

/** @param {readonly number[]} numbers @param {readonly number[]} given */
export function printVerdict(numbers, given) {
  const right = numbers.map((number) => STEPS.reduce((value, { work }) => work(value), number));
  const verdict = JSON.stringify(given) === JSON.stringify(right) ? "right" : `wrong: it should be ${right.join(" ")}`;
  console.log(`\nIn the end: ${given.join(" ")} (${verdict})`);
}

/** @param {import("autogen-ts").Message | undefined} message */
const indented = (message) => contentText(message?.content ?? null).replaceAll(/^/gm, "  | ");

/** @param {import("autogen-ts").Message | undefined} message */
const oneLine = (message) =>
  contentText(message?.content ?? null)
    .trim()
    .replaceAll(/\s+/g, " ");
