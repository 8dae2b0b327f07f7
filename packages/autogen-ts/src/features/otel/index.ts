export { traceRuns } from "./trace-runs.js";
export type { TraceRunsOptions } from "./trace-runs.js";
