/**
 * Limits on all processes of a run together, by the kernel's control groups, where this process may make some.
 * Other limits hold for each process on its own. Design: `sandbox`, section 4.
 */
import { randomUUID } from "node:crypto";
import { chownSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { access, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** What all processes of a run may use together. */
export interface GroupLimits {
  readonly memoryBytes: number;
  readonly processes: number;
}

/** A group for one run. */
export interface ControlGroup {
  readonly folders: readonly string[];
  /**
   * Files by which a process takes itself in; see `ENTER_GROUPS`. Only version 1 has some. They cost nothing, while to
   * take in another process the kernel waits for all processors, which is some 5 ms.
   */
  readonly entrances: readonly string[];
  /** Whether `join` is needed besides. */
  readonly takesIn: boolean;
  /** Takes a process in, with all that it will start. @throws Error when the kernel refuses */
  join(pid: number): Promise<void>;
  /** Whether the kernel has ended a process of the group for want of memory. */
  ranOutOfMemory(): Promise<boolean>;
  /** Everything in it must have ended. */
  remove(): Promise<void>;
}

/** What one version of the interface calls its files. */
interface FileNames {
  readonly memory: string;
  readonly swap: string;
  readonly swapLimit: (memoryBytes: number) => number;
  readonly killed: string;
}

const FILES: Readonly<Record<1 | 2, FileNames>> = {
  1: {
    memory: "memory.limit_in_bytes",
    swap: "memory.memsw.limit_in_bytes", // counts both together
    swapLimit: (memoryBytes) => memoryBytes,
    killed: "memory.oom_control",
  },
  2: { memory: "memory.max", swap: "memory.swap.max", swapLimit: () => 0, killed: "memory.events" },
};

/** Where groups for one kind of limit are made. */
interface Place {
  readonly controller: "memory" | "pids";
  readonly version: 1 | 2;
  readonly folder: string;
}

/** The files that say where this process stands; others in tests. */
export interface ControlGroupSources {
  readonly cgroup: string;
  readonly mountinfo: string;
}

const OWN: ControlGroupSources = { cgroup: "/proc/self/cgroup", mountinfo: "/proc/self/mountinfo" };
const PREFIX = "autogen-";

/** Shell text that enters the groups whose entrances are the arguments up to `--`. `0` stands for the writing process itself. */
export const ENTER_GROUPS = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; ';

/** Makes groups where it can. */
export class ControlGroups {
  readonly #places: readonly Place[];

  private constructor(places: readonly Place[]) {
    this.#places = places;
  }

  /** Looks where groups can be made, and removes those that ended processes have left. */
  static async find(sources: ControlGroupSources = OWN): Promise<ControlGroups> {
    const places = await findPlaces(sources);
    for (const { folder } of places) await removeAbandoned(folder);
    return new ControlGroups(places);
  }

  /** Whether the memory of all processes together can be limited. */
  get limitsMemory(): boolean {
    return this.#places.some(({ controller }) => controller === "memory");
  }

  /**
   * These files are the kernel's own and never wait for a disk, so they are written at once.
   *
   * @param user who shall be able to enter; the caller may anyway
   * @returns undefined where there is no right to make one
   */
  make(limits: GroupLimits, user?: { readonly uid: number; readonly gid: number }): ControlGroup | undefined {
    if (this.#places.length === 0) return undefined;
    const name = `${PREFIX}${process.pid}-${randomUUID().slice(0, 8)}`;
    const groups = this.#places.map((place) => ({ ...place, path: join(place.folder, name) }));
    const folders = [...new Set(groups.map(({ path }) => path))];
    for (const folder of folders) mkdirSync(folder);
    for (const { controller, version, path } of groups) {
      if (controller === "pids") writeFileSync(join(path, "pids.max"), String(limits.processes));
      else limitMemory(path, version, limits.memoryBytes);
    }
    const entrances = groups.filter(({ version }) => version === 1).map(({ path }) => join(path, "tasks"));
    if (user !== undefined) for (const entrance of entrances) chownSync(entrance, user.uid, user.gid);
    const others = groups.filter(({ version }) => version === 2).map(({ path }) => path);
    const memory = groups.find(({ controller }) => controller === "memory");
    return {
      folders,
      entrances,
      takesIn: others.length > 0,
      join: async (pid) => {
        for (const folder of new Set(others)) await writeFile(join(folder, "cgroup.procs"), String(pid));
      },
      ranOutOfMemory: async () => memory !== undefined && (await hasKilled(join(memory.path, FILES[memory.version].killed))),
      remove: async () => {
        for (const folder of folders) await removeSoon(folder);
      },
    };
  }
}

function limitMemory(path: string, version: 1 | 2, bytes: number): void {
  const { memory, swap, swapLimit } = FILES[version];
  writeFileSync(join(path, memory), String(bytes));
  try {
    writeFileSync(join(path, swap), String(swapLimit(bytes)));
  } catch {
    // not every kernel counts swap
  }
}

async function hasKilled(file: string): Promise<boolean> {
  const text = await readFile(file, "latin1").catch(() => "");
  return /^oom_kill [1-9]/m.test(text);
}

const ATTEMPTS = 20;
const PAUSE_MS = 10;

/** What has just ended may still be counted for a moment. One that stays is removed by a later process. */
async function removeSoon(folder: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const isGone = await rmdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== "EBUSY",
    );
    if (isGone) return;
    await wait(PAUSE_MS);
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = name.startsWith(PREFIX) ? Number(name.split("-")[1]) : Number.NaN;
    if (Number.isInteger(owner) && !isAlive(owner)) await rmdir(join(folder, name)).catch(() => {}); // in use, or not ours
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function findPlaces({ cgroup, mountinfo }: ControlGroupSources): Promise<Place[]> {
  const [groups, mounts] = await Promise.all([cgroup, mountinfo].map((file) => readFile(file, "utf8").catch(() => "")));
  const places: Place[] = [];
  for (const controller of ["memory", "pids"] as const) {
    const place = oldPlace(controller, groups ?? "", mounts ?? "") ?? (await newPlace(controller, groups ?? "", mounts ?? ""));
    if (place !== undefined && (await isWritable(place.folder))) places.push(place);
  }
  return places;
}

/** Version 1: a hierarchy for each controller; a group below our own. */
function oldPlace(controller: Place["controller"], groups: string, mounts: string): Place | undefined {
  const path = lineFields(groups).find(([, controllers = ""]) => controllers.split(",").includes(controller))?.[2];
  const mount = mountsOf(mounts).find(({ type, options }) => type === "cgroup" && options.split(",").includes(controller));
  if (path === undefined || mount === undefined) return undefined;
  return { controller, version: 1, folder: join(mount.path, below(mount.root, path)) };
}

/** Version 2: a group that holds processes has no groups with limits below it, so ours stands beside our own. */
async function newPlace(controller: Place["controller"], groups: string, mounts: string): Promise<Place | undefined> {
  const path = lineFields(groups).find(([id, controllers]) => id === "0" && controllers === "")?.[2];
  const mount = mountsOf(mounts).find(({ type }) => type === "cgroup2");
  if (path === undefined || mount === undefined) return undefined;
  const own = below(mount.root, path);
  const folder = join(mount.path, own === "/" ? "/" : dirname(own));
  const controllers = await readFile(join(folder, "cgroup.subtree_control"), "latin1").catch(() => "");
  if (!controllers.split(/\s+/).includes(controller)) return undefined;
  return (await isWritable(join(folder, "cgroup.procs"))) ? { controller, version: 2, folder } : undefined;
}

const lineFields = (groups: string): string[][] => groups.split("\n").map((line) => line.split(":"));

function mountsOf(mountinfo: string): { root: string; path: string; type: string; options: string }[] {
  return mountinfo.split("\n").flatMap((line) => {
    const [place = "", kind = ""] = line.split(" - ");
    const [, , , root = "", path = ""] = place.split(" ");
    const [type = "", , options = ""] = kind.split(" ");
    return type.startsWith("cgroup") ? [{ root, path, type, options }] : [];
  });
}

/** Our group as seen from a mount that may show only a part of the hierarchy. */
function below(root: string, path: string): string {
  if (root === "/" || !path.startsWith(root)) return path;
  return path.slice(root.length) || "/";
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
