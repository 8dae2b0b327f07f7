/** The commands there are. Each is loaded when it is called. */
import type { CommandEntry } from "./command.js";

export const COMMANDS: readonly CommandEntry[] = [];
