/**
 * A Jupyter server in a container without network, reached through a port of this machine's loopback address.
 * Specification chapter 24, section 9.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { AutogenError, abortError } from "../../../../run/index.js";
import { Container } from "../container/container.js";
import { networkMode, requireContainerLimits, WORKSPACE } from "../container/create-request.js";
import type { ContainerLimits } from "../container/create-request.js";
import { ContainerEngine } from "../container/engine.js";
import { isRootless, isSelinux, runningUser } from "../container/identity.js";
import { ensureImage } from "../container/image.js";
import type { PullPolicy, PullProgress } from "../container/image.js";
import { Tunnel } from "../container/tunnel.js";
import { JupyterClient } from "./client.js";
import type { JupyterConnectionInfo, JupyterServer } from "./connection.js";
import { serverArguments } from "./local-server.js";

/** Settings of a server in a container. */
export interface DockerJupyterServerOptions {
  /** Needs `python3` with the packages `jupyter_server` and `ipykernel`. @default "quay.io/jupyter/minimal-notebook" */
  readonly image?: string;
  /** @default "missing" */
  readonly pull?: PullPolicy;
  readonly onPull?: (progress: PullProgress) => void;
  /** @default a name of its own */
  readonly containerName?: string;
  /** @default 32 random bytes in hexadecimal */
  readonly token?: string;
  /** Folder of this machine that kernels can write to. @default none: they have 64 MiB in `/tmp` */
  readonly workDir?: string;
  /** Variables for the server and its kernels. */
  readonly env?: Readonly<Record<string, string>>;
  /** false: none; true: the engine's ordinary network; a name: that network. @default false */
  readonly network?: boolean | string;
  /** Processes and memory are those of the server and all kernels together. @default 1 GiB, 256 processes */
  readonly limits?: Partial<ContainerLimits>;
  /** `uid:gid`. @default the user of this process; nobody's when that is root and there is no `workDir` */
  readonly user?: string;
  /** Address of the engine. @default as for `DockerCommandLineCodeExecutor` */
  readonly engine?: string;
}

const PORT = 8_888; // inside, where nobody else is
const START_TIMEOUT_MS = 60_000;
const LOOK_AGAIN_MS = 100;

/** Starts on first use; ends with `stop`, or with this process. */
export class DockerJupyterServer implements JupyterServer {
  readonly isolated = true;
  readonly containerName: string;
  readonly #options: DockerJupyterServerOptions;
  readonly #token: string;
  #running: Promise<Running> | undefined;

  /** @throws AutogenError `invalid-option` for the machine's own network */
  constructor(options: DockerJupyterServerOptions = {}) {
    networkMode(options.network ?? false);
    this.#options = options;
    this.#token = options.token ?? randomBytes(32).toString("hex");
    this.containerName = options.containerName ?? `autogen-jupyter-${randomUUID()}`;
  }

  /** @throws AutogenError `executor-failed` when there is no engine or image, or the server does not start */
  async connectionInfo(signal?: AbortSignal): Promise<JupyterConnectionInfo> {
    const before = await this.#running?.catch(() => undefined);
    if ((await before?.container.state())?.status !== "running") {
      before?.tunnel.close();
      this.#running = this.#start(signal);
    }
    const { tunnel } = await (this.#running ?? this.#start(signal));
    return this.#info(tunnel);
  }

  /** Ends the server and all kernels. Idempotent. */
  async stop(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    this.#running = undefined;
    running?.tunnel.close();
    await running?.container.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #info(tunnel: Tunnel): JupyterConnectionInfo {
    return { host: "127.0.0.1", port: tunnel.port, token: this.#token };
  }

  async #start(signal: AbortSignal | undefined): Promise<Running> {
    const { image = "quay.io/jupyter/minimal-notebook", pull = "missing", onPull, workDir } = this.#options;
    const engine = await ContainerEngine.find(this.#options.engine, signal);
    const { body: info } = await engine.call("GET", "/info", { signal });
    await ensureImage(engine, image, { pull, onPull, signal });
    const bindDir = workDir === undefined ? null : resolve(workDir);
    const container = await Container.start(
      engine,
      this.containerName,
      {
        image,
        command: ["sh", "-c", SCRIPT, "sh", ...serverArguments("127.0.0.1", PORT, bindDir === null ? "/tmp" : WORKSPACE)],
        bindDir,
        volumes: [],
        env: { HOME: "/tmp", LANG: "C.UTF-8", ...this.#options.env, JUPYTER_TOKEN: this.#token },
        extraHosts: {},
        network: this.#options.network ?? false,
        user: this.#options.user ?? runningUser({ isRootless: isRootless(info), bindDir: bindDir ?? undefined }),
        limits: requireContainerLimits({ memoryBytes: 2 ** 30, processes: 256, ...this.#options.limits }),
        writableRoot: false,
        autoRemove: true,
        endsWithInput: true,
        selinux: isSelinux(info),
      },
      signal,
    );
    const tunnel = await Tunnel.open(engine, container, PORT);
    try {
      await this.#untilReady(container, tunnel, signal);
      return { container, tunnel };
    } catch (error) {
      tunnel.close();
      await container.remove().catch(() => {}); // the first problem says more
      throw error;
    }
  }

  async #untilReady(container: Container, tunnel: Tunnel, signal: AbortSignal | undefined): Promise<void> {
    const client = new JupyterClient(this.#info(tunnel));
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      if (signal?.aborted === true) throw abortError(signal);
      const names = await client.kernelSpecs(signal).catch(() => undefined);
      if (names !== undefined) return;
      if ((await container.state())?.status !== "running" || performance.now() > deadline) {
        throw new AutogenError(
          "executor-failed",
          "The Jupyter server in the container did not start. The image needs `python3` with the packages `jupyter_server` and `ipykernel`.",
        );
      }
      await wait(LOOK_AGAIN_MS);
    }
  }
}

/** Ends when the server does, or when the connection to its input, which is ours, does. */
const SCRIPT = `
exec 3<&0
(cat <&3 >/dev/null; kill -9 -1) &
python3 "$@" >/dev/null 2>&1 </dev/null &
wait $!
`;

interface Running {
  readonly container: Container;
  readonly tunnel: Tunnel;
}
