/** How bubblewrap is started on this machine, found out once per executor. */
import { lstat, readlink } from "node:fs/promises";
import { AutogenError } from "../../../run/index.js";
import type { SystemFolder } from "./bubblewrap-profile.js";
import { ControlGroups } from "./control-groups.js";
import { findProgram } from "./find-program.js";

/** The program, and the look of this system. */
export interface Launcher {
  readonly program: string;
  readonly systemFolders: readonly SystemFolder[];
  readonly groups: ControlGroups;
}

/** User and group `nobody` of Debian and most others; any number without rights would do. */
export const NOBODY = { uid: 65_534, gid: 65_534 } as const;

export const isRoot = (): boolean => process.getuid?.() === 0;

/** @throws AutogenError `executor-failed` when the program is missing */
export async function findLauncher(): Promise<Launcher> {
  const bubblewrap = await findProgram("bwrap", process.env["PATH"]);
  if (bubblewrap === undefined) {
    throw new AutogenError("executor-failed", "The program `bwrap` was not found. Install the package `bubblewrap`.");
  }
  return {
    program: bubblewrap,
    systemFolders: await lookAtSystemFolders(),
    groups: await ControlGroups.find(),
  };
}

async function lookAtSystemFolders(): Promise<SystemFolder[]> {
  const folders: SystemFolder[] = [];
  for (const path of ["/bin", "/sbin", "/lib", "/lib32", "/lib64"]) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink() === true) folders.push({ path, link: await readlink(path) });
    else if (found?.isDirectory() === true) folders.push({ path, link: null });
  }
  return folders;
}
