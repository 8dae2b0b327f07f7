export { RUN_FILE_VERSION } from "./event-file.js";
export { recordRun, recordRuns } from "./record-runs.js";
export type { RecordRunsOptions } from "./record-runs.js";
export { readRunFile } from "./read-run-file.js";
export type { StoredRun } from "./read-run-file.js";
export { runFile } from "./run-file.js";
export type { RunFileOptions } from "./run-file.js";
export type { StoredEvent } from "./stored-event.js";
