/** Folders of interpreters outside `/usr` that a sandbox shows read-only: virtual environments, pyenv, nvm … */
import { readFile, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { AutogenError } from "../../../run/index.js";

/** Options of the look. */
export interface InterpreterFolderOptions {
  /** Whether the sandbox is started by another account, which must be able to reach the folders. @default false */
  readonly forOthers?: boolean;
}

/**
 * The folders themselves and, for Python's virtual environments, the folder of the Python that they were made from.
 *
 * @throws AutogenError `invalid-option` for a folder that holds the home folder, or is not there;
 *   `executor-failed` for one that the sandbox's account cannot reach
 */
export async function interpreterFolders(
  paths: readonly string[],
  { forOthers = false }: InterpreterFolderOptions = {},
): Promise<string[]> {
  const folders = new Set<string>();
  for (const path of paths.map((written) => resolve(written))) {
    await requireFolder(path);
    folders.add(path);
    const base = await baseOf(path);
    if (base !== undefined && !isBelow("/usr", base)) folders.add(base);
  }
  if (forOthers) for (const folder of folders) await requireReachable(folder);
  return [...folders];
}

/** Only the prefix of an interpreter may be shown, never a folder with everything of the user's. */
async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new AutogenError(
      "invalid-option",
      `The interpreter's folder \`${path}\` does not exist. Check the option \`interpreters\`.`,
    );
  }
  if (isBelow(await realpath(path), await realpath(homedir()).catch(() => homedir()))) {
    throw new AutogenError(
      "invalid-option",
      `The interpreter's folder \`${path}\` holds your home folder. Name the folder of the interpreter alone, for example \`~/.pyenv/versions/3.12.1\`.`,
    );
  }
}

/** `pyvenv.cfg` of a virtual environment names the folder of the programs that it was made from. */
async function baseOf(path: string): Promise<string | undefined> {
  const settings = await readFile(resolve(path, "pyvenv.cfg"), "utf8").catch(() => "");
  const home = /^home\s*=\s*(.+?)\s*$/m.exec(settings)?.[1];
  return home === undefined || !isAbsolute(home) ? undefined : dirname(home);
}

async function requireReachable(path: string): Promise<void> {
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode } = await stat(folder);
    if ((mode & 0o001) === 0) {
      throw new AutogenError(
        "executor-failed",
        `The interpreter's folder \`${path}\` cannot be used: started by root, the sandbox runs as another account, which cannot pass \`${folder}\`. ` +
          "Put the interpreter elsewhere, for example below /opt, or start this program as an ordinary user.",
      );
    }
    if (folder === dirname(folder)) return;
  }
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}
