/** What the engine is asked for: a container that can do little. Pure. Specification chapter 24, sections 7 and 12. */
import { createHash } from "node:crypto";
import type { CodeLimits } from "../../../../code/index.js";
import { AutogenError } from "../../../../run/index.js";
import { DEFAULT_LIMITS, requireLimitsOf } from "../limits.js";

/** How much the code in a container may use. */
export interface ContainerLimits extends CodeLimits {
  /** Memory of everything in the container together; there is no swap. @default 512 MiB, or `memoryBytes` if that is more */
  readonly totalMemoryBytes: number;
  /** Processors; 0.5 is half of one. @default 1 */
  readonly cpus: number;
  /** Space in each of `/tmp`, `/run` and `/var/tmp`, which are memory. @default 64 MiB */
  readonly temporaryBytes: number;
}

/** A further folder or file of the machine. */
export interface ContainerVolume {
  /** Absolute path on the engine's machine. */
  readonly source: string;
  /** Absolute path inside. */
  readonly target: string;
  /** @default true */
  readonly readOnly?: boolean;
}

/** All that a container is made from. */
export interface ContainerSpec {
  readonly image: string;
  /** null: what the image itself starts. */
  readonly command: readonly string[] | null;
  /** Folder of the machine that is `/workspace` inside; null for none. */
  readonly bindDir: string | null;
  readonly volumes: readonly ContainerVolume[];
  readonly env: Readonly<Record<string, string>>;
  readonly extraHosts: Readonly<Record<string, string>>;
  /** See `networkMode`. */
  readonly network: boolean | string;
  /** `uid:gid`; null: the image's own. */
  readonly user: string | null;
  readonly limits: ContainerLimits;
  /** Whether the root file system can be written to. */
  readonly writableRoot: boolean;
  /** The engine removes it once it has ended. */
  readonly autoRemove: boolean;
  /** It ends when the connection to its input does, so that it never outlives this process. */
  readonly endsWithInput: boolean;
  /** SELinux keeps containers out of folders that are not labelled for them. */
  readonly selinux: boolean;
}

/** Where the work folder is inside. */
export const WORKSPACE = "/workspace";

/** Marks containers of this library; the value is a fingerprint of what they were made from. */
export const LABEL = "autogen-ts.spec";

const DEFAULTS: ContainerLimits = {
  ...DEFAULT_LIMITS,
  totalMemoryBytes: 536_870_912,
  cpus: 1,
  temporaryBytes: 67_108_864,
};

/** @throws AutogenError `invalid-option` */
export const requireContainerLimits = (limits: Partial<ContainerLimits> = {}): ContainerLimits =>
  requireLimitsOf(DEFAULTS, limits, ["cpus"]);

/** The body of `POST /containers/create`. */
export function createRequest(spec: ContainerSpec): Readonly<Record<string, unknown>> {
  const { limits, bindDir, endsWithInput } = spec;
  const workspace = bindDir === null ? [] : [{ source: bindDir, target: WORKSPACE, readOnly: false }];
  return {
    Image: spec.image,
    ...(spec.command === null ? {} : { Entrypoint: [spec.command[0]], Cmd: spec.command.slice(1) }),
    ...(spec.user === null ? {} : { User: spec.user }),
    ...(bindDir === null ? {} : { WorkingDir: WORKSPACE }),
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: { [LABEL]: fingerprint(spec) },
    Tty: false,
    ...(endsWithInput ? { OpenStdin: true, StdinOnce: true, AttachStdin: true } : {}),
    HostConfig: {
      AutoRemove: spec.autoRemove,
      NetworkMode: networkMode(spec.network),
      Memory: limits.totalMemoryBytes,
      MemorySwap: limits.totalMemoryBytes,
      NanoCpus: Math.round(limits.cpus * 1e9),
      PidsLimit: limits.processes,
      ReadonlyRootfs: !spec.writableRoot,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      // Podman makes the last two by itself where the rest is read-only, and as large as memory.
      Tmpfs: Object.fromEntries(["/tmp", "/run", "/var/tmp"].map((path) => [path, temporary(limits)])),
      ExtraHosts: Object.entries(spec.extraHosts).map(([name, address]) => `${name}:${address}`),
      ...folders([...workspace, ...spec.volumes], spec.selinux),
    },
  };
}

const temporary = ({ temporaryBytes }: ContainerLimits): string => `rw,nosuid,nodev,mode=1777,size=${temporaryBytes}`;

/** Equal for containers that can stand in for each other. */
export function fingerprint(spec: ContainerSpec): string {
  return createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 32);
}

/**
 * @param network false: none; true: the engine's ordinary network; a name: that network
 * @throws AutogenError `invalid-option` for networks that are the machine's own
 */
export function networkMode(network: boolean | string): string {
  if (network === false || network === "none") return "none";
  if (network === true) return "bridge";
  if (network === "host" || network.startsWith("container:") || network.startsWith("ns:")) {
    throw new AutogenError(
      "invalid-option",
      `\`network: "${network}"\` would give the code the network of something else. Use false, true, or the name of a network made for it.`,
    );
  }
  return network;
}

const ENGINE_SOCKET = /(?:docker|podman|containerd|crio)[\w.-]*\.sock$/;

/** @throws AutogenError `invalid-option` for sockets of engines: who has one owns the machine */
function folders(volumes: readonly ContainerVolume[], selinux: boolean): Readonly<Record<string, unknown>> {
  for (const { source } of volumes) {
    if (!ENGINE_SOCKET.test(source)) continue;
    throw new AutogenError(
      "invalid-option",
      `\`${source}\` cannot be a volume: code that reaches a container engine owns the machine.`,
    );
  }
  if (selinux) {
    // Only this older form can ask for a label; it cannot express paths with a colon.
    return { Binds: volumes.map(({ source, target, readOnly = true }) => `${source}:${target}:${readOnly ? "ro,z" : "rw,Z"}`) };
  }
  const mounts = volumes.map(({ source, target, readOnly = true }) => ({
    Type: "bind",
    Source: source,
    Target: target,
    ReadOnly: readOnly,
  }));
  return { Mounts: mounts };
}
