/** A few worker processes that share the cases. One that hangs is ended and replaced. */
import { fork } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("worker.mjs", import.meta.url));
const CASE_LIMIT_MS = 20_000;

/** @typedef {import("./scenario.mjs").Played | { broken: string }} Outcome */

/**
 * @param {readonly any[]} cases
 * @param {{ tools: readonly any[], workers: number, journal?: boolean, onDone?: (id: string) => void }} options
 * @returns {Promise<Map<string, Outcome>>} by case id
 */
export async function playAll(cases, { tools, workers, journal = false, onDone = () => undefined }) {
  /** @type {Map<string, Outcome>} */
  const outcomes = new Map();
  const waiting = [...cases];
  const programs = programsOfTheCases();
  const work = async () => {
    /** @type {import("node:child_process").ChildProcess | null} */
    let worker = null;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      worker ??= startWorker(programs.path);
      const outcome = await playOne(worker, { tools, journal, scenario: next.scenario });
      if ("broken" in outcome && !worker.connected) worker = null;
      outcomes.set(next.id, outcome);
      onDone(next.id);
    }
    worker?.kill();
  };
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    programs.remove();
  }
  return outcomes;
}

/** The recorded cases start `python`; many systems have it under the name `python3` alone. */
function programsOfTheCases() {
  const path = process.env.PATH ?? "";
  const python3 = findProgram("python3", path);
  if (findProgram("python", path) !== null || python3 === null) return { path, remove: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), "autogen-conformance-"));
  symlinkSync(python3, join(folder, "python"));
  return { path: `${folder}${delimiter}${path}`, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** @param {string} name @param {string} path @returns {string | null} */
function findProgram(name, path) {
  for (const folder of path.split(delimiter)) {
    if (folder === "") continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/**
 * No variable that changes what the library does may leak in from the caller.
 * @param {string} path
 */
function startWorker(path) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AUTOGEN_|OPENAI_|AZURE_)/.test(name)));
  return fork(WORKER, {
    env: { ...env, PATH: path, AUTOGEN_USE_DOCKER: "0" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
}

/** @param {import("node:child_process").ChildProcess} worker @param {object} job @returns {Promise<Outcome>} */
function playOne(worker, job) {
  return new Promise((resolve) => {
    const finish = (/** @type {Outcome} */ outcome) => {
      clearTimeout(timer);
      worker.removeAllListeners();
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      worker.kill("SIGKILL");
      worker.disconnect();
      finish({ broken: `It did not end within ${CASE_LIMIT_MS / 1000} s.` });
    }, CASE_LIMIT_MS);
    worker.once("message", finish);
    worker.once("exit", (code, signal) => finish({ broken: `The process that played it ended with ${code ?? signal}.` }));
    worker.send(job);
  });
}
