/** Python's virtual environments. Specification chapter 24, section 4. */
import { basename, join, resolve } from "node:path";
import { AutogenError, throwIfAborted } from "../../../run/index.js";
import { childEnvironment } from "./environment.js";
import { findFirst } from "./find-program.js";
import { killGroup } from "./kill-tree.js";
import { programsFor } from "./programs.js";
import { runProcess } from "./run-process.js";
import { newShared } from "./shared.js";

/** Where an environment is. */
export interface VirtualEnvironment {
  /** Name of its folder. */
  readonly envName: string;
  /** Absolute: the folder of its programs. */
  readonly binPath: string;
  /** Absolute: its Python. */
  readonly envExe: string;
}

/** Settings of `createVirtualEnv`. */
export interface VirtualEnvironmentOptions {
  /** Whether it gets a pip of its own. @default true */
  readonly withPip?: boolean;
  /** The Python that it is made from. @default the first of `python3`, `python`, `py` */
  readonly python?: string;
  readonly signal?: AbortSignal;
}

const TIME_LIMIT_MS = 300_000;

/**
 * Makes a virtual environment, or takes one that is there. For `virtualEnv` of the local executor; of the sandboxes, those
 * that have `interpreters` can show its folder.
 *
 * @throws AutogenError `executor-failed` with the words of Python; `aborted`
 */
export async function createVirtualEnv(
  folder: string,
  { withPip = true, python, signal }: VirtualEnvironmentOptions = {},
): Promise<VirtualEnvironment> {
  const path = resolve(folder);
  const env = childEnvironment(process.env, {});
  const program = python ?? (await findFirst(programsFor("python", { onThisMachine: true }), env["PATH"] ?? env["Path"]));
  if (program === undefined)
    throw new AutogenError("executor-failed", "No Python was found. Install it, or name it by `python`.");
  const args = ["-m", "venv", ...(withPip ? [] : ["--without-pip"]), path];
  const limits = { timeoutMs: TIME_LIMIT_MS, maxOutputBytes: 100_000, graceMs: 200 };
  const request = { command: program, args, cwd: process.cwd(), env, ...limits, cleanup: newShared().cleanup, kill: killGroup };
  const outcome = await runProcess({ ...request, plainText: true }, signal === undefined ? {} : { signal });
  if (signal !== undefined) throwIfAborted(signal);
  if (outcome.end !== "exit" || outcome.exitCode !== 0) throw failed(path, outcome.stderr + outcome.stdout);
  const isWindows = process.platform === "win32";
  const binPath = join(path, isWindows ? "Scripts" : "bin");
  return { envName: basename(path), binPath, envExe: join(binPath, isWindows ? "python.exe" : "python") };
}

function failed(path: string, words: string): AutogenError {
  const why = words.trim().split("\n").slice(-5).join("\n");
  return new AutogenError(
    "executor-failed",
    `The virtual environment \`${path}\` could not be made: ${why || "Python did not say why"}. On Debian, \`apt-get install -y python3-venv\` may be missing.`,
  );
}
