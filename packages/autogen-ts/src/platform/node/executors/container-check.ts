/** Whether a container could be used, for those who want an error instead of another sandbox. Specification chapter 24, section 2. */
import { AutogenError, isAutogenError } from "../../../run/index.js";
import { ContainerEngine } from "./container/engine.js";
import { isInsideContainer } from "./inside-container.js";

/** What the check looks at. */
export interface ContainerCheckOptions {
  /** Address of the engine. @default as for `DockerCommandLineCodeExecutor` */
  readonly engine?: string;
  /** Whether this program runs in a container itself, where nothing is checked. @default found out */
  readonly insideContainer?: boolean;
}

/**
 * Nothing, unless a container is wanted, this program is in none, and no engine answers.
 *
 * @param useDocker as in `codeExecutionConfig`; true and names of images ask for a container
 * @throws AutogenError `executor-failed` with three ways out
 */
export async function checkCanUseDockerOrThrow(
  useDocker: boolean | string | null | undefined,
  { engine, insideContainer = isInsideContainer() }: ContainerCheckOptions = {},
): Promise<void> {
  const wanted = useDocker === true || (typeof useDocker === "string" && useDocker !== "" && useDocker !== "sandbox");
  if (!wanted || insideContainer) return;
  try {
    await ContainerEngine.find(engine);
  } catch (cause) {
    if (!isAutogenError(cause)) throw cause;
    throw new AutogenError("executor-failed", `${cause.message}\n${WAYS_OUT}`, { cause });
  }
}

const WAYS_OUT = `Code is to run in a container. Choose one of:
1. Make sure that Docker or Podman is running (advised).
2. Set \`useDocker: false\` in \`codeExecutionConfig\`: code of models then runs on this machine, unconfined.
3. Set the variable \`AUTOGEN_USE_DOCKER\` to "0/False/no", with the same effect for all agents that do not say otherwise.`;
