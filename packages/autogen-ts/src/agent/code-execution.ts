/** What `codeExecutionConfig` means. Specification chapter 24, section 3; design `sandbox`, section 1. */
import type { CodeExecutor, ExecutorRequest } from "../code/index.js";
import { AutogenError, type Run } from "../run/index.js";

/** How an agent runs code. */
export interface CodeExecutionConfig extends Omit<ExecutorRequest, "timeoutSeconds"> {
  /** Runs the code; without it the safest one that works here is found at the first code block. */
  readonly executor?: CodeExecutor | "commandline-local";
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
  for (const key of ["use_docker", "useDocker", "work_dir", "workDir", "timeout"] as const) {
    if (config[key] !== undefined) {
      throw new AutogenError(
        "invalid-option",
        `'${key}' in codeExecutionConfig is not valid when 'executor' is set. Use the appropriate argument of the chosen executor instead.`,
      );
    }
  }
  if (executor === "commandline-local") return new ChosenExecution(lastNMessages, { useDocker: false }, false);
  if (typeof executor !== "object" || !("executeCodeBlocks" in executor)) {
    throw new AutogenError(
      "invalid-option",
      `Unknown code executor ${String(executor)}. Pass an executor, or "commandline-local".`,
    );
  }
  return { lastNMessages, legacy: false, current: executor, executor: async () => await Promise.resolve(executor) };
}

function requestOf(config: CodeExecutionConfig): ExecutorRequest {
  const workDir = config.workDir ?? config.work_dir;
  const useDocker = config.useDocker ?? config.use_docker;
  return {
    ...(workDir === undefined ? {} : { workDir }),
    ...(useDocker === undefined ? {} : { useDocker }),
    ...(config.timeout === undefined ? {} : { timeoutSeconds: config.timeout }),
  };
}

class ChosenExecution implements CodeExecution {
  readonly lastNMessages: number | "auto";
  readonly legacy: boolean;
  readonly #request: ExecutorRequest;
  #current: CodeExecutor | null = null;

  constructor(lastNMessages: number | "auto", request: ExecutorRequest, legacy: boolean = request.useDocker === false) {
    this.lastNMessages = lastNMessages;
    this.legacy = legacy;
    this.#request = legacy ? { ...request, keepTemporary: false } : request;
  }

  get current(): CodeExecutor | null {
    return this.#current;
  }

  async executor(agent: string, run: Run): Promise<CodeExecutor> {
    if (this.#current !== null) return this.#current;
    const { executor, reason } = await run.host.chooseExecutor(this.#request);
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
