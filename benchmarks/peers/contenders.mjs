/** Who takes part, how they are installed, and how each is spoken to in its own process. */
import { fork, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;

/** What the others are measured by. */
export const FLOORS = ["fetch", "openai"];
export const OWN = "autogen-ts";
export const PEERS = ["ai-sdk", "pi-agent-core", "openai-agents", "langgraph", "mastra", "voltagent"];

/** Nothing of a contender leaves the machine, and nothing of the user's reaches it. */
const QUIET = {
  LANGCHAIN_TRACING_V2: "false",
  LANGSMITH_TRACING: "false",
  MASTRA_TELEMETRY_DISABLED: "1",
  OPENAI_AGENTS_DISABLE_TRACING: "1",
  VOLTAGENT_TELEMETRY_DISABLED: "1",
  OTEL_SDK_DISABLED: "true",
  DO_NOT_TRACK: "1",
};

const START_LIMIT_MS = 60_000;
const TASK_LIMIT_MS = 300_000;

/**
 * Installs all peers by their own lock file, once.
 *
 * @returns {Promise<string | null>} why that did not work; null when it did
 */
export async function installPeers() {
  if (existsSync(join(here, "node_modules", ".package-lock.json"))) return null;
  process.stderr.write("Installing the other frameworks with npm ci (once, some 700 MB) …\n");
  return await new Promise((resolve) => {
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const child = spawn("npm", args, { cwd: here, stdio: ["ignore", "ignore", "pipe"], shell: process.platform === "win32" });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? null : `npm ci ended with ${code}: ${said.trim().split("\n")[0] ?? ""}`));
  });
}

/** The versions of a contender's packages, as installed. @param {string} name */
export async function versionOf(name) {
  const { packages } = await import(`./${name}.mjs`);
  const version = (of) => {
    for (const folder of [here, join(here, ".."), join(here, "..", "..")]) {
      const file = join(folder, "node_modules", of, "package.json");
      if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).version;
    }
    return "not installed";
  };
  return packages.map((one) => `${one} ${version(one)}`).join(", ");
}

/** @typedef {{ readonly cpu: number, readonly wall: number, readonly peakBytes: number }} Cost microseconds for one time; bytes */

/** A contender in a process of its own. */
export class Contender {
  #child;
  #said = "";
  /** @type {readonly string[]} */
  #tasks = [];

  /** @param {string} name @param {import("node:child_process").ChildProcess} child */
  constructor(name, child) {
    this.name = name;
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text) => (this.#said = `${this.#said}${text}`.slice(-2_000)));
  }

  /** @param {string} name @param {string} url @throws {Error} when it does not start: not installed, for example */
  static async start(name, url) {
    const { PATH, HOME } = process.env;
    const child = fork(join(here, "worker.mjs"), [name, url], {
      execArgv: ["--expose-gc"],
      env: { PATH, HOME, ...QUIET },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const one = new Contender(name, child);
    const { tasks } = await one.#next(START_LIMIT_MS);
    one.#tasks = tasks;
    return one;
  }

  /** The bare `fetch` has no tools. @param {string} task */
  can(task) {
    return this.#tasks.includes(task);
  }

  /** @param {string} task @param {number} times @returns {Promise<Cost>} */
  async run(task, times, { atOnce = false } = {}) {
    const answer = this.#next(TASK_LIMIT_MS);
    this.#child.send({ task, times, atOnce });
    const cost = await answer;
    if (cost.failed !== undefined) throw new Error(cost.failed);
    return cost;
  }

  stop() {
    this.#child.kill("SIGKILL");
  }

  /** @param {number} limit @returns {Promise<any>} */
  #next(limit) {
    return new Promise((resolve, reject) => {
      const fail = (why) => {
        settle();
        this.stop();
        reject(new Error(why));
      };
      const onMessage = (message) => {
        settle();
        resolve(message);
      };
      const onClose = (code) => fail(this.#lastLine() ?? `ended with ${code}`);
      const timer = setTimeout(() => fail(`gave no answer within ${limit / 1_000} s`), limit);
      const settle = () => {
        clearTimeout(timer);
        this.#child.off("message", onMessage);
        this.#child.off("close", onClose);
      };
      this.#child.on("message", onMessage);
      this.#child.on("close", onClose);
    });
  }

  /** The error's own line, out of what Node prints at such an end. */
  #lastLine() {
    const line = this.#said.split("\n").find((one) => /^\w*Error\b/.test(one));
    return line?.replace(/ imported from .*/, "");
  }
}
