/** The folder that code works in: made on first use, and nothing is written outside of it. */
import { constants } from "node:fs";
import { lstat, mkdir, open, readFile, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { NOT_IN_WORKSPACE } from "../../../code/index.js";
import { AutogenError, isAutogenError } from "../../../run/index.js";

/** Where a file was written, or the text for the model that says why it was not. */
export type WrittenFile =
  | { readonly ok: true; readonly path: string; readonly name: string }
  | { readonly ok: false; readonly text: string };

/** Writes and removes files below one folder, whatever links lie there. */
export class WorkFolder {
  /** Absolute; symbolic links on the way are as the user wrote them. */
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /** Makes the folder and those above it. @throws AutogenError `executor-failed` when it cannot be made */
  async open(): Promise<void> {
    try {
      if (await isFolder(this.path)) return;
      await refuseKernelFolders(this.path);
      await mkdir(this.path, { recursive: true });
    } catch (error) {
      if (isAutogenError(error)) throw error;
      throw new AutogenError(
        "executor-failed",
        `The work folder \`${this.path}\` cannot be made: ${reasonOf(error)}. Name another one by \`workDir\`.`,
        {
          cause: error,
        },
      );
    }
  }

  /** @param name relative and without `..`, as `fileNameFromCode` gives it */
  async write(name: string, content: string | Uint8Array): Promise<WrittenFile> {
    try {
      const target = await this.#placeFor(name);
      if (target === undefined) return { ok: false, text: NOT_IN_WORKSPACE };
      // No O_NOFOLLOW on Windows; links were looked at above.
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);
      const file = await open(target, flags, 0o666);
      try {
        await file.writeFile(content);
      } finally {
        await file.close();
      }
      return { ok: true, path: join(this.path, name), name };
    } catch (error) {
      return { ok: false, text: `The file \`${name}\` could not be written: ${reasonOf(error)}` };
    }
  }

  /** Its text; undefined when there is no regular file of that name inside. */
  async read(name: string): Promise<string | undefined> {
    try {
      const root = await realpath(this.path);
      const real = await realpath(join(root, name));
      return isInside(root, real) && (await stat(real)).isFile() ? await readFile(real, "utf8") : undefined;
    } catch {
      return undefined; // not there, or not for us
    }
  }

  /** Removes a regular file; anything else stays. */
  async remove(name: string): Promise<void> {
    const target = await this.#placeFor(name);
    if (target !== undefined) await rm(target, { force: true });
  }

  /** The real path to write to; undefined when links lead out of the folder or something else than a file is there. */
  async #placeFor(name: string): Promise<string | undefined> {
    const root = await realpath(this.path);
    if (dirname(name) === ".") return this.#fileAt(root, join(root, name));
    const folder = await this.#realFolder(root, dirname(join(root, name)));
    if (folder === undefined) return undefined;
    await mkdir(folder, { recursive: true });
    return this.#fileAt(root, join(folder, basename(name)));
  }

  async #fileAt(root: string, target: string): Promise<string | undefined> {
    const found = await lstat(target).catch(() => undefined);
    if (found === undefined || found.isFile()) return target;
    if (!found.isSymbolicLink()) return undefined;
    const real = await realpath(target).catch(() => undefined);
    if (real === undefined || !isInside(root, real)) return undefined;
    return (await lstat(real)).isFile() ? real : undefined;
  }

  /** `folder` with its existing part resolved, or undefined when that part lies elsewhere. */
  async #realFolder(root: string, folder: string): Promise<string | undefined> {
    const found = await lstat(folder).catch(() => undefined);
    if (found !== undefined) {
      const real = await realpath(folder).catch(() => undefined);
      return real !== undefined && isInside(root, real) ? real : undefined;
    }
    const parent = await this.#realFolder(root, dirname(folder));
    return parent === undefined ? undefined : join(parent, basename(folder));
  }
}

const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Files of the kernel's own, where no folder can be made, and making several at once never ends in some versions of Node. */
const KERNEL = /^\/(?:proc|sys)(?:\/|$)/;

/** @throws AutogenError `invalid-option` */
async function refuseKernelFolders(path: string): Promise<void> {
  let existing = dirname(path);
  while (!(await isFolder(existing)) && existing !== dirname(existing)) existing = dirname(existing);
  if (!KERNEL.test(path) && !KERNEL.test(await realpath(existing))) return;
  throw new AutogenError(
    "invalid-option",
    `The work folder \`${path}\` lies in the kernel's own files. Name another one by \`workDir\`.`,
  );
}

const reasonOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : String(error));

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Lets one run at a time into a folder. */
export class FolderQueue {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<T>(folder: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(folder);
    const turn = (before ?? Promise.resolve()).then(task, task);
    this.#last.set(folder, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(folder) === turn) this.#last.delete(folder);
    }
  }
}
