/** What the executors of one host have in common. */
import { ExitCleanup } from "./exit-cleanup.js";
import { FolderQueue } from "./work-folder.js";

/** Handed from a host to each of its executors. */
export interface SharedByExecutors {
  /** What must not outlive the process. */
  readonly cleanup: ExitCleanup;
  /** One run per work folder at a time. */
  readonly queue: FolderQueue;
}

/** For an executor, or a host, that stands alone. */
export function newShared(): SharedByExecutors {
  return { cleanup: new ExitCleanup(), queue: new FolderQueue() };
}
