/**
 * Not a measurement but a long test: chats whose tools throw, hang, give cycles and 50 MB, and reject when nobody listens
 * any more; chats that are aborted, saved and taken up again. `FAULT_SEED` and `FAULT_RUNS` choose others; an error names
 * the seed of its run, which `FAULT_SEED=… FAULT_RUNS=1` plays alone.
 */
import * as library from "autogen-ts";
import { testCode } from "./test-code.mjs";

export async function run() {
  const { FAULT_SEED: seed = "1", FAULT_RUNS: runs = "5000" } = process.env;
  const { faults } = await testCode("faults/faults");
  const tally = await faults(library, { seed: Number(seed), runs: Number(runs) });
  return [
    { label: "runs", value: tally.runs, unit: "" },
    { label: "model requests, each call answered once", value: tally.requests, unit: "" },
    { label: "calls", value: tally.calls, unit: "" },
    { label: "tools started", value: tally.toolsStarted, unit: "" },
    { label: "tools that failed", value: tally.toolsFailed, unit: "" },
    { label: "chats aborted", value: tally.aborted, unit: "" },
    { label: "chats resumed at a call", value: tally.resumed, unit: "" },
    { label: "chats that waited for approval", value: tally.approvalsLater, unit: "" },
    { label: "unhandled rejections", value: tally.unhandled, unit: "", atMost: 0 },
  ];
}
