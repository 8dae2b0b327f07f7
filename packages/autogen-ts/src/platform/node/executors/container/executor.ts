/**
 * Runs code in a container of Docker or Podman. One container serves all blocks; each block starts a program in it, and
 * what a block leaves running ends with it. Specification chapter 24, section 7; decision record 0011.
 */
import { randomUUID } from "node:crypto";
import { DEFAULT_EXECUTION_POLICIES } from "../../../../code/index.js";
import type {
  CodeBlock,
  CodeExecutor,
  CodeResult,
  ExecuteCodeOptions,
  ExecutionPolicies,
  NetworkAccess,
} from "../../../../code/index.js";
import { AutogenError } from "../../../../run/index.js";
import { executeOnCommandLine } from "../command-line.js";
import { requireTimeout } from "../limits.js";
import type { ProxyOfSandbox } from "../bubblewrap-network.js";
import { PYTHON_SETTINGS } from "../environment.js";
import { GrowthWatch } from "../folder-growth.js";
import type { ProcessOutcome } from "../run-process.js";
import { newShared } from "../shared.js";
import type { SharedByExecutors } from "../shared.js";
import { Stage } from "../stage.js";
import { WorkFolder } from "../work-folder.js";
import { Container } from "./container.js";
import { requireContainerLimits, WORKSPACE } from "./create-request.js";
import type { ContainerLimits, ContainerSpec, ContainerVolume } from "./create-request.js";
import { ContainerEngine } from "./engine.js";
import { ensureImage } from "./image.js";
import type { PullPolicy, PullProgress } from "./image.js";
import { isRootless, isSelinux, runningUser } from "./identity.js";
import { ContainerNetwork } from "./network.js";
import { runInside } from "./run-inside.js";
import { IDLE_FOR_EVER, IDLE_WITH_INPUT, wrapped } from "./shell-wrapper.js";

/** Settings of the container executor. */
export interface DockerExecutorOptions {
  /** @default "python:3-slim" */
  readonly image?: string;
  /** @default "missing" */
  readonly pull?: PullPolicy;
  /** Told what the engine says while it pulls. */
  readonly onPull?: (progress: PullProgress) => void;
  /** A fixed name lets a later executor use the container again, with `stopContainer: false`. @default a name of its own */
  readonly containerName?: string;
  /** Limit per block; pulling the image does not count. @default 60 */
  readonly timeoutSeconds?: number;
  /** The only folder that the code can write to; made if missing. @default "coding" */
  readonly workDir?: string;
  /** The work folder as the engine's machine knows it, when this program runs in a container itself. */
  readonly bindDir?: string;
  /** Remove the container when it is stopped. @default true */
  readonly autoRemove?: boolean;
  /** End the container with this executor, and with this process however it ends. @default true */
  readonly stopContainer?: boolean;
  /** Overrides per language: run (true) or only save (false). */
  readonly executionPolicies?: ExecutionPolicies;
  /**
   * What the code can reach, as in all executors; what lies between false and true needs Python in the image and an engine
   * of this machine. true: the engine's ordinary network. Any other word: the engine's network of that name. @default false
   */
  readonly network?: NetworkAccess | string;
  /** How the proxy of a partly open network finds and reaches hosts. @default the system's resolver, TCP */
  readonly proxy?: ProxyOfSandbox;
  readonly limits?: Partial<ContainerLimits>;
  /** Further folders, read-only unless said otherwise. */
  readonly volumes?: readonly ContainerVolume[];
  /** Variables for the code; it sees none of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Addresses by host name. */
  readonly extraHosts?: Readonly<Record<string, string>>;
  /** `uid:gid`. @default the user of this process, or nobody's when that is root */
  readonly user?: string;
  /** Let the code write to the whole file system of the container. @default false */
  readonly writableRoot?: boolean;
  /** Address of the engine. @default `DOCKER_HOST`, the context of `docker`, or the first usual socket that answers */
  readonly engine?: string;
  /** Shared between executors of one host. */
  readonly shared?: SharedByExecutors;
}

/** Runs shell and Python blocks in a container. */
export class DockerCommandLineCodeExecutor implements CodeExecutor {
  readonly name = "container";
  readonly isolated = true;
  /** Name of the container, for `docker ps`. */
  readonly containerName: string;
  readonly image: string;
  readonly #options: DockerExecutorOptions;
  readonly #folder: WorkFolder;
  readonly #timeoutSeconds: number;
  readonly #limits: ContainerLimits;
  readonly #shared: SharedByExecutors;
  readonly #network: ContainerNetwork;
  #place: Promise<Place> | undefined;
  #container: Container | undefined;

  /** @throws AutogenError `invalid-option` for a time limit under a second, a limit that makes no sense, or the machine's own network */
  constructor(options: DockerExecutorOptions = {}) {
    this.#timeoutSeconds = requireTimeout(options.timeoutSeconds ?? 60);
    this.#limits = requireContainerLimits(options.limits);
    this.#options = options;
    this.image = options.image ?? "python:3-slim";
    this.#folder = new WorkFolder(options.workDir ?? "coding");
    this.#shared = options.shared ?? newShared();
    this.#network = new ContainerNetwork(options, this.#shared.cleanup);
    this.containerName = options.containerName ?? `autogen-code-exec-${randomUUID()}`;
  }

  async executeCodeBlocks(blocks: readonly CodeBlock[], options: ExecuteCodeOptions = {}): Promise<CodeResult> {
    const line = {
      name: this.name,
      folder: this.#folder,
      policies: { ...DEFAULT_EXECUTION_POLICIES, ...this.#options.executionPolicies },
      sanitize: "off" as const, // such commands can only hit the work folder here
      unknownLanguageHint: "",
      keepsStreamsApart: false,
      keepTemporary: true,
      network: this.#network.access,
      limits: this.#limits,
      run: this.#run,
    };
    return this.#shared.queue.run(this.#folder.path, () => executeOnCommandLine(line, blocks, options));
  }

  /** Gets the image and starts the container, which the first block does otherwise. @throws AutogenError `executor-failed` */
  async start({ signal, onOutput }: ExecuteCodeOptions = {}): Promise<void> {
    await this.#folder.open();
    await this.#running(await this.#enter(), {
      ...(signal === undefined ? {} : { signal }),
      ...(onOutput === undefined ? {} : { onOutput }),
    });
  }

  /**
   * Saves what the container has become as an image. The work folder is not in it.
   *
   * @param tag the part of `name` after the colon
   * @returns its name; null when there is no container, because nothing has run or a limit has ended it
   */
  async commit(name: string, tag: string): Promise<string | null> {
    const container = this.#container;
    if (container === undefined || (await container.state()) === undefined) return null;
    const { engine } = await this.#enter();
    const query = new URLSearchParams({ container: container.id, repo: name, tag });
    await engine.call("POST", `/commit?${query.toString()}`, { body: {} });
    return `${name}:${tag}`;
  }

  /** The next block gets a new container; the work folder stays as it is. */
  async restart(): Promise<void> {
    const container = this.#container;
    this.#container = undefined;
    await container?.remove();
  }

  async stop(): Promise<void> {
    const container = this.#container;
    this.#container = undefined;
    if (this.#options.stopContainer !== false) await container?.kill();
    const place = await this.#place?.catch(() => undefined);
    await place?.stage?.remove();
    await this.#network.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  readonly #run = async (language: string, fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome> => {
    const outcome = await this.#runOnce(language, fileName, options);
    // A container whose memory is used up starts no further program, though nobody has ended it.
    return isNotStarted(outcome) ? this.#runOnce(language, fileName, options) : outcome;
  };

  readonly #runOnce = async (language: string, fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome> => {
    const place = await this.#enter();
    const container = await this.#running(place, options);
    const growth = await GrowthWatch.start(place.folder, this.#limits.folderBytes);
    const signal = options.signal === undefined ? growth.signal : AbortSignal.any([options.signal, growth.signal]);
    const outcome = await runInside(
      {
        engine: place.engine,
        container,
        command: wrapped({
          language,
          path: `${WORKSPACE}/${fileName}`,
          folder: WORKSPACE,
          limits: this.#limits,
          before: (await this.#network.of(place)).before,
        }),
        timeoutMs: this.#timeoutSeconds * 1_000,
        maxOutputBytes: this.#limits.outputBytes,
      },
      { ...options, signal },
    );
    const isTooMuch = await growth.stop();
    // What killed the code may have left others alive: a new container has none.
    const isSuspicious = outcome.end !== "exit" || outcome.exitCode === KILLED || isNotStarted(outcome);
    const explained =
      isSuspicious && outcome.exitCode === KILLED && outcome.end === "exit"
        ? await explain(outcome, container, this.#limits)
        : outcome;
    if (isSuspicious) await this.#discard(container);
    if (isTooMuch) {
      await place.stage?.remove(); // nothing of it is taken over
      return { ...outcome, end: "folder-limit" };
    }
    await place.stage?.leave();
    return explained;
  };

  async #enter(): Promise<Place & { readonly folder: string }> {
    this.#place ??= this.#findPlace();
    try {
      const place = await this.#place;
      return { ...place, folder: (await place.stage?.enter()) ?? this.#folder.path };
    } catch (error) {
      this.#place = undefined; // an engine that is started later is found
      throw error;
    }
  }

  async #findPlace(): Promise<Place> {
    const engine = await ContainerEngine.find(this.#options.engine);
    const { body } = await engine.call("GET", "/info");
    const user = this.#options.user ?? runningUser({ isRootless: isRootless(body), bindDir: this.#options.bindDir });
    const [uid, gid] = user.split(":").map(Number);
    const isOurs = uid === process.getuid?.() || isRootless(body) || process.getuid?.() !== 0;
    const stage =
      isOurs || this.#options.bindDir !== undefined || uid === undefined
        ? undefined
        : new Stage(this.#folder.path, { cleanup: this.#shared.cleanup, owner: { uid, gid: gid ?? uid } });
    return { engine, user, stage, selinux: isSelinux(body) };
  }

  async #running(place: Place & { readonly folder: string }, { signal, onOutput }: ExecuteCodeOptions): Promise<Container> {
    const { engine, user, folder, selinux } = place;
    if (this.#container !== undefined && (await this.#container.state())?.status === "running") return this.#container;
    const { pull = "missing", onPull } = this.#options;
    const { image } = this;
    let isAnnounced = false;
    await ensureImage(engine, image, {
      pull,
      signal,
      onPull: (progress) => {
        if (!isAnnounced) onOutput?.(`Pulling the image \`${image}\` ...\n`, "stderr");
        isAnnounced = true;
        onPull?.(progress);
      },
    });
    const network = await this.#network.of(place);
    const isKept = this.#options.stopContainer === false;
    const spec: ContainerSpec = {
      image,
      command: isKept ? IDLE_FOR_EVER : IDLE_WITH_INPUT,
      bindDir: this.#options.bindDir ?? folder,
      volumes: [...(this.#options.volumes ?? []), ...network.volumes],
      env: { HOME: WORKSPACE, LANG: "C.UTF-8", ...PYTHON_SETTINGS, ...network.env, ...this.#options.env },
      extraHosts: this.#options.extraHosts ?? {},
      network: network.mode,
      user,
      limits: this.#limits,
      writableRoot: this.#options.writableRoot ?? false,
      autoRemove: this.#options.autoRemove ?? true,
      endsWithInput: !isKept,
      selinux,
    };
    this.#container = await Container.start(engine, this.containerName, spec, signal);
    return this.#container;
  }

  async #discard(container: Container): Promise<void> {
    this.#container = undefined;
    await container.remove();
  }
}

/** Where containers run, and as whom. */
interface Place {
  readonly engine: ContainerEngine;
  readonly user: string;
  /** A copy of the work folder for a user who must not own the original. */
  readonly stage: Stage | undefined;
  readonly selinux: boolean;
}

const KILLED = 137;
/** As runc says it, with the words that Podman and Docker put before. */
const NOT_STARTED = /^(?:[\w ]{1,40}: ){0,3}(?:OCI runtime )?exec failed: unable to start container process/;

const isNotStarted = ({ end, exitCode, stdout }: ProcessOutcome): boolean =>
  end === "exit" && exitCode !== 0 && NOT_STARTED.test(stdout);

/** A model that reads only `137` would try the same again. */
async function explain(
  outcome: ProcessOutcome,
  container: Container,
  { totalMemoryBytes }: ContainerLimits,
): Promise<ProcessOutcome> {
  const state = await container.state().catch((error: unknown) => {
    if (error instanceof AutogenError) return undefined; // the engine went too: the exit code must do
    throw error;
  });
  const why =
    state?.outOfMemory === false
      ? `Killed: perhaps it used more than the ${Math.round(totalMemoryBytes / 1_048_576)} MiB of memory that it may.`
      : `Killed: it used more than the ${Math.round(totalMemoryBytes / 1_048_576)} MiB of memory that it may.`;
  return { ...outcome, stdout: `${outcome.stdout}${outcome.stdout === "" || outcome.stdout.endsWith("\n") ? "" : "\n"}${why}\n` };
}
