/** A folder of this process below the system's temporary one. */
import { rmSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExitCleanup } from "./exit-cleanup.js";

/** Made on first use, for the user of this process alone; removed at the end of the process at the latest. */
export class TemporaryFolder {
  readonly #prefix: string;
  readonly #cleanup: ExitCleanup;
  #path: string | undefined;
  #forget: (() => void) | undefined;

  constructor(prefix: string, cleanup: ExitCleanup) {
    this.#prefix = prefix;
    this.#cleanup = cleanup;
  }

  /** Undefined unless it was made. */
  get path(): string | undefined {
    return this.#path;
  }

  /** @param prepare called once with the new folder, before anybody else gets it */
  async open(prepare?: (path: string) => Promise<void>): Promise<string> {
    if (this.#path !== undefined) return this.#path;
    const path = await mkdtemp(join(await realpath(tmpdir()), this.#prefix));
    this.#forget = this.#cleanup.add(() => rmSync(path, { recursive: true, force: true }));
    await prepare?.(path);
    return (this.#path = path);
  }

  /** The next use makes a new one. */
  async remove(): Promise<void> {
    const path = this.#path;
    this.#path = undefined;
    this.#forget?.();
    if (path !== undefined) await rm(path, { recursive: true, force: true });
  }
}
