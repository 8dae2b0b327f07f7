/** What the implementation of a tool is told besides its arguments (D11-10). */
import type { Run } from "../run/index.js";

/** Folders that know more of a call add to it by merging: who runs the tool, for whom, in which conversation. */
export interface ToolContext {
  /** Id of the call, where the model gave one. */
  readonly toolCallId?: string;
  /** Fires when the run is aborted, or the time limit of the tool is over. */
  readonly signal: AbortSignal;
  /**
   * Equal when this very call is made again after a crash, and for no other call: for services that take such a key. Absent
   * when nothing would repeat the call.
   */
  readonly idempotencyKey?: string;
  /** Pass it on to chats and model calls inside of the tool. */
  readonly run: Run;
  /** Tells readers of the run how far the tool is: an event `tool.progress`. What is no JSON is told as text. */
  readonly progress: (update: unknown) => void;
}
