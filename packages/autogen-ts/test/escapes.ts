/**
 * What code of a model might try, as data: each attempt must fail in every isolating executor. Those that do no harm
 * to the machine of the tests are run unconfined as well, where they must get through, so that the table can fail.
 * `SECURITY.md` shows the table.
 */
import type { Escape } from "./escape-kit.js";
import { READING, WRITING } from "./escapes-of-files.js";
import { LIMITS, NETWORK, OUTPUT, PROCESSES } from "./escapes-of-processes.js";

/** Attempts that an executor is not tried with, and why. `SECURITY.md` shows them, too. */
export const DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  container: {
    "accounts of this machine": "those that are read are the image's",
    "raise its own limits": "processes and time are limited for the container, not for each process",
    ...among("allowed by the profile of Debian's Podman; Docker's refuses namespaces and keyrings", [
      "connect to the host of a virtual machine (vsock)",
      "kernel: make a user namespace (`unshare`)",
      "kernel: make a user namespace (`clone`)",
      "kernel: keyrings",
      "kernel: take a descriptor of another process",
    ]),
  },
  srt: {
    "accounts of this machine": "files of the system can be read",
    "raise its own limits": "time is limited for the block, not for each process",
    "into the system's folders": "into private folders in memory, which vanish",
    ...among("private folders in memory; counted as memory where control groups can be made", [
      "300 MB in `/tmp`",
      "300 MB in `/dev/shm`",
      "300 MB in `/dev`",
      "300 MB in `/run`",
    ]),
    ...among("it has no filter of system calls but for sockets of this machine", [
      "files by their handle (`open_by_handle_at`)",
      "connect to the host of a virtual machine (vsock)",
      "kernel: make a user namespace (`unshare`)",
      "kernel: make a user namespace (`clone`)",
      "kernel: keyrings",
      "kernel: page faults (`userfaultfd`)",
      "kernel: take a descriptor of another process",
      "kernel: switch address randomisation off",
    ]),
  },
};

function among(why: string, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, why]));
}

/** All attempts by group. */
export const ESCAPES: Readonly<Record<string, readonly Escape[]>> = {
  reading: READING,
  writing: WRITING,
  network: NETWORK,
  processes: PROCESSES,
  limits: LIMITS,
  output: OUTPUT,
};
