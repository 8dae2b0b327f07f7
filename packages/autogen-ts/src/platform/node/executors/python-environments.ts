/**
 * Virtual environments with packages for Python blocks: made once per set of packages, outside of any sandbox, by the
 * user's wish and never by a model's. Only wheels are taken, so that installing runs no code of the packages.
 */
import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { AutogenError } from "../../../run/index.js";
import { childEnvironment } from "./environment.js";
import { killGroup } from "./kill-tree.js";
import { runProcess } from "./run-process.js";
import type { ProcessOutcome } from "./run-process.js";
import type { ExitCleanup } from "./exit-cleanup.js";

/** Settings of an installation. */
export interface PythonEnvironmentOptions {
  /** The Python that the environment is made from. */
  readonly python: string;
  /** Whether other accounts must be able to read it. */
  readonly forOthers: boolean;
  readonly cleanup: ExitCleanup;
  /** Where environments are kept. @default the user's folder for caches */
  readonly folder?: string;
  readonly signal?: AbortSignal | undefined;
}

const INSTALL_LIMIT_MS = 600_000;
const COMPLETE = "autogen-complete.json";
/** In the format of this file; a change makes new environments. */
const FORMAT = 1;

/**
 * The folder of an environment with these packages.
 *
 * @throws AutogenError `invalid-option` for what is no plain requirement; `executor-failed` when it cannot be installed
 */
export async function pythonEnvironment(packages: readonly string[], options: PythonEnvironmentOptions): Promise<string> {
  const wanted = requirePackages(packages);
  const version = await answerOf(options, ["-c", "import sys; print(sys.version, sys.prefix)"]);
  const key = createHash("sha256")
    .update(JSON.stringify([FORMAT, version, wanted]))
    .digest("hex")
    .slice(0, 32);
  const root = options.folder ?? cacheFolder(options.forOthers);
  const folder = join(root, key);
  await mkdir(root, { recursive: true, mode: options.forOthers ? 0o755 : 0o700 });
  while (!(await isComplete(folder))) {
    const unlock = await lock(folder);
    if (unlock === undefined) {
      options.signal?.throwIfAborted();
      await wait(LOOK_AGAIN_MS);
      continue;
    }
    try {
      if (!(await isComplete(folder))) await install(folder, wanted, options);
    } finally {
      await unlock();
    }
  }
  return folder;
}

/** Names and versions from the package registry: no addresses, files or options of pip. */
export function requirePackages(packages: readonly string[]): string[] {
  const version = /(?:===?|[<>]=?|!=|~=)\s*[\w.*+!-]{1,60}/.source;
  const requirement = new RegExp(
    `^[A-Za-z0-9][\\w.-]{0,99}(?:\\[[\\w.,\\s-]{1,200}\\])?\\s*(?:${version}(?:\\s*,\\s*${version}){0,9})?$`,
  );
  const wrong = packages.find((one) => typeof one !== "string" || !requirement.test(one));
  if (wrong !== undefined) {
    throw new AutogenError(
      "invalid-option",
      `\`${wrong}\` is no Python package of the registry. Use names with versions such as "numpy" or "pandas==2.2.3"; for anything else make a virtual environment yourself.`,
    );
  }
  return [...new Set(packages.map((one) => one.trim()))].toSorted();
}

const LOOK_AGAIN_MS = 200;

/** Others can pass through `/var/cache`, but not through the home folder of root. */
function cacheFolder(forOthers: boolean): string {
  if (forOthers) return "/var/cache/autogen-ts/python";
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "autogen-ts", "python");
}

async function isComplete(folder: string): Promise<boolean> {
  return stat(join(folder, COMPLETE)).then(
    () => true,
    () => false,
  );
}

/** One installation at a time, over all processes. A lock of a process that has ended is taken away. */
async function lock(folder: string): Promise<(() => Promise<void>) | undefined> {
  const path = `${folder}.lock`;
  try {
    await writeFile(path, String(process.pid), { flag: "wx" });
    return () => rm(path, { force: true });
  } catch {
    const owner = Number(await readFile(path, "latin1").catch(() => ""));
    if (owner > 0 && !isAlive(owner)) {
      const aside = `${path}.${randomUUID()}`; // of several who find it dead, one gets it
      await rename(path, aside).then(
        () => rm(aside, { force: true }),
        () => {},
      );
    }
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function install(folder: string, packages: readonly string[], options: PythonEnvironmentOptions): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await answerOf(options, ["-m", "venv", "--without-pip", folder]);
  if (options.forOthers) await chmod(folder, 0o755);
  const python = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python3");
  await answerOf(options, [
    ...["-m", "pip", "--python", python, "install", "--only-binary", ":all:", "--no-input", "--quiet"],
    ...["--disable-pip-version-check", "--no-warn-script-location", "--", ...packages],
  ]);
  await writeFile(join(folder, COMPLETE), JSON.stringify({ format: FORMAT, packages }));
}

async function answerOf({ python, cleanup, signal }: PythonEnvironmentOptions, args: readonly string[]): Promise<string> {
  const outcome = await runProcess(
    {
      command: python,
      args,
      cwd: "/",
      env: installerEnvironment(),
      timeoutMs: INSTALL_LIMIT_MS,
      maxOutputBytes: 100_000,
      graceMs: 200,
      cleanup,
      kill: killGroup,
      plainText: true,
    },
    signal === undefined ? {} : { signal },
  );
  signal?.throwIfAborted();
  if (outcome.end === "exit" && outcome.exitCode === 0) return outcome.stdout.trim();
  throw new AutogenError("executor-failed", explained(outcome, python));
}

/** pip is the user's program: it gets its own settings, and how to reach the registry. */
function installerEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => /^PIP_|^(?:SSL_CERT_|REQUESTS_CA_BUNDLE)/.test(name));
  return childEnvironment(process.env, { env: Object.fromEntries(own) });
}

function explained({ end, stdout, stderr }: ProcessOutcome, python: string): string {
  if (end === "timeout") return "Pip install timed out: the packages for Python were not installed.";
  const text = (stderr + stdout).trim();
  if (text.includes("No module named pip")) {
    return `Pip install failed: \`${python}\` has no pip. Install it, for example by \`apt-get install -y python3-pip\`.`;
  }
  return `Pip install failed. ${text.split("\n").slice(-5).join("\n")}`;
}
