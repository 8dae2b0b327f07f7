/**
 * A copy of the work folder for programs that must not, or cannot, use the folder itself.
 * The sandbox of root needs one: root is exempt from the limit on processes, so somebody else starts the sandbox,
 * who may not reach the work folder.
 */
import { chown } from "node:fs/promises";
import type { ExitCleanup } from "./exit-cleanup.js";
import { reversed, syncFolder } from "./folder-sync.js";
import type { Owner, SyncMemory } from "./folder-sync.js";
import { TemporaryFolder } from "./temporary-folder.js";

/** Settings of a stage. */
export interface StageOptions {
  readonly cleanup: ExitCleanup;
  /** Who shall own the copy. @default the caller */
  readonly owner?: Owner;
}

/** Made on first use, removed at the end of the process at the latest. */
export class Stage {
  readonly #workFolder: string;
  readonly #folder: TemporaryFolder;
  readonly #owner: Owner | undefined;
  readonly #memory: SyncMemory = { from: new Map(), to: new Map() };

  constructor(workFolder: string, { cleanup, owner }: StageOptions) {
    this.#workFolder = workFolder;
    this.#folder = new TemporaryFolder("autogen-work-", cleanup);
    this.#owner = owner;
  }

  /** Its path. */
  async open(): Promise<string> {
    const owner = this.#owner;
    return this.#folder.open(async (path) => {
      if (owner !== undefined) await chown(path, owner.uid, owner.gid);
    });
  }

  /** Brings changes of the work folder in; gives the stage's path. */
  async enter(): Promise<string> {
    const path = await this.open();
    await syncFolder(this.#workFolder, path, this.#memory, this.#owner);
    return path;
  }

  /** Brings changes of the stage back; they belong to the caller then. Nothing may run in the stage any more. */
  async leave(): Promise<void> {
    const { path } = this.#folder;
    if (path !== undefined) await syncFolder(path, this.#workFolder, reversed(this.#memory));
  }

  async remove(): Promise<void> {
    this.#memory.from.clear();
    this.#memory.to.clear();
    await this.#folder.remove();
  }
}
