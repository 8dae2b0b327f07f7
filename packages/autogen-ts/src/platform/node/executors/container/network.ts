/** How code in a container reaches what it may reach: nothing, a part of the internet by our proxy, or a network of the engine. */
import type { NetworkAccess } from "../../../../code/index.js";
import { AutogenError } from "../../../../run/index.js";
import { requireNetwork } from "../allowed-hosts.js";
import { SandboxNetwork } from "../bubblewrap-network.js";
import type { ProxyOfSandbox } from "../bubblewrap-network.js";
import type { ExitCleanup } from "../exit-cleanup.js";
import { networkMode } from "./create-request.js";
import type { ContainerVolume } from "./create-request.js";
import type { ContainerEngine } from "./engine.js";

/** What the settings of an executor say of it. */
export interface NetworkSettings {
  readonly network?: NetworkAccess | string;
  readonly proxy?: ProxyOfSandbox;
  readonly bindDir?: string;
  readonly stopContainer?: boolean;
}

/** What a container and the programs in it need. */
export interface NetworkOfContainer {
  /** See `networkMode`. */
  readonly mode: boolean | string;
  readonly volumes: readonly ContainerVolume[];
  readonly env: Readonly<Record<string, string>>;
  /** Stands before each program. */
  readonly before: readonly string[];
}

/** The network of one executor's containers. */
export class ContainerNetwork {
  /** As the model is told; a network of the engine is not known to be limited. */
  readonly access: NetworkAccess;
  readonly #mode: boolean | string;
  readonly #settings: NetworkSettings;
  readonly #sandbox: SandboxNetwork | undefined;

  /** @throws AutogenError `invalid-option` */
  constructor(settings: NetworkSettings, cleanup: ExitCleanup) {
    const { network = false, proxy, stopContainer } = settings;
    const isPart = typeof network === "object" || network === "public";
    this.#settings = settings;
    this.#mode = isPart ? false : network;
    this.access = isPart ? requireNetwork(network) : network !== false && network !== "none";
    networkMode(this.#mode);
    this.#sandbox = isPart ? new SandboxNetwork(this.access, cleanup, proxy) : undefined;
    if (isPart && stopContainer === false) {
      throw new AutogenError(
        "invalid-option",
        "`stopContainer: false` cannot be combined with a part of the network: the way out ends with this process.",
      );
    }
  }

  /** @throws AutogenError `unsupported` where the engine's containers cannot reach a socket file of this process */
  async of({ engine, selinux }: { readonly engine: ContainerEngine; readonly selinux: boolean }): Promise<NetworkOfContainer> {
    if (this.#sandbox === undefined) return { mode: this.#mode, volumes: [], env: {}, before: [] };
    const obstacle = this.#obstacle(engine, selinux);
    if (obstacle !== undefined) {
      throw new AutogenError(
        "unsupported",
        `A container cannot be given a part of the network here: ${obstacle}. Use \`network: false\`, \`true\`, or the name of a network of the engine.`,
      );
    }
    const { folders, env, command } = await this.#sandbox.open("python3");
    const volumes = folders.map(({ path, inside }) => ({ source: path, target: inside }));
    return { mode: false, volumes, env, before: command };
  }

  async close(): Promise<void> {
    await this.#sandbox?.close();
  }

  #obstacle(engine: ContainerEngine, selinux: boolean): string | undefined {
    if (process.platform !== "linux") return "the engine runs in a virtual machine, which has no sockets of this one";
    if (!engine.isLocal || this.#settings.bindDir !== undefined) return "the engine sees other files than this program";
    return selinux ? "SELinux keeps containers from sockets of this process" : undefined;
  }
}
