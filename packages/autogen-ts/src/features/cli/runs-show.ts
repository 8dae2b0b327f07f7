/** `autogen-ts runs show`: what happened in a run. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AutogenError } from "../../core.js";
import { readRunFile, runPage, summaryOf, timelineOf, timelineText } from "../runs/index.js";
import type { Command } from "./command.js";

export const runsShow: Command = {
  description: "Shows what happened in a run, from its run file: who did what, when, for how long, and what it cost.",
  operands: ["FILE"],
  options: [
    {
      name: "html",
      value: "OUT",
      help: "write a page with timeline, transcript, speakers and costs to OUT, or to the screen for `-`",
    },
    { name: "json", help: "write summary and timeline as JSON" },
  ],
  async run({ operands, has, value, out, errors }) {
    const [file = ""] = operands;
    const page = value("html");
    if (page !== undefined && resolve(page) === resolve(file)) {
      throw new AutogenError("invalid-option", `The page would take the place of the run in \`${page}\`. Give it another name.`);
    }
    const run = await readRunFile(file);
    if (page === "-") out.write(runPage(run));
    else if (page !== undefined) {
      await writeFile(page, runPage(run));
      errors.write(`Written: ${page}\n`);
    }
    if (has("json")) {
      out.write(`${JSON.stringify({ file, notes: run.notes, summary: summaryOf(run), timeline: timelineOf(run) }, null, 2)}\n`);
    } else if (page === undefined) {
      out.write(timelineText(run, { colours: out.colours, ...(out.columns === null ? {} : { columns: out.columns }) }));
    }
    return 0;
  },
};
