import type { Message } from "../../message/index.js";
import type { Run } from "../../run/index.js";
import type { Agent } from "../../chat/index.js";
import type { Group, SelectingManager } from "../contract.js";

/** What a method chooses from. */
export interface Selecting {
  readonly group: Group;
  readonly last: Agent;
  /** At least two. */
  readonly eligible: readonly Agent[];
  readonly manager: SelectingManager;
  readonly transcript: readonly Message[];
  readonly run: Run;
}
