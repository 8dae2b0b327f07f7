/** An executor that runs nothing and reports what the script says. */
import { AutogenError, throwIfAborted, type CodeBlock, type CodeExecutor, type CodeResult } from "../../core.js";
import { assertUsed, quoted } from "./script.js";

/** One result: what was printed by code that succeeded, a result with a part of its fields, an error to throw, or a function of the blocks. */
export type FakeResult = string | Partial<CodeResult> | Error | ((blocks: readonly CodeBlock[]) => string | Partial<CodeResult>);

/** An executor under the control of a test. */
export interface FakeExecutor extends CodeExecutor {
  /** The blocks of each execution so far. */
  readonly runs: readonly (readonly CodeBlock[])[];
  /** @throws Error when results are left */
  assertComplete(): void;
}

/**
 * Pass it as `codeExecutionConfig: { executor }`. Runs get `results`, in order.
 *
 * @throws AutogenError `executor-failed` from the run that has no result left, showing its code
 */
export function fakeExecutor(...results: readonly FakeResult[]): FakeExecutor {
  const runs: (readonly CodeBlock[])[] = [];
  return {
    name: "fake",
    isolated: true,
    runs,
    async executeCodeBlocks(blocks, { signal, onOutput } = {}) {
      if (signal !== undefined) throwIfAborted(signal);
      const result = results[runs.push(blocks) - 1];
      if (result === undefined) throw exhausted(blocks, runs.length, results.length);
      if (result instanceof Error) throw result;
      const given = typeof result === "function" ? result(blocks) : result;
      const complete: CodeResult = { exitCode: 0, output: "", ...(typeof given === "string" ? { output: given } : given) };
      if (complete.output !== "") onOutput?.(complete.output, "stdout");
      return await Promise.resolve(complete);
    },
    restart: async () => await Promise.resolve(),
    assertComplete() {
      assertUsed("results", results.slice(runs.length), results.length);
    },
  };
}

function exhausted(blocks: readonly CodeBlock[], number: number, scripted: number): AutogenError {
  const { language = "", code = "" } = blocks[0] ?? {};
  return new AutogenError(
    "executor-failed",
    `Execution ${String(number)} has no scripted result: the script has ${String(scripted)}. Its first block (${language}) is ${quoted(code)}. Add a result.`,
  );
}
