/** `autogen-ts/executors`: where code can run besides the sandboxes of this machine. Nothing of it is loaded by `autogen-ts` itself. */
export { DockerCommandLineCodeExecutor } from "../container/executor.js";
export type { DockerExecutorOptions } from "../container/executor.js";
export type { ContainerLimits, ContainerVolume } from "../container/create-request.js";
export type { PullPolicy, PullProgress } from "../container/image.js";
export { JupyterCodeExecutor } from "../jupyter/executor.js";
export type { JupyterExecutorOptions } from "../jupyter/executor.js";
export type { JupyterConnectionInfo, JupyterServer } from "../jupyter/connection.js";
export { LocalJupyterServer } from "../jupyter/local-server.js";
export type { LocalJupyterServerOptions } from "../jupyter/local-server.js";
export { EmbeddedIPythonCodeExecutor } from "../jupyter/embedded-ipython.js";
export type { EmbeddedIPythonOptions } from "../jupyter/embedded-ipython.js";
export { DockerJupyterServer } from "../jupyter/docker-server.js";
export type { DockerJupyterServerOptions } from "../jupyter/docker-server.js";
export { SandboxRuntimeCodeExecutor } from "../srt/executor.js";
export type { SandboxRuntimeOptions } from "../srt/executor.js";
export { PodCommandLineCodeExecutor } from "../remote/pod.js";
export type { PodExecutorOptions } from "../remote/pod.js";
export type { KubernetesConnection } from "../remote/kubernetes-client.js";
