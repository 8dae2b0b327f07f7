/** Looks after the memory of a process where the system cannot limit it. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { MEMORY_LIMIT_BYTES } from "./deno-command.js";

const INTERVAL_MS = 250;

/** Calls `onExceeded` once when the process uses more than allowed. Not on Windows. @returns ends the watch */
export function watchMemory(pid: number | undefined, onExceeded: () => void): () => void {
  if (pid === undefined || process.platform === "win32") return () => {};
  const look = async (): Promise<void> => {
    const kilobytes = await residentKilobytes(pid);
    if (kilobytes * 1_024 < MEMORY_LIMIT_BYTES) return;
    clearInterval(timer);
    onExceeded();
  };
  const timer = setInterval(() => void look(), INTERVAL_MS); // `look` does not reject
  return () => clearInterval(timer);
}

/** 0 when it cannot be found out; does not reject. */
async function residentKilobytes(pid: number): Promise<number> {
  if (process.platform === "linux") {
    const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return new Promise((resolve) => {
    execFile("ps", ["-o", "rss=", "-p", String(pid)], (error, kilobytes) => resolve(error === null ? Number(kilobytes) : 0));
  });
}
