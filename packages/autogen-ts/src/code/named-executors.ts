/** Executors that settings name. Specification chapter 24, section 3. */
import type { CodeExecutor } from "./executor.js";

/** The reference's names, and two more. */
export const EXECUTOR_NAMES = ["commandline-local", "ipython-embedded", "docker", "jupyter"] as const;

/** A name that `codeExecutionConfig: { executor }` may hold. */
export type ExecutorName = (typeof EXECUTOR_NAMES)[number];

export const isExecutorName = (value: unknown): value is ExecutorName => EXECUTOR_NAMES.some((name) => name === value);

declare module "../run/host.js" {
  interface Host {
    /**
     * Makes the executor of this name.
     * @param options what its class takes; checked by it
     * @throws AutogenError `invalid-option`, or `unsupported` where there are no programs to run code with
     */
    makeExecutor?(name: ExecutorName, options: Readonly<Record<string, unknown>>): Promise<CodeExecutor>;
  }
}
