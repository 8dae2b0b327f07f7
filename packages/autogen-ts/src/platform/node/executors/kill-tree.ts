/** Ends a process with everything it started. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Name of the variable by which stray children are recognised. */
export const RUN_MARKER = "AUTOGEN_RUN";

/** Kills the process group of `pid` at once (Windows: the process tree). */
export function killGroup(pid: number): void {
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true });
    return;
  }
  killQuietly(-pid);
}

/**
 * Kills processes that left their group but still carry the marker in their environment. Best effort: only where
 * `/proc` exists, and a program can remove the marker.
 *
 * @param marker the variable's value, or its beginning
 */
export function killMarked(marker: string): void {
  if (process.platform !== "linux") return;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = markedProcesses(`${RUN_MARKER}=${marker}`);
    if (found.length === 0) return;
    for (const pid of found) killQuietly(pid);
  }
}

/** Whether a process with this marker lives; always false where there is no `/proc`. */
export function hasMarked(marker: string): boolean {
  return process.platform === "linux" && markedProcesses(`${RUN_MARKER}=${marker}`).length > 0;
}

const MAX_ROUNDS = 5; // children may start children while we look

function markedProcesses(text: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && environmentOf(pid).includes(text));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return ""; // gone, or not ours
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // already gone
  }
}
