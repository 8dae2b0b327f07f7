/** Outside Node there is nothing to confine programs with; code runs only by an executor that the user passes. */
import type { ChosenExecutor, ExecutorRequest } from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";

/** @throws AutogenError `no-sandbox`, always */
export async function refuseExecutor(_request: ExecutorRequest): Promise<ChosenExecutor> {
  throw new AutogenError(
    "no-sandbox",
    "Code cannot be run on this platform by itself. Pass an executor: `codeExecutionConfig: { executor }`, or turn code execution off with `false`.",
  );
}
