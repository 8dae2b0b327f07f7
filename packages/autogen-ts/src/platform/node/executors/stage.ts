/**
 * A copy of the work folder for programs that must not, or cannot, use the folder itself.
 * The sandbox of root needs one: root is exempt from the limit on processes, so somebody else starts the sandbox,
 * who may not reach the work folder.
 */
import { rmSync } from "node:fs";
import { chmod, chown, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExitCleanup } from "./exit-cleanup.js";
import { reversed, syncFolder } from "./folder-sync.js";
import type { Owner, SyncMemory } from "./folder-sync.js";

/** Settings of a stage. */
export interface StageOptions {
  readonly cleanup: ExitCleanup;
  /** Who shall own the copy. @default the caller */
  readonly owner?: Owner;
}

/** Made on first use, removed at the end of the process at the latest. */
export class Stage {
  readonly #workFolder: string;
  readonly #options: StageOptions;
  readonly #memory: SyncMemory = { from: new Map(), to: new Map() };
  #path: string | undefined;
  #forget: (() => void) | undefined;

  constructor(workFolder: string, options: StageOptions) {
    this.#workFolder = workFolder;
    this.#options = options;
  }

  /** Its path. */
  async open(): Promise<string> {
    return (this.#path ??= await this.#make());
  }

  /** Brings changes of the work folder in; gives the stage's path. */
  async enter(): Promise<string> {
    const path = await this.open();
    await syncFolder(this.#workFolder, path, this.#memory, this.#options.owner);
    return path;
  }

  /** Brings changes of the stage back; they belong to the caller then. Nothing may run in the stage any more. */
  async leave(): Promise<void> {
    if (this.#path !== undefined) await syncFolder(this.#path, this.#workFolder, reversed(this.#memory));
  }

  async remove(): Promise<void> {
    const path = this.#path;
    this.#path = undefined;
    this.#forget?.();
    this.#memory.from.clear();
    this.#memory.to.clear();
    if (path !== undefined) await rm(path, { recursive: true, force: true });
  }

  async #make(): Promise<string> {
    const path = await mkdtemp(join(await realpath(tmpdir()), "autogen-work-"));
    this.#forget = this.#options.cleanup.add(() => rmSync(path, { recursive: true, force: true }));
    const { owner } = this.#options;
    await chmod(path, 0o700);
    if (owner !== undefined) await chown(path, owner.uid, owner.gid);
    return path;
  }
}
