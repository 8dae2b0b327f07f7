/** `autogen-ts runs diff`: where two runs part. */
import { visibleText, type Json } from "../../core.js";
import { describeEvent, diffRuns, readRunFile, type RunDifference, type StoredEvent } from "../runs/index.js";
import type { Command } from "./command.js";
import type { Writer } from "./output.js";

/** Exit code when the runs are not the same, as that of `diff`. */
const DIFFERENT = 1;
const MOST_LETTERS = 300;

export const runsDiff: Command = {
  description: `Shows the first event in which two runs differ, from their run files. Times and ids are not compared, and chats that were
held side by side are compared each by itself. The exit code is 0 when the runs are the same, and 1 when they are not.`,
  operands: ["A", "B"],
  options: [{ name: "json", help: "write the difference as JSON; `null` for none" }],
  async run({ operands, has, out }) {
    const [a = "", b = ""] = operands;
    const [runA, runB] = await Promise.all([readRunFile(a), readRunFile(b)]);
    const difference = diffRuns(runA, runB);
    if (has("json")) out.write(`${JSON.stringify(difference, null, 2)}\n`);
    else if (difference === null) out.write("The runs are the same.\n");
    else out.write(textOf(difference, out));
    return difference === null ? 0 : DIFFERENT;
  },
};

function textOf({ path, index, a, b, fields, before }: RunDifference, { colours }: Writer): string {
  const paint = (code: number, text: string): string => (colours ? `\u001B[${String(code)}m${text}\u001B[0m` : text);
  const lines = [
    `The runs part in ${oneLine(path)}, at event ${String(index)} of this chat:`,
    "",
    ...before.map((event) => `    ${inWords(event)}`),
    paint(31, `  A ${inWords(a)}`),
    paint(32, `  B ${inWords(b)}`),
  ];
  for (const { field, a: inA, b: inB } of fields) {
    lines.push("", `${oneLine(field)}:`, paint(31, `  A ${valueText(inA)}`), paint(32, `  B ${valueText(inB)}`));
  }
  return `${lines.join("\n")}\n`;
}

function inWords(event: StoredEvent | null): string {
  if (event === null) return "(nothing more)";
  const { who, what } = describeEvent(event);
  return cut(`${event.type}: ${who === "" ? "" : `${who} `}${what}`);
}

const valueText = (value: Json | undefined): string => (value === undefined ? "(nothing)" : cut(JSON.stringify(value)));

const cut = (text: string): string => {
  const line = oneLine(text.slice(0, 2 * MOST_LETTERS));
  return line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS)}…` : line;
};

const oneLine = (text: string): string => visibleText(text.replaceAll(/\s+/gu, " ").trim());
