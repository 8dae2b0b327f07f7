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

/** `prlimit` takes plain byte counts. The processor limit first warns, then kills. */
function limited({ memoryBytes, processes, fileBytes, cpuSeconds }: ProcessLimits): string[] {
  return [
    "prlimit",
    `--data=${memoryBytes}`,
    `--as=${4_096 * MEGABYTE}`,
    `--nproc=${processes}`,
    `--fsize=${fileBytes}`,
    "--core=0",
    "--nofile=256",
    `--cpu=${cpuSeconds}:${cpuSeconds + 1}`,
    "--",
  ];
}
