/** Where things are, as absolute paths, and the few calls that every script needs. */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("..", import.meta.url));
/** The published package. */
export const library = join(root, "packages", "autogen-ts");
/** TypeScript 7, the compiler of builds and type checks. Its `tsc` is linked nowhere: TypeScript 6 has the same command. */
export const tsc = join(root, "node_modules", "typescript7", "bin", "tsc");

/**
 * All files below `folder`, as absolute paths in a stable order.
 *
 * @param {string} folder
 * @param {{ skip?: (name: string) => boolean }} [options] `skip` leaves out folders and files by their name
 * @returns {string[]} empty when there is no such folder
 */
export function filesBelow(folder, { skip = () => false } = {}) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (skip(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, { skip });
    return entry.isFile() ? [path] : [];
  });
}

/** Folders with nothing that people wrote. */
export const generated = new Set([".git", "node_modules", "dist", "coverage", ".cache", ".node", "coding"]);

/**
 * A path as shown to people: relative to `from`, with forward slashes on every system.
 *
 * @param {string} path
 * @param {string} [from]
 */
export function shown(path, from = root) {
  return relative(from, path).split(sep).join("/");
}

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, shell?: boolean }} [options] `show` connects it to this terminal
 * @returns {Promise<{ code: number, output: string }>} 128 + signal number when a signal ended it; `output` is both streams
 */
export function run(command, args, { cwd = root, env = process.env, show = false, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: show ? "inherit" : ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => (output += text));
    }
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code: code ?? (signal === "SIGINT" ? 130 : 143), output }));
  });
}

/**
 * Runs a JavaScript program with this Node.
 *
 * @param {string} program
 * @param {readonly string[]} [args]
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runNode(program, args = [], options) {
  return run(process.execPath, [program, ...args], options);
}
