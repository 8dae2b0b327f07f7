/**
 * One run of bubblewrap. The sandbox is set up while the work folder is made ready and looked over; a gate holds the code
 * back until that is done and the sandbox's first process is in its control group, in which the code is then born.
 */
import type { CodeLimits, ExecuteCodeOptions } from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";
import { ENTER_GROUPS } from "./control-groups.js";
import type { ControlGroup, ControlGroups } from "./control-groups.js";
import type { GrowthWatch } from "./folder-growth.js";
import { watchMemoryOfTree } from "./memory-watch.js";
import { runProcess } from "./run-process.js";
import type { ProcessOutcome, ProcessRequest } from "./run-process.js";

/** How the program is started; what it is handed beside that is this module's business. */
export type SandboxRequest = Omit<ProcessRequest, "extra" | "onStart"> & {
  /** Of system calls. */
  readonly filter: Uint8Array;
};

/** For the profile: which descriptor is what. */
export const DESCRIPTORS = { aliveDescriptor: 3, filterDescriptor: 4, gateDescriptor: 5, numberDescriptor: 6 } as const;

/** For one use. */
export class BubblewrapRun {
  readonly #limits: CodeLimits;
  readonly #groups: ControlGroups;
  readonly #enter: () => Promise<GrowthWatch>;
  readonly #stop = new AbortController();
  #usedTooMuch = false;
  #closed: Promise<void> = Promise.resolve();

  /** @param enter makes the work folder ready and begins to watch it */
  constructor(groups: ControlGroups, limits: CodeLimits, enter: () => Promise<GrowthWatch>) {
    this.#groups = groups;
    this.#limits = limits;
    this.#enter = enter;
  }

  /** Kept once nothing of the run is left on this machine, which may be a moment after its end. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** @throws whatever kept the folder from being made ready; AutogenError `executor-failed` when limits cannot be set */
  async start(request: SandboxRequest, options: ExecuteCodeOptions): Promise<ProcessOutcome> {
    let tellFirst: ((pid: number) => void) | undefined;
    const first = new Promise<number>((resolve) => (tellFirst = resolve));
    const entered = this.#enter();
    const { totalMemoryBytes: memoryBytes, processes } = this.#limits;
    const group = this.#groups.make({ memoryBytes, processes }, request.user);
    let problem: { readonly reason: unknown } | undefined;
    const ready = Promise.all([this.#watch(entered), joined(group, first)]).catch((reason: unknown) => {
      problem = { reason };
      this.#stop.abort();
      throw reason;
    });
    ready.catch(() => {}); // told below
    let unwatch = (): void => {};
    const onStart = (pid: number): void => {
      if (!this.#groups.limitsMemory) unwatch = watchMemoryOfTree(pid, this.#limits.totalMemoryBytes, () => this.#endForMemory());
    };
    const { filter, ...rest } = request;
    const signal = options.signal === undefined ? this.#stop.signal : AbortSignal.any([options.signal, this.#stop.signal]);
    try {
      const extra = [null, filter, { until: ready }, { onText: numberReader((pid) => tellFirst?.(pid)) }];
      const outcome = await runProcess({ ...within(group, rest), extra, onStart }, { ...options, signal });
      const growth = await entered; // still under way when the process has ended before the gate
      if (problem !== undefined && outcome.end === "aborted") throw problem.reason;
      return await this.#judged(outcome, growth, group);
    } finally {
      unwatch();
      entered.then((growth) => growth.stop()).catch(() => {}); // what it failed with was told above
      this.#closed = group?.remove() ?? Promise.resolve();
    }
  }

  async #watch(entered: Promise<GrowthWatch>): Promise<void> {
    (await entered).signal.addEventListener("abort", () => this.#stop.abort(), { once: true });
  }

  #endForMemory(): void {
    this.#usedTooMuch = true;
    this.#stop.abort();
  }

  async #judged(outcome: ProcessOutcome, growth: GrowthWatch, group: ControlGroup | undefined): Promise<ProcessOutcome> {
    if (await growth.stop()) return { ...outcome, end: "folder-limit" };
    const ranOut = this.#usedTooMuch || (outcome.exitCode !== 0 && (await group?.ranOutOfMemory()) === true);
    return ranOut ? { ...outcome, end: "memory-limit" } : outcome;
  }
}

/** Calls back once with the number in bubblewrap's report. */
function numberReader(found: (pid: number) => void): (text: string) => void {
  let report = "";
  return (text) => {
    report += text;
    const pid = /"child-pid":\s*(\d+)\D/.exec(report)?.[1];
    if (pid !== undefined) found(Number(pid));
  };
}

/** Started by a shell that enters the group itself, where it can. */
function within<R extends Pick<ProcessRequest, "command" | "args">>(group: ControlGroup | undefined, request: R): R {
  if (group === undefined || group.entrances.length === 0) return request;
  const args = ["-c", `${ENTER_GROUPS}exec "$@"`, "sh", ...group.entrances, "--", request.command, ...request.args];
  return { ...request, command: "/bin/sh", args };
}

/** Never kept when the sandbox has ended by itself: how, its exit says. */
async function joined(group: ControlGroup | undefined, first: Promise<number>): Promise<void> {
  if (group?.takesIn !== true) return;
  const pid = await first;
  try {
    await group.join(pid);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ESRCH") return new Promise(() => {});
    throw new AutogenError("executor-failed", "The control group of a sandbox could not be entered, so its code was not run.", {
      cause,
    });
  }
}
