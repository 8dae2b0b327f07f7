/**
 * What code of a model might try, as data: each attempt must fail in every isolating executor. Those that do no harm
 * to the machine of the tests are run unconfined as well, where they must get through, so that the table can fail.
 * `SECURITY.md` shows the table.
 */
import type { Escape } from "./escape-kit.js";
import { READING, WRITING } from "./escapes-of-files.js";
import { LIMITS, NETWORK, OUTPUT, PROCESSES } from "./escapes-of-processes.js";

/** All attempts by group. */
export const ESCAPES: Readonly<Record<string, readonly Escape[]>> = {
  reading: READING,
  writing: WRITING,
  network: NETWORK,
  processes: PROCESSES,
  limits: LIMITS,
  output: OUTPUT,
};
