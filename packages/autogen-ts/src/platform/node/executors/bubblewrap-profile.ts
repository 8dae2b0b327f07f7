/**
 * What the sandboxed program may see and use, as arguments of `bwrap`. Pure.
 * The reason behind each flag: design `sandbox`, section 4; each was seen to be needed.
 */

/** How much sandboxed code may use. */
export interface SandboxLimits {
  /** Memory of one process. @default 512 MiB */
  readonly memoryBytes: number;
  /** Processes and threads together. @default 64 */
  readonly processes: number;
  /** Size of one file. @default 100 MB */
  readonly fileBytes: number;
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
  readonly limits: SandboxLimits;
  /** Descriptor that stays open as long as anything lives inside. */
  readonly aliveDescriptor: number;
  /** Descriptor to read a filter of system calls from. */
  readonly filterDescriptor?: number;
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
    ...["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL"],
    ...["--hostname", "sandbox", "--sync-fd", String(profile.aliveDescriptor)],
    ...variables(profile),
    ...files(profile),
    ...(profile.filterDescriptor === undefined ? [] : ["--seccomp", String(profile.filterDescriptor)]),
    ...["--", ...limited(profile.limits)],
  ];
}

function variables({ searchPath, env }: SandboxProfile): string[] {
  const all = { PATH: searchPath, HOME: INSIDE, LANG: "C.UTF-8", ...env };
  return ["--clearenv", ...Object.entries(all).flatMap(([name, value]) => ["--setenv", name, value])];
}

function files({ workFolder, systemFolders, readOnlyFolders }: SandboxProfile): string[] {
  return [
    ...["--ro-bind", "/usr", "/usr"],
    ...systemFolders.flatMap(({ path, link }) => (link === null ? ["--ro-bind", path, path] : ["--symlink", link, path])),
    ...["/etc/ld.so.cache", "/etc/alternatives"].flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...["--size", String(16 * MEGABYTE), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
    ...["--size", String(64 * MEGABYTE), "--tmpfs", "/tmp"],
    ...readOnlyFolders.flatMap((path) => ["--ro-bind", path, path]),
    ...["--bind", workFolder, INSIDE, "--chdir", INSIDE, "--remount-ro", "/"],
  ];
}

/** `prlimit` takes plain byte counts. The processor limit first warns, then kills. */
function limited({ memoryBytes, processes, fileBytes, cpuSeconds }: SandboxLimits): string[] {
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
