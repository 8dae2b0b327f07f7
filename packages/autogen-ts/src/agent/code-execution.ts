/** What `codeExecutionConfig` means. Specification chapter 24, section 3; design `sandbox`, section 1. */
import { EXECUTOR_NAMES, isExecutorName } from "../code/index.js";
import type { ChosenExecutor, CodeExecutor, ExecutorName, ExecutorRequest } from "../code/index.js";
import { AutogenError, type Run } from "../run/index.js";

/** How an agent runs code. */
export interface CodeExecutionConfig extends Omit<ExecutorRequest, "timeoutSeconds"> {
  /** Runs the code; without it the safest one that works here is found at the first code block. */
  readonly executor?: CodeExecutor | ExecutorName;
  /** Options of the executor that is named, under its name. */
  readonly "commandline-local"?: object;
  readonly "ipython-embedded"?: object;
  readonly docker?: object;
  readonly jupyter?: object;
  /** How many messages from the end are searched for code; "auto": those since this agent last spoke. @default "auto" */
  readonly lastNMessages?: number | "auto";
  /** Seconds per block. @default 60 */
  readonly timeout?: number;
  /** The reference's spelling of the same options. */
  readonly last_n_messages?: number | "auto";
  readonly work_dir?: string;
  readonly use_docker?: boolean | string;
}

/** Ready for use by the code step; the executor is found once, at the first block. */
export interface CodeExecution {
  readonly lastNMessages: number | "auto";
  /** Unconfined code by settings without an executor: replies read as in the reference, block by block. */
  readonly legacy: boolean;
  /** @throws AutogenError `no-sandbox` when nothing here can run code safely */
  executor(agent: string, run: Run): Promise<CodeExecutor>;
  /** The executor, when there is one already. */
  readonly current: CodeExecutor | null;
}

/** @returns null when code execution is off */
export function codeExecutionOf(config: CodeExecutionConfig | false): CodeExecution | null {
  if (config === false) return null;
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new AutogenError(
      "invalid-option",
      `\`codeExecutionConfig\` is ${String(config)}. Pass an object, or false to switch code execution off.`,
    );
  }
  const lastNMessages = config.lastNMessages ?? config.last_n_messages ?? "auto";
  if (lastNMessages !== "auto" && !(Number.isInteger(lastNMessages) && lastNMessages >= 0)) {
    throw new AutogenError("invalid-option", "last_n_messages must be either a non-negative integer, or the string 'auto'.");
  }
  const { executor } = config;
  if (executor === undefined) return new ChosenExecution(lastNMessages, requestOf(config));
  for (const key of EXECUTOR_KEYS) {
    if (config[key] !== undefined) {
      throw new AutogenError(
        "invalid-option",
        `'${key}' in codeExecutionConfig is not valid when 'executor' is set. Use the appropriate argument of the chosen executor instead.`,
      );
    }
  }
  if (isExecutorName(executor)) return new ChosenExecution(lastNMessages, { name: executor, options: { ...config[executor] } });
  if (typeof executor !== "object" || !("executeCodeBlocks" in executor)) {
    throw new AutogenError(
      "invalid-option",
      `Unknown code executor ${String(executor)}. Pass an executor, or one of ${EXECUTOR_NAMES.map((name) => `"${name}"`).join(", ")}.`,
    );
  }
  return { lastNMessages, legacy: false, current: executor, executor: async () => await Promise.resolve(executor) };
}

/** Settings of an executor that is still to be chosen. */
const EXECUTOR_KEYS = [
  ...(["use_docker", "useDocker", "work_dir", "workDir", "timeout"] as const),
  ...(["network", "limits", "env", "pythonPackages"] as const),
  ...(["executionPolicies", "strictDockerCheck", "trustContainer"] as const),
];

function requestOf(config: CodeExecutionConfig): ExecutorRequest {
  const workDir = config.workDir ?? config.work_dir;
  const useDocker = config.useDocker ?? config.use_docker;
  return {
    ...(workDir === undefined ? {} : { workDir }),
    ...(useDocker === undefined ? {} : { useDocker }),
    ...(config.timeout === undefined ? {} : { timeoutSeconds: config.timeout }),
    ...(config.network === undefined ? {} : { network: config.network }),
    ...(config.limits === undefined ? {} : { limits: config.limits }),
    ...(config.env === undefined ? {} : { env: config.env }),
    ...(config.pythonPackages === undefined ? {} : { pythonPackages: config.pythonPackages }),
    ...(config.executionPolicies === undefined ? {} : { executionPolicies: config.executionPolicies }),
    ...(config.strictDockerCheck === undefined ? {} : { strictDockerCheck: config.strictDockerCheck }),
    ...(config.trustContainer === undefined ? {} : { trustContainer: config.trustContainer }),
  };
}

class ChosenExecution implements CodeExecution {
  readonly lastNMessages: number | "auto";
  readonly legacy: boolean;
  readonly #wanted: ExecutorRequest | NamedExecutor;
  #current: CodeExecutor | null = null;

  constructor(lastNMessages: number | "auto", wanted: ExecutorRequest | NamedExecutor) {
    this.lastNMessages = lastNMessages;
    this.legacy = !("name" in wanted) && wanted.useDocker === false;
    this.#wanted = this.legacy ? { ...wanted, keepTemporary: false } : wanted;
  }

  get current(): CodeExecutor | null {
    return this.#current;
  }

  async executor(agent: string, run: Run): Promise<CodeExecutor> {
    if (this.#current !== null) return this.#current;
    const { executor, reason } = await find(this.#wanted, run);
    this.#current = executor;
    if (!executor.isolated) {
      run.warn(
        "unconfined-code",
        `Code of models runs on this machine without a sandbox (${reason}). \`useDocker: "sandbox"\` confines it.`,
      );
    }
    run.emit({ type: "executor.chosen", agent, executor: executor.name, reason, isolated: executor.isolated });
    return executor;
  }
}

/** An executor that the settings name, and what it is made with. */
interface NamedExecutor {
  readonly name: ExecutorName;
  readonly options: Readonly<Record<string, unknown>>;
}

async function find(wanted: ExecutorRequest | NamedExecutor, run: Run): Promise<ChosenExecutor> {
  if (!("name" in wanted)) return run.host.chooseExecutor(wanted);
  const { name, options } = wanted;
  if (run.host.makeExecutor === undefined) {
    throw new AutogenError("unsupported", `There is no executor \`${name}\` on this platform. Pass an executor of your own.`);
  }
  return {
    executor: await run.host.makeExecutor(name, options),
    reason: `Code runs by the executor \`${name}\`, as the settings say.`,
  };
}
