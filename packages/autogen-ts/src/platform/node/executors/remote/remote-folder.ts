/** The folder that code works in on another machine. */
import { posix } from "node:path";
import { AutogenError } from "../../../../run/index.js";
import type { BlockFolder } from "../command-line.js";
import type { WrittenFile } from "../work-folder.js";

/** Writes a file there; folders on the way are made. */
export type WriteFile = (path: string, content: string, signal: AbortSignal | undefined) => Promise<void>;

/** Names are relative and without `..`; the other machine guards what links do there. */
export class RemoteFolder implements BlockFolder {
  /** Absolute, without a separator at its end. */
  readonly path: string;
  readonly #write: WriteFile;

  /** @throws AutogenError `invalid-option` when the path is not absolute */
  constructor(path: string, write: WriteFile) {
    this.path = posix.normalize(path).replace(/(.)\/+$/, "$1");
    this.#write = write;
    if (posix.isAbsolute(this.path)) return;
    throw new AutogenError(
      "invalid-option",
      `\`workDir\` must be an absolute path on the other machine; it was given \`${path}\`.`,
    );
  }

  async open(): Promise<void> {} // made with the first file

  async write(name: string, content: string, signal?: AbortSignal): Promise<WrittenFile> {
    const path = posix.join(this.path, name);
    await this.#write(path, content, signal);
    return { ok: true, path, name };
  }

  async remove(): Promise<void> {} // the whole folder goes with the machine
}
