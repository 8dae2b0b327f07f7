/** Code execution of agents, and executors on their own. */
import { exported } from "./not-available.mjs";

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
export function executorOf({ work_dir, timeout, execution_policies, functions, functions_module }) {
  const Executor = exported("LocalCommandLineCodeExecutor", "command-line executor");
  return new Executor({
    ...(work_dir === undefined ? {} : { workDir: work_dir }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(execution_policies === undefined ? {} : { executionPolicies: execution_policies }),
    ...(functions === undefined ? {} : { functions: functions.map(functionOf) }),
    ...(functions_module === undefined ? {} : { functionsModule: functions_module }),
  });
}

/** @param {any} one source text, with packages and imports */
function functionOf({ code, python_packages, global_imports }) {
  return exported("FunctionWithRequirements", "functions of executors").fromStr(code, {
    ...(python_packages === undefined ? {} : { pythonPackages: python_packages }),
    ...(global_imports === undefined ? {} : { globalImports: global_imports }),
  });
}
