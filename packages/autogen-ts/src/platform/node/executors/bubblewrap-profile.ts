/**
 * What the sandboxed program may see and use, as arguments of `bwrap`. Pure.
 * The reason behind each flag: design `sandbox`, section 4; each was seen to be needed.
 */

import type { CodeLimits } from "../../../code/index.js";
import type { NetworkOfSandbox } from "./bubblewrap-network.js";

/** What each process of the sandbox may use. */
export interface ProcessLimits extends Pick<CodeLimits, "memoryBytes" | "processes" | "fileBytes"> {
  /** Processor time of one process. */
  readonly cpuSeconds: number;
}

/** All that differs from one sandbox to the next. */
export interface SandboxProfile {
  /** Folder of this machine that is `/work` inside. */
  readonly workFolder: string;
  /** Top-level folders such as `/bin`: a link into `/usr`, or a folder of their own. */
  readonly systemFolders: readonly SystemFolder[];
  /** Further folders that are visible read-only at the same path, for example of an interpreter. */
  readonly readOnlyFolders: readonly string[];
  readonly searchPath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: ProcessLimits;
  readonly network: NetworkOfSandbox;
  /** Descriptor that stays open as long as anything lives inside. */
  readonly aliveDescriptor: number;
  /** Descriptor to read a filter of system calls from. */
  readonly filterDescriptor: number;
  /** Descriptor whose first byte, or end, lets the command start. */
  readonly gateDescriptor: number;
  /** Descriptor that tells the number of the first process inside. */
  readonly numberDescriptor: number;
}

/** A top-level folder that programs expect. */
export interface SystemFolder {
  readonly path: string;
  /** Target of the link; null for a folder. */
  readonly link: string | null;
}

/** Where the work folder is inside. */
export const INSIDE = "/work";

const MEGABYTE = 1_048_576;

/** All arguments up to the command that is run inside. */
export function bubblewrapArguments(profile: SandboxProfile): string[] {
  return [
    ...[
      "--unshare-all",
      ...(profile.network.shared ? ["--share-net"] : []),
      "--unshare-user",
      "--disable-userns",
      "--die-with-parent",
      "--new-session",
      "--cap-drop",
      "ALL",
    ],
    ...["--hostname", "sandbox", "--sync-fd", String(profile.aliveDescriptor)],
    ...["--info-fd", String(profile.numberDescriptor), "--block-fd", String(profile.gateDescriptor)],
    ...variables(profile),
    ...files(profile),
    ...["--seccomp", String(profile.filterDescriptor)],
    ...["--", ...limited(profile.limits), ...profile.network.command],
  ];
}

function variables({ searchPath, env, network }: SandboxProfile): string[] {
  const all = { PATH: searchPath, HOME: INSIDE, LANG: "C.UTF-8", ...network.env, ...env };
  return ["--clearenv", ...Object.entries(all).flatMap(([name, value]) => ["--setenv", name, value])];
}

function files({ workFolder, systemFolders, readOnlyFolders, network }: SandboxProfile): string[] {
  return [
    ...["--ro-bind", "/usr", "/usr"],
    ...systemFolders.flatMap(({ path, link }) => (link === null ? ["--ro-bind", path, path] : ["--symlink", link, path])),
    ...["/etc/ld.so.cache", "/etc/alternatives", ...network.settings].flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...["--size", String(16 * MEGABYTE), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
    ...["--size", String(64 * MEGABYTE), "--tmpfs", "/tmp"],
    ...readOnlyFolders.flatMap((path) => ["--ro-bind", path, path]),
    ...network.folders.flatMap(({ path, inside }) => ["--ro-bind", path, inside]),
    ...["--bind", workFolder, INSIDE, "--chdir", INSIDE, "--remount-ro", "/"],
  ];
}

/**
 * Sets limits that the code cannot raise, joins both outputs to one so that their order is kept, and becomes the command.
 * The shell starts faster than a program for limits. Shells differ in the letter for processes. The limit of processor
 * time first warns, then kills.
 */
const LIMITER =
  'ulimit -c 0 && ulimit -n 256 && ulimit -d "$1" && ulimit -v "$2" && ulimit -f "$3" && ulimit -t "$6" && ulimit -St "$5" ' +
  '&& { ulimit -u "$4" 2>/dev/null || ulimit -p "$4"; } || exit 125; shift 6; exec "$@" 2>&1';

const KILOBYTE = 1_024;
const BLOCK = 512; // what a shell counts files in

function limited({ memoryBytes, processes, fileBytes, cpuSeconds }: ProcessLimits): string[] {
  const kilobytes = Math.ceil(memoryBytes / KILOBYTE);
  const all = Math.max(kilobytes, 4 * MEGABYTE); // room for what is only reserved
  const numbers = [kilobytes, all, Math.ceil(fileBytes / BLOCK), processes, cpuSeconds, cpuSeconds + 1];
  return ["/bin/sh", "-c", LIMITER, "sh", ...numbers.map(String)];
}
