/** `autogen-ts usage`: tokens and money of a log. */
import { usageReport, usageTable, writeUsageChart, type UsageGrouping } from "../logging/index.js";
import type { Command } from "./command.js";

const GROUPINGS: readonly UsageGrouping[] = ["agent", "model", "day", "session"];

export const usage: Command = {
  description:
    "Shows tokens and cost of a log that runtime logging has written into SQLite. Answers of caches count with what they once cost.",
  operands: ["FILE"],
  options: [
    { name: "session", value: "ID", help: "of this session alone" },
    { name: "by", value: "WHAT", choices: GROUPINGS, help: "what calls are counted by (default: agent)" },
    { name: "json", help: "write JSON" },
    { name: "chart", value: "OUT", help: "draw bars into OUT, which ends in .svg or .png" },
  ],
  async run(call) {
    const session = call.value("session");
    const by = GROUPINGS.find((one) => one === call.value("by"));
    const report = usageReport(call.operands[0] ?? "", {
      ...(session === undefined ? {} : { session }),
      ...(by === undefined ? {} : { by }),
    });
    const chart = call.value("chart");
    if (chart !== undefined) {
      await writeUsageChart(report, chart);
      call.errors.write(`Written: ${chart}\n`);
    }
    call.out.write(call.has("json") ? `${JSON.stringify(report, null, 2)}\n` : usageTable(report));
    return 0;
  },
};
