/** Code execution of agents, and executors on their own. */
import { exported, NotAvailable } from "./not-available.mjs";

/** @param {any} settings `code_execution` of an agent */
export function codeExecution(settings) {
  if (typeof settings !== "object" || settings === null) return settings === true ? {} : settings;
  const { kind = "executor", last_n_messages, ...rest } = settings;
  const lastN = last_n_messages === undefined ? {} : { lastNMessages: last_n_messages };
  if (kind === "executor") return { executor: executorOf(rest), ...lastN };
  const { work_dir, timeout } = rest;
  return {
    useDocker: false,
    ...lastN,
    ...(work_dir === undefined ? {} : { workDir: work_dir }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

/** A command-line executor. @param {any} settings */
export function executorOf({ work_dir, timeout, execution_policies, functions }) {
  const Executor = exported("LocalCommandLineCodeExecutor", "command-line executor");
  if (functions !== undefined) throw new NotAvailable("functions of executors");
  return new Executor({
    ...(work_dir === undefined ? {} : { workDir: work_dir }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(execution_policies === undefined ? {} : { executionPolicies: execution_policies }),
  });
}
