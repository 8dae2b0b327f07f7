/** Where a program is, looked up as a shell would, without starting anything. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

const WINDOWS_EXTENSIONS = [".exe", ".cmd", ".bat", ""] as const;

/**
 * The absolute path of `name`, or undefined. Relative entries of the search path are left out: they would
 * find programs in a folder that model-written code can write to.
 */
export async function findProgram(name: string, searchPath: string | undefined): Promise<string | undefined> {
  const extensions = process.platform === "win32" ? WINDOWS_EXTENSIONS : [""];
  for (const folder of (searchPath ?? "").split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    for (const extension of extensions) {
      const path = join(folder, name + extension);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

/** The first of several programs that exists. */
export async function findFirst(names: readonly string[], searchPath: string | undefined): Promise<string | undefined> {
  for (const name of names) {
    const path = await findProgram(name, searchPath);
    if (path !== undefined) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // absent or not for us: look on
  }
}
