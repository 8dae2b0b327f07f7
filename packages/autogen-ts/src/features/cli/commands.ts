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
  {
    name: "durable list",
    summary: "durable runs of a folder, and what they ask",
    load: async () => (await import("./durable/list.js")).list,
  },
  {
    name: "durable show",
    summary: "one durable run with its steps",
    load: async () => (await import("./durable/show.js")).show,
  },
  {
    name: "durable answer",
    summary: "answer a question of a run",
    load: async () => (await import("./durable/answer.js")).answer,
  },
  {
    name: "durable cancel",
    summary: "stop a run",
    load: async () => (await import("./durable/cancel.js")).cancel,
  },
  {
    name: "durable resume",
    summary: "go on with a run, or with all that are ready",
    load: async () => (await import("./durable/resume.js")).resume,
  },
  {
    name: "durable fork",
    summary: "a new run from a step of another",
    load: async () => (await import("./durable/fork.js")).fork,
  },
];
