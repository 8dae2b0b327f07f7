/** Runs code in a pod of Kubernetes. Specification chapter 24, section 10. */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type {
  CodeBlock,
  CodeExecutor,
  CodeLimits,
  CodeResult,
  ExecuteCodeOptions,
  ExecutionPolicies,
} from "../../../../code/index.js";
import { AutogenError, isAutogenError } from "../../../../run/index.js";
import { CapturedText } from "../captured-text.js";
import { executeOnCommandLine } from "../command-line.js";
import { EarlyEnd } from "../early-end.js";
import { requireLimits, requireTimeout } from "../limits.js";
import { wrapped } from "../container/shell-wrapper.js";
import type { ProcessOutcome } from "../run-process.js";
import { FolderQueue } from "../work-folder.js";
import { at, connectionOfCluster, connectionOfConfig, KubernetesClient, namespaceOfCluster } from "./kubernetes-client.js";
import type { KubernetesConnection } from "./kubernetes-client.js";
import { RemoteFolder } from "./remote-folder.js";
import { remoteLine } from "./remote-line.js";

/** Settings of the pod. */
export interface PodExecutorOptions {
  /** @default "python:3-slim" */
  readonly image?: string;
  /** @default a name of its own */
  readonly podName?: string;
  /** @default the one that this program runs in */
  readonly namespace?: string;
  /** Merged over the pod's `spec`; `containers` replaces the container. */
  readonly podSpec?: Readonly<Record<string, unknown>>;
  /** @default "autogen-code-exec" */
  readonly containerName?: string;
  /** Limit per block, and for the start of the pod. @default 60 */
  readonly timeoutSeconds?: number;
  /** Folder inside that code works in. @default "/workspace" */
  readonly workDir?: string;
  /** Read by `kubectl`. */
  readonly kubeConfigFile?: string;
  /** @default that of `kubeConfigFile`, else of the cluster that this program runs in, else what `kubectl` uses */
  readonly connection?: KubernetesConnection;
  /** Delete the pod at the end. @default true */
  readonly stopContainer?: boolean;
  readonly executionPolicies?: ExecutionPolicies;
  /** How much output is kept. */
  readonly limits?: Partial<Pick<CodeLimits, "outputBytes">>;
}

const LOOK_AGAIN_MS = 250;

/** Runs shell and Python blocks in one pod. Whether it can reach the network is for the cluster's policies to say. */
export class PodCommandLineCodeExecutor implements CodeExecutor {
  readonly name = "kubernetes";
  readonly isolated = true;
  readonly podName: string;
  readonly #options: PodExecutorOptions;
  readonly #timeoutSeconds: number;
  readonly #limits: CodeLimits;
  readonly #folder: RemoteFolder;
  readonly #containerName: string;
  readonly #turns = new FolderQueue();
  #client: Promise<KubernetesClient> | undefined;

  /** @throws AutogenError `invalid-option` for a time limit under a second, or a work folder that is not absolute */
  constructor(options: PodExecutorOptions = {}) {
    this.#timeoutSeconds = requireTimeout(options.timeoutSeconds ?? 60);
    this.#limits = requireLimits(options.limits);
    this.#options = options;
    this.#folder = new RemoteFolder(options.workDir ?? "/workspace", this.#write);
    this.#containerName = options.containerName ?? "autogen-code-exec";
    this.podName = options.podName ?? `autogen-code-exec-${randomUUID()}`;
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(this.podName))
      throw new AutogenError("invalid-option", `\`${this.podName}\` is no name for a pod.`);
  }

  async executeCodeBlocks(blocks: readonly CodeBlock[], options: ExecuteCodeOptions = {}): Promise<CodeResult> {
    const own = { name: this.name, folder: this.#folder, limits: this.#limits, run: this.#run };
    const line = remoteLine(own, { ...this.#options.executionPolicies });
    return this.#turns.run("", () => executeOnCommandLine(line, blocks, options));
  }

  /** The next block gets a new pod. */
  async restart(): Promise<void> {
    await this.#delete();
  }

  async stop(): Promise<void> {
    if (this.#options.stopContainer !== false) await this.#delete();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  readonly #write = async (path: string, content: string, signal: AbortSignal | undefined): Promise<void> => {
    const client = await this.#ready(signal);
    const input = Buffer.from(content).toString("base64");
    // Older protocols cannot end the input, so the program knows how much there is.
    const script = 'mkdir -p "$(dirname "$2")" && head -c "$1" | base64 -d > "$2"';
    let said = "";
    const command = ["sh", "-c", script, "sh", String(input.length), path];
    const code = await client.run(this.podName, this.#containerName, {
      command,
      input,
      signal,
      onOutput: (bytes) => (said += bytes.toString("utf8")),
    });
    if (code !== 0)
      throw new AutogenError("executor-failed", `The file \`${path}\` could not be written in the pod: ${said.slice(0, 300)}`);
  };

  readonly #run = async (language: string, fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome> => {
    const { signal, onOutput } = options;
    const client = await this.#ready(signal);
    const early = new EarlyEnd({ timeoutMs: this.#timeoutSeconds * 1_000, signal });
    const output = new CapturedText({
      maxOutputBytes: this.#limits.outputBytes,
      onOutput,
      onLimit: () => early.by("output-limit"),
    });
    let exitCode = 137;
    try {
      const { path: folder } = this.#folder;
      const command = wrapped({ language, path: `${folder}/${fileName}`, folder, limits: this.#limits });
      exitCode = await client.run(this.podName, this.#containerName, {
        command,
        signal: early.signal,
        onOutput: (bytes, stream) => output.add(bytes, stream),
      });
    } catch (error) {
      if (!isAutogenError(error, "aborted")) throw error;
      await this.#killAll(client);
    } finally {
      early.close();
    }
    return { end: early.reason ?? "exit", exitCode, stdout: output.text(), stderr: "" };
  };

  /** A closed connection leaves the program alive: another one ends it, or the pod goes. */
  async #killAll(client: KubernetesClient): Promise<void> {
    try {
      const command = ["sh", "-c", "kill -9 -1"];
      await client.run(this.podName, this.#containerName, { command, signal: AbortSignal.timeout(5_000), onOutput: () => {} });
    } catch {
      await this.#delete();
    }
  }

  async #ready(signal: AbortSignal | undefined): Promise<KubernetesClient> {
    this.#client ??= this.#start(signal);
    try {
      return await this.#client;
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }

  async #start(signal: AbortSignal | undefined): Promise<KubernetesClient> {
    const { kubeConfigFile, connection } = this.#options;
    const namespace = this.#options.namespace ?? (await namespaceOfCluster());
    if (namespace === undefined)
      throw new AutogenError("invalid-option", "This program runs in no cluster: pass the `namespace` for the pod.");
    const found =
      connection ??
      (kubeConfigFile === undefined ? await connectionOfCluster() : undefined) ??
      (await connectionOfConfig(kubeConfigFile));
    const client = new KubernetesClient(found, namespace);
    await client.call("POST", "", this.#manifest(), signal);
    const deadline = performance.now() + this.#timeoutSeconds * 1_000;
    for (;;) {
      const phase = at(await client.call("GET", `/${this.podName}`, undefined, signal), "status", "phase");
      if (phase === "Running") return client;
      if (phase === "Failed" || phase === "Succeeded" || performance.now() > deadline) {
        await client.call("DELETE", `/${this.podName}?gracePeriodSeconds=0`);
        throw new AutogenError("executor-failed", `The pod \`${this.podName}\` did not get ready: it is ${String(phase)}.`);
      }
      await wait(LOOK_AGAIN_MS);
    }
  }

  #manifest(): object {
    const container = {
      name: this.#containerName,
      image: this.#options.image ?? "python:3-slim",
      command: ["sh", "-c", "trap '' CHLD; trap 'exit 0' TERM; exec tail -f /dev/null"],
      workingDir: this.#folder.path,
      resources: { limits: { memory: "512Mi", cpu: "1" } },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    };
    // A token of the cluster in the pod would let code act as the pod's account.
    const spec = {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [container],
      ...this.#options.podSpec,
    };
    return { apiVersion: "v1", kind: "Pod", metadata: { name: this.podName, labels: { app: "autogen-code-exec" } }, spec };
  }

  async #delete(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    await client?.call("DELETE", `/${this.podName}?gracePeriodSeconds=0`);
  }
}
