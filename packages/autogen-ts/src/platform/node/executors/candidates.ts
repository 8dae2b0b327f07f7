/** The kinds of executors that the library takes by itself, the preferred one first. Design: `sandbox`, section 1. */
import type { CodeExecutor, ExecutorRequest } from "../../../code/index.js";
import { BubblewrapCodeExecutor } from "./bubblewrap.js";
import { EmbeddedCodeExecutor } from "./embedded.js";
import { selfTest } from "./self-test.js";
import { probeBubblewrap, probeEmbedded } from "./self-test-attempts.js";
import type { SharedByExecutors } from "./shared.js";

/** The names of kinds, in the order in which they are tried. */
export type CandidateKind = "container" | "bubblewrap" | "embedded";

/** What every candidate is given. */
export interface CandidateContext {
  readonly shared: SharedByExecutors;
  /** Files or addresses of modules from where npm packages are looked for. */
  readonly packagesFrom?: readonly string[];
}

/** One kind of executor, as the choice sees it. */
export interface Candidate {
  readonly kind: CandidateKind;
  /** For sentences: "Code runs in …". */
  readonly name: string;
  /** Whether it is left out for `useDocker: "sandbox"`. */
  readonly isContainer: boolean;
  /**
   * Why it does not work on this machine; undefined when it has passed its self-test. Asked once per process.
   *
   * @param image the container image that was asked for by name
   */
  verdict(context: CandidateContext, image?: string): Promise<string | undefined>;
  /** Why it cannot do what is asked for, apart from that. */
  misfit(request: ExecutorRequest): string | undefined;
  make(request: ExecutorRequest, context: CandidateContext, image?: string): CodeExecutor | Promise<CodeExecutor>;
}

/** Docker or Podman; nothing of it is loaded before. */
const container: Candidate = {
  kind: "container",
  name: "a container",
  isContainer: true,
  async verdict({ shared }, image) {
    const { probeContainer } = await import("./container/self-test.js");
    return selfTest((test) => probeContainer(test, shared, image));
  },
  misfit: ({ pythonPackages = [] }) =>
    pythonPackages.length > 0
      ? "it has no packages but those of its image; `pythonPackages` are for this machine's Python"
      : undefined,
  async make(request, { shared }, image) {
    const { DockerCommandLineCodeExecutor } = await import("./container/executor.js");
    const { network = false, env = {} } = request;
    const named = image === undefined ? {} : { image };
    return new DockerCommandLineCodeExecutor({ ...common(request), network, env, shared, ...named });
  },
};

const bubblewrap: Candidate = {
  kind: "bubblewrap",
  name: "the system's sandbox (bubblewrap)",
  isContainer: false,
  async verdict({ shared }) {
    if (process.platform !== "linux") return "it exists on Linux only";
    return selfTest((test) => probeBubblewrap(test, shared));
  },
  misfit: () => undefined,
  make(request, { shared }) {
    const { network = false, env = {}, pythonPackages = [] } = request;
    return new BubblewrapCodeExecutor({ ...common(request), network, env, pythonPackages, shared });
  },
};

const embedded: Candidate = {
  kind: "embedded",
  name: "the embedded sandbox (deno and Pyodide)",
  isContainer: false,
  verdict: async ({ shared, packagesFrom }) => selfTest((test) => probeEmbedded(test, shared, packagesFrom)),
  misfit({ network = false, pythonPackages = [] }) {
    if (network !== false) return "it has no network";
    return pythonPackages.length > 0 ? "it has no packages but Python's standard library" : undefined;
  },
  make: (request, context) => new EmbeddedCodeExecutor({ ...common(request), ...context }),
};

/** Tried from the left. */
export const CANDIDATES: readonly Candidate[] = [container, bubblewrap, embedded];

function common({ workDir = "coding", timeoutSeconds = 60, limits = {}, executionPolicies = {} }: ExecutorRequest): {
  workDir: string;
  timeoutSeconds: number;
  limits: NonNullable<ExecutorRequest["limits"]>;
  executionPolicies: NonNullable<ExecutorRequest["executionPolicies"]>;
} {
  return { workDir, timeoutSeconds, limits, executionPolicies };
}
