/**
 * Runs code in a kernel of a Jupyter server: variables stay from block to block, pictures and pages are saved as files.
 * Specification chapter 24, section 9.
 */
import { randomUUID } from "node:crypto";
import { stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { canonicalBlock, silencePip } from "../../../../code/index.js";
import type { CodeBlock, CodeExecutor, CodeLimits, CodeResult, ExecuteCodeOptions } from "../../../../code/index.js";
import { AutogenError, abortError, throwIfAborted } from "../../../../run/index.js";
import { EarlyEnd } from "../early-end.js";
import type { EarlyReason } from "../early-end.js";
import { requireLimits, requireTimeout } from "../limits.js";
import { OUTPUT_LIMIT_BYTES } from "../run-process.js";
import { FolderQueue } from "../work-folder.js";
import { Cell } from "./cell.js";
import type { CellData, CellOutcome } from "./cell.js";
import { JupyterClient } from "./client.js";
import type { JupyterConnectionInfo, JupyterServer } from "./connection.js";
import { Kernel } from "./kernel.js";

/** Settings of the Jupyter executor. */
export interface JupyterExecutorOptions {
  /** A running server, or one that is started on first use. It is not stopped with the executor. */
  readonly jupyterServer: JupyterConnectionInfo | JupyterServer;
  /** @default "python3" */
  readonly kernelName?: string;
  /** Limit per block. @default 60 */
  readonly timeoutSeconds?: number;
  /** Existing folder that pictures and pages are saved in. @default "." */
  readonly outputDir?: string;
  /** Folder that the kernel works in, relative to the server's root. @default the root */
  readonly kernelPath?: string;
  /** How much output is kept. */
  readonly limits?: Partial<Pick<CodeLimits, "outputBytes">>;
}

/** How long an interrupted cell may take to end before its kernel is replaced. */
const INTERRUPT_GRACE_MS = 2_000;

/** Runs blocks as cells of one notebook would run. The language of a block is the kernel's; `!ls` runs a command. */
export class JupyterCodeExecutor implements CodeExecutor {
  readonly name: string = "jupyter";
  /** Only servers that say so keep code from their machine. */
  readonly isolated: boolean;
  readonly #options: JupyterExecutorOptions;
  readonly #timeoutSeconds: number;
  readonly #limits: CodeLimits;
  readonly #outputDir: string;
  readonly #turns = new FolderQueue();
  #client: JupyterClient | undefined;
  #kernel: Kernel | undefined;

  /** @throws AutogenError `invalid-option` for a time limit under a second */
  constructor(options: JupyterExecutorOptions) {
    this.#options = options;
    this.#timeoutSeconds = requireTimeout(options.timeoutSeconds ?? 60);
    this.#limits = requireLimits(options.limits);
    this.#outputDir = resolve(options.outputDir ?? ".");
    this.isolated = "isolated" in options.jupyterServer && options.jupyterServer.isolated;
  }

  async executeCodeBlocks(blocks: readonly CodeBlock[], options: ExecuteCodeOptions = {}): Promise<CodeResult> {
    if (blocks.length === 0) throw new AutogenError("invalid-option", "No code blocks to execute.");
    if (options.signal !== undefined) throwIfAborted(options.signal);
    await requireFolder(this.#outputDir);
    return this.#turns.run("", () => this.#executeInTurn(blocks, options));
  }

  /** The next block finds no variables. */
  async restart(): Promise<void> {
    await this.#dropKernel();
  }

  /** Ends the kernel; the server goes on. */
  async stop(): Promise<void> {
    await this.#dropKernel().catch((error: unknown) => {
      if (!(error instanceof AutogenError)) throw error; // a server that is gone has no kernels
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #executeInTurn(blocks: readonly CodeBlock[], options: ExecuteCodeOptions): Promise<CodeResult> {
    const outputs: string[] = [];
    const outputFiles: string[] = [];
    for (const written of blocks) {
      const { language, code } = canonicalBlock(written);
      const { end, outcome } = await this.#runCell(silencePip(code, language), options);
      const saved = await this.#save(outcome.data);
      outputFiles.push(...saved.files);
      const output = [...outcome.texts, ...saved.lines].join("\n");
      if (end === undefined && outcome.end === "ok") {
        outputs.push(output);
        continue;
      }
      outputs.push(...(output === "" ? [] : [output]), `ERROR: ${this.#problem(end, outcome)}`);
      return { exitCode: 1, output: outputs.join("\n"), outputFiles, executor: this.name };
    }
    return { exitCode: 0, output: outputs.join("\n"), outputFiles, executor: this.name };
  }

  #problem(end: EarlyReason | undefined, { end: cellEnd, error }: CellOutcome): string {
    const isNew = this.#kernel === undefined ? " The kernel had to be replaced: variables and imports are gone." : "";
    if (end === "timeout") return `Timeout waiting for output from code block.${isNew}`;
    if (end === "output-limit") return `Stopped: the code printed more than ${OUTPUT_LIMIT_BYTES / 1_000_000} MB.${isNew}`;
    if (cellEnd === "died")
      return "The kernel died, perhaps for want of memory. The next block gets a new one: variables and imports are gone.";
    return error ?? "The code failed without saying why.";
  }

  async #runCell(
    code: string,
    { signal, onOutput }: ExecuteCodeOptions,
  ): Promise<{ end: EarlyReason | undefined; outcome: CellOutcome }> {
    const kernel = await this.#living(signal);
    const early = new EarlyEnd({ timeoutMs: this.#timeoutSeconds * 1_000, signal });
    const cell = new Cell({
      maxOutputBytes: this.#limits.outputBytes,
      onOutput,
      onLimit: () => early.by("output-limit"),
    });
    try {
      const { ended, forget } = kernel.run(code, cell);
      await early.orUndefined(ended);
      if (early.reason !== undefined) await this.#interrupt(kernel, ended);
      forget();
    } finally {
      early.close();
    }
    if (kernel.isFlooded) early.by("output-limit");
    // What the interrupt made of the cell is not the code's own error.
    if (early.reason === "aborted" && signal !== undefined) throw abortError(signal);
    const outcome = cell.outcome();
    if (!kernel.isAlive || outcome.end === "died") await this.#dropKernel().catch(() => {}); // a server that is gone is found out by the next block
    return { end: early.reason, outcome };
  }

  /** Politely first, so that variables stay; code that resists loses its kernel. */
  async #interrupt(kernel: Kernel, ended: Promise<void>): Promise<void> {
    const patience = new AbortController();
    try {
      await kernel.interrupt();
      const late = wait(INTERRUPT_GRACE_MS, "late" as const, { signal: patience.signal }).catch(() => "late" as const);
      if ((await Promise.race([ended, late])) !== "late") return;
    } catch {
      // no answer: it goes the hard way
    } finally {
      patience.abort();
    }
    await this.#dropKernel().catch(() => {}); // the next block reports a server that is gone
  }

  async #living(signal: AbortSignal | undefined): Promise<Kernel> {
    if (this.#kernel?.isAlive === true) return this.#kernel;
    if (this.#kernel !== undefined) await this.#dropKernel();
    const { jupyterServer: server, kernelName = "python3", kernelPath } = this.#options;
    const info = "connectionInfo" in server ? await server.connectionInfo(signal) : server;
    const client = new JupyterClient(info);
    if (!(await client.kernelSpecs(signal)).includes(kernelName)) {
      throw new AutogenError("invalid-option", `Kernel ${kernelName} is not installed.`);
    }
    const id = await client.startKernel(kernelName, kernelPath, signal);
    this.#client = client;
    try {
      this.#kernel = await Kernel.connect(client, id);
    } catch (error) {
      await client.deleteKernel(id).catch(() => {}); // the first problem says more
      throw error;
    }
    return this.#kernel;
  }

  async #dropKernel(): Promise<void> {
    const kernel = this.#kernel;
    this.#kernel = undefined;
    kernel?.close();
    if (kernel !== undefined) await this.#client?.deleteKernel(kernel.id);
  }

  async #save(items: readonly CellData[]): Promise<{ files: string[]; lines: string[] }> {
    const files: string[] = [];
    const lines: string[] = [];
    for (const { mimeType, data } of items) {
      const kind = KINDS[mimeType];
      if (kind === undefined) {
        lines.push(`Data of the type ${mimeType} was shown, which cannot be saved.`);
        continue;
      }
      const path = join(this.#outputDir, `${randomUUID().replaceAll("-", "")}.${kind.extension}`);
      await writeFile(path, data, kind.base64 ? "base64" : "utf8");
      files.push(path);
      lines.push(`${kind.label} data saved to ${path}`);
    }
    return { files, lines };
  }
}

const KINDS: Readonly<Record<string, { readonly extension: string; readonly base64: boolean; readonly label: string }>> = {
  "image/png": { extension: "png", base64: true, label: "Image" },
  "image/jpeg": { extension: "jpg", base64: true, label: "Image" },
  "image/gif": { extension: "gif", base64: true, label: "Image" },
  "image/webp": { extension: "webp", base64: true, label: "Image" },
  "image/svg+xml": { extension: "svg", base64: false, label: "Image" },
  "text/html": { extension: "html", base64: false, label: "HTML" },
};

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new AutogenError("invalid-option", `Output directory ${path} does not exist.`);
}
