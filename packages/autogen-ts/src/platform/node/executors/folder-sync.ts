/** Carries changes from one folder to another without following links. Nothing may run in either meanwhile. */
import { constants } from "node:fs";
import { chmod, copyFile, lchown, lstat, mkdir, readdir, readlink, rm, symlink } from "node:fs/promises";
import type { Stats } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** State of one entry, by its relative path. Equal text means unchanged. */
export type FolderState = Map<string, string>;

/** What both sides looked like when they were last equal. */
export interface SyncMemory {
  readonly from: FolderState;
  readonly to: FolderState;
}

/** A user and a group, by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes `to` equal to `from`, looking only at what changed since `memory`; updates `memory`.
 * Devices, pipes, sockets and links that lead out of the folder are left out.
 *
 * @param owner who shall own what is made
 */
export async function syncFolder(from: string, to: string, memory: SyncMemory, owner?: Owner): Promise<void> {
  const entries = await listFolder(from);
  for (const name of [...memory.from.keys()].filter((known) => !entries.has(known))) {
    await rm(join(to, name), { recursive: true, force: true });
    memory.from.delete(name);
    memory.to.delete(name);
  }
  for (const [name, found] of entries) {
    const state = stateOf(found);
    if (memory.from.get(name) === state) continue;
    if (!(await carry(from, to, name, found))) continue;
    if (owner !== undefined) await lchown(join(to, name), owner.uid, owner.gid);
    memory.from.set(name, state);
    memory.to.set(name, stateOf(await lstat(join(to, name))));
  }
}

/** The same memory for the way back. */
export const reversed = ({ from, to }: SyncMemory): SyncMemory => ({ from: to, to: from });

/** All entries below `root`, parents first; folders behind links are not entered. */
async function listFolder(root: string, folder = "", found = new Map<string, Stats>()): Promise<Map<string, Stats>> {
  for (const entry of await readdir(join(root, folder))) {
    const name = join(folder, entry);
    const state = await lstat(join(root, name));
    found.set(name, state);
    if (state.isDirectory()) await listFolder(root, name, found);
  }
  return found;
}

/** A folder's own times change with its content, which is looked at anyway. */
function stateOf(found: Stats): string {
  if (found.isDirectory()) return "folder";
  const kind = found.isSymbolicLink() ? "link" : found.isFile() ? "file" : "other";
  return [kind, found.ino, found.size, found.mtimeMs, found.ctimeMs].join(" ");
}

/** @returns false for what is left out */
async function carry(from: string, to: string, name: string, found: Stats): Promise<boolean> {
  const source = join(from, name);
  const target = join(to, name);
  await makeRoom(target, found);
  if (found.isDirectory()) {
    await mkdir(target, { recursive: true });
  } else if (found.isSymbolicLink()) {
    const link = await readlink(source);
    if (!staysInside(from, source, link)) return false;
    await symlink(link, target);
  } else if (found.isFile()) {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    await chmod(target, found.mode & 0o777); // never the right to change users
  } else {
    return false;
  }
  return true;
}

/** Removes what is in the way: a link must never be written through. */
async function makeRoom(target: string, wanted: Stats): Promise<void> {
  const present = await lstat(target).catch(() => undefined);
  if (present === undefined) return;
  if (present.isDirectory() && wanted.isDirectory()) return;
  if (present.isFile() && wanted.isFile() && present.nlink === 1) return;
  await rm(target, { recursive: true, force: true });
}

function staysInside(root: string, path: string, link: string): boolean {
  if (isAbsolute(link)) return false;
  const way = relative(root, resolve(dirname(path), link));
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
