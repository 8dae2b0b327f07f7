/**
 * A Jupyter server of one's own on this machine's loopback address, with a token. Its kernels are not confined.
 * Specification chapter 24, section 9.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { AutogenError, abortError } from "../../../../run/index.js";
import { childEnvironment } from "../environment.js";
import { findFirst } from "../find-program.js";
import { killGroup, killMarked, RUN_MARKER } from "../kill-tree.js";
import { newShared } from "../shared.js";
import type { SharedByExecutors } from "../shared.js";
import type { JupyterConnectionInfo, JupyterServer } from "./connection.js";

/** Settings of a server on this machine. */
export interface LocalJupyterServerOptions {
  /** Only loopback addresses keep others out. @default "127.0.0.1" */
  readonly ip?: string;
  /** @default a free one */
  readonly port?: number;
  /** @default 32 random bytes in hexadecimal */
  readonly token?: string;
  /** Folder that kernels work in. @default "." */
  readonly workDir?: string;
  /** The Python that has Jupyter. @default the first of `python3` and `python` on the search path */
  readonly python?: string;
  /** Variables for the server and its kernels, besides harmless ones such as `PATH`. */
  readonly env?: Readonly<Record<string, string>>;
  /** File that what the server says is added to. @default none */
  readonly logFile?: string;
  readonly shared?: SharedByExecutors;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 3_000;
const LOOK_AGAIN_MS = 50;
const KEPT_LINES = 30;

/** Starts on first use; ends with `stop`, or with this process. */
export class LocalJupyterServer implements JupyterServer {
  readonly isolated = false;
  readonly #options: LocalJupyterServerOptions;
  readonly #token: string;
  readonly #marker = `jupyter-${randomUUID()}`;
  readonly #shared: SharedByExecutors;
  #running: Promise<Running> | undefined;

  constructor(options: LocalJupyterServerOptions = {}) {
    this.#options = options;
    this.#token = options.token ?? randomBytes(32).toString("hex");
    this.#shared = options.shared ?? newShared();
  }

  /** @throws AutogenError `executor-failed` when it does not start, with what it said */
  async connectionInfo(signal?: AbortSignal): Promise<JupyterConnectionInfo> {
    const before = await this.#running?.catch(() => undefined);
    if (before === undefined || before.child.exitCode !== null || before.child.signalCode !== null)
      this.#running = this.#start(signal);
    const { port } = await (this.#running ?? this.#start(signal));
    return { host: this.#ip, port, token: this.#token };
  }

  /** Ends the server and all kernels. Idempotent. */
  async stop(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    this.#running = undefined;
    if (running === undefined) return;
    const { child, forget } = running;
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, "exit");
      child.kill("SIGTERM");
      await Promise.race([closed, wait(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    }
    this.#kill(child);
    forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #ip(): string {
    return this.#options.ip ?? "127.0.0.1";
  }

  async #start(signal: AbortSignal | undefined): Promise<Running> {
    const python = this.#options.python ?? (await findFirst(["python3", "python"], process.env["PATH"]));
    if (python === undefined)
      throw new AutogenError("executor-failed", "No Python was found to start Jupyter with. Name it in `python`.");
    const port = this.#options.port ?? (await freePort(this.#ip));
    const child = spawn(python, serverArguments(this.#ip, port, resolve(this.#options.workDir ?? ".")), {
      cwd: resolve(this.#options.workDir ?? "."),
      // In a variable, since other users can read arguments.
      env: {
        ...childEnvironment(process.env, { env: this.#options.env ?? {} }),
        JUPYTER_TOKEN: this.#token,
        [RUN_MARKER]: this.#marker,
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    const forget = this.#shared.cleanup.add(() => this.#kill(child));
    const said = this.#listen(child);
    const running = { child, port, forget };
    try {
      await this.#untilReady(running, said, signal);
      child.unref();
      return running;
    } catch (error) {
      this.#kill(child);
      forget();
      throw error;
    }
  }

  /** @returns the last lines, without the token */
  #listen(child: ChildProcess): () => string {
    const lines: string[] = [];
    child.once("error", (error) => lines.push(error.message));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        const safe = text.replaceAll(this.#token, "…");
        lines.push(safe);
        if (lines.length > KEPT_LINES) lines.shift();
        if (this.#options.logFile !== undefined) void appendFile(this.#options.logFile, safe).catch(() => {}); // a log is not worth a chat
      });
    }
    return () => lines.join("").trim();
  }

  async #untilReady({ child, port }: Running, said: () => string, signal: AbortSignal | undefined): Promise<void> {
    const host = this.#ip.includes(":") ? `[${this.#ip}]` : this.#ip;
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      if (signal?.aborted === true) throw abortError(signal);
      if (child.pid === undefined || child.exitCode !== null || performance.now() > deadline) throw notStarted(said());
      const headers = { authorization: `token ${this.#token}` };
      const answer = await fetch(`http://${host}:${port}/api/kernelspecs`, { headers, redirect: "error" }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok === true) return;
      await wait(LOOK_AGAIN_MS);
    }
  }

  #kill(child: ChildProcess): void {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
    killMarked(this.#marker); // kernels have sessions of their own
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly forget: () => void;
}

/** What a server is started with, after the name of a Python. */
export function serverArguments(ip: string, port: number, root: string): string[] {
  return [
    ...["-m", "jupyter_server", "--no-browser", `--ServerApp.ip=${ip}`, `--ServerApp.port=${port}`, "--ServerApp.port_retries=0"],
    ...[`--ServerApp.root_dir=${root}`, "--ServerApp.password=", "--ServerApp.terminals_enabled=False"],
    ...[
      "--JupyterApp.answer_yes=True",
      "--ServerApp.quit_button=False",
      "--ServerApp.iopub_msg_rate_limit=1e12",
      "--ServerApp.iopub_data_rate_limit=1e12",
    ],
    ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
  ];
}

function notStarted(said: string): AutogenError {
  const hint = said.includes("No module named")
    ? " Install it: `pip install jupyter-server ipykernel`, or `apt-get install jupyter-server python3-ipykernel`."
    : "";
  return new AutogenError(
    "executor-failed",
    `The Jupyter server did not start.${hint}${said === "" ? "" : ` It said:\n${said.slice(-2_000)}`}`,
  );
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
