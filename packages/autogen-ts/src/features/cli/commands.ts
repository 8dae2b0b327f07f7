/** The commands there are. Each is loaded when it is called. */
import type { CommandEntry } from "./command.js";

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "runs show",
    summary: "what happened in a run: a timeline, or a page",
    load: async () => (await import("./runs-show.js")).runsShow,
  },
  {
    name: "runs diff",
    summary: "where two runs part",
    load: async () => (await import("./runs-diff.js")).runsDiff,
  },
  {
    name: "usage",
    summary: "tokens and cost of a log, by agent, model or day",
    load: async () => (await import("./usage.js")).usage,
  },
];
