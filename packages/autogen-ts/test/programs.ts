/** Small programs over the sources, each in a process of its own, on pipes or on a terminal. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const sources = fileURLToPath(new URL("../src/", import.meta.url));
const modules = fileURLToPath(new URL("../../../node_modules/", import.meta.url));
const terminal = fileURLToPath(new URL("fixtures/on_terminal.py", import.meta.url));

/** A program as a file. */
export interface Program extends AsyncDisposable {
  readonly path: string;
}

/**
 * Bundles TypeScript that imports the sources as `./io/index.ts` and the like.
 *
 * @param packages whether the program finds the packages that are installed here
 */
export async function program(
  source: string,
  packages: "with packages" | "without packages" = "without packages",
): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), "autogen-program-"));
  const path = join(folder, "program.mjs");
  if (packages === "with packages") await symlink(modules, join(folder, "node_modules"), "junction");
  await build({
    stdin: { contents: source, resolveDir: sources, loader: "ts" },
    outfile: path,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    alias: { "#platform": join(sources, "platform", "node", "host.ts") },
    logLevel: "error",
  });
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** A program that runs. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  type(text: string | Uint8Array): void;
  /** Waits until `text` was written after what an earlier call waited for. */
  until(text: string): Promise<void>;
  /** The exit code; null after a signal. */
  readonly ended: Promise<number | null>;
}

/** Starts a program; on a terminal it runs below a Python that has opened one. */
export function start({ path }: Program, { onTerminal = false }: { readonly onTerminal?: boolean } = {}): Running {
  const command = onTerminal ? ["python3", terminal, process.execPath, path] : [process.execPath, path];
  const [name = "", ...args] = command;
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const child = spawn(name, args, { env: { ...env, TERM: "xterm" } });
  const output = { stdout: "", stderr: "" };
  let from = 0;
  let look: () => void = () => undefined;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
    look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  child.stdin.on("error", () => undefined); // the program may end before it has read everything
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return {
    child,
    ended,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    type: (text) => void child.stdin.write(text),
    until: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          const index = output.stdout.indexOf(text, from);
          if (index === -1) return;
          from = index + text.length;
          look = () => undefined;
          resolve();
        };
        const missing = (): void =>
          reject(new Error(`It ended without writing ${JSON.stringify(text)}:\n${output.stdout}\n${output.stderr}`));
        ended.then(missing, missing);
        look();
      }),
  };
}
