/** `autogen-ts/executors`: where code can run besides the sandboxes of this machine. Nothing of it is loaded by `autogen-ts` itself. */
export { DockerCommandLineCodeExecutor } from "../container/executor.js";
export type { DockerExecutorOptions } from "../container/executor.js";
export type { ContainerLimits, ContainerVolume } from "../container/create-request.js";
export type { PullPolicy, PullProgress } from "../container/image.js";
