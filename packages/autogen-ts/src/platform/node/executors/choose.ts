/**
 * Which executor runs the code when the user did not name one: the first isolating one that passes its self-test,
 * never this machine unconfined unless asked for. Design: `sandbox`, section 1.
 */
import type { ChosenExecutor, CodeExecutor, ExecutorRequest } from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";
import { BubblewrapCodeExecutor } from "./bubblewrap.js";
import { EmbeddedCodeExecutor } from "./embedded.js";
import type { ExitCleanup } from "./exit-cleanup.js";
import { LocalCommandLineCodeExecutor } from "./local.js";
import { selfTest } from "./self-test.js";
import { probeBubblewrap, probeEmbedded } from "./self-test-attempts.js";
import { newShared } from "./shared.js";
import type { SharedByExecutors } from "./shared.js";
import { waysOut } from "./ways-out.js";

type Kind = "container" | "bubblewrap" | "embedded";

/** Why a kind of executor is not used; undefined when it can be. */
type Verdict = string | undefined;

/** Settings of the choice. */
export interface ChooserOptions {
  /** Files or addresses of modules from where npm packages are looked for. @default the current folder, then this package */
  readonly packagesFrom?: readonly string[];
}

/** Chooses executors and remembers, for as long as it lives, which sandboxes hold on this machine. */
export class ExecutorChooser {
  readonly #shared: SharedByExecutors = newShared();
  readonly #verdicts = new Map<Kind, Promise<Verdict>>();
  readonly #options: ChooserOptions;

  constructor(options: ChooserOptions = {}) {
    this.#options = options;
  }

  /** What must not outlive the process: of these executors, and of whoever else starts something on this host. */
  get cleanup(): ExitCleanup {
    return this.#shared.cleanup;
  }

  /** @throws AutogenError `no-sandbox` naming what was looked for and the ways out */
  async choose(request: ExecutorRequest = {}): Promise<ChosenExecutor> {
    const { useDocker = true } = request;
    if (useDocker === false) {
      const executor = new LocalCommandLineCodeExecutor({
        ...this.#forExecutor(request),
        keepTemporary: request.keepTemporary ?? true,
      });
      return { executor, reason: "Code runs on this machine, unconfined, because `useDocker` is false." };
    }
    if (typeof useDocker === "string" && useDocker !== "sandbox") return this.#containerOf(useDocker, request);
    return this.#firstThatHolds(
      request,
      useDocker === "sandbox" ? ["bubblewrap", "embedded"] : ["container", "bubblewrap", "embedded"],
    );
  }

  async #containerOf(image: string, request: ExecutorRequest): Promise<ChosenExecutor> {
    const verdict = await selfTest((test) => probe(test, this.#shared, image));
    if (verdict === undefined) {
      return {
        executor: await this.#make("container", request, image),
        reason: `Code runs in a container of the image \`${image}\`.`,
      };
    }
    const ending = "Without `useDocker`, a sandbox of this machine is used.";
    throw await refusal(`The container image \`${image}\` cannot be used: ${withoutStop(verdict)}. ${ending}`, {});
  }

  async #firstThatHolds(request: ExecutorRequest, kinds: readonly Kind[]): Promise<ChosenExecutor> {
    const passedOver: Partial<Record<Kind, string>> = {};
    for (const kind of kinds) {
      const verdict = await this.#verdict(kind);
      if (verdict === undefined) return { executor: await this.#make(kind, request), reason: reasonFor(kind, passedOver) };
      passedOver[kind] = verdict;
    }
    throw await refusal("No sandbox to run code in was found.", passedOver);
  }

  #verdict(kind: Kind): Promise<Verdict> {
    const known = this.#verdicts.get(kind) ?? this.#test(kind);
    this.#verdicts.set(kind, known);
    return known;
  }

  async #test(kind: Kind): Promise<Verdict> {
    switch (kind) {
      case "container":
        return selfTest((test) => probe(test, this.#shared, undefined));
      case "bubblewrap":
        if (process.platform !== "linux") return "it exists on Linux only";
        return selfTest((test) => probeBubblewrap(test, this.#shared));
      default:
        return selfTest((test) => probeEmbedded(test, this.#shared, this.#options.packagesFrom));
    }
  }

  async #make(kind: Kind, request: ExecutorRequest, image?: string): Promise<CodeExecutor> {
    const options = this.#forExecutor(request);
    if (kind === "container") {
      const { DockerCommandLineCodeExecutor } = await import("./container/executor.js");
      return new DockerCommandLineCodeExecutor(image === undefined ? options : { ...options, image });
    }
    return kind === "embedded" ? new EmbeddedCodeExecutor({ ...options, ...this.#options }) : new BubblewrapCodeExecutor(options);
  }

  #forExecutor({ workDir = "coding", timeoutSeconds = 60 }: ExecutorRequest): {
    workDir: string;
    timeoutSeconds: number;
    shared: SharedByExecutors;
  } {
    return { workDir, timeoutSeconds, shared: this.#shared };
  }
}

/** Loaded only when a container is looked for. */
const probe: typeof import("./container/self-test.js").probeContainer = async (...args) =>
  (await import("./container/self-test.js")).probeContainer(...args);

const withoutStop = (text: string): string => text.replace(/\.$/, "");

const NAMES: Readonly<Record<Kind, string>> = {
  container: "a container",
  bubblewrap: "the system's sandbox (bubblewrap)",
  embedded: "the embedded sandbox (deno and Pyodide)",
};

function reasonFor(kind: Kind, passedOver: Partial<Record<Kind, string>>): string {
  const others = listed(passedOver);
  return `Code runs in ${NAMES[kind]}, which passed its self-test${others === "" ? "" : `; not used: ${others}`}.`;
}

function listed(passedOver: Partial<Record<Kind, string>>): string {
  const kinds = (Object.keys(NAMES) as Kind[]).filter((kind) => passedOver[kind] !== undefined); // the keys are those of NAMES
  return kinds.map((kind) => `${NAMES[kind]} (${withoutStop(passedOver[kind] ?? "")})`).join(", ");
}

async function refusal(what: string, passedOver: Partial<Record<Kind, string>>): Promise<AutogenError> {
  const looked = listed(passedOver);
  const text = `${what} Nothing was run.${looked === "" ? "" : ` Looked for: ${looked}.`}\n${await waysOut(passedOver.bubblewrap)}`;
  return new AutogenError("no-sandbox", text, { details: { passedOver } });
}
