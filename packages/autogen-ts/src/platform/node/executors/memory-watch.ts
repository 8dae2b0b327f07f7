/** Looks after the memory of processes where the system does not limit it. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";

const INTERVAL_MS = 250;

/** Calls `onExceeded` once when the process uses more than allowed. Not on Windows. @returns ends the watch */
export function watchMemory(pid: number | undefined, maxBytes: number, onExceeded: () => void): () => void {
  return pid === undefined || process.platform === "win32" ? () => {} : watch(() => residentBytes(pid), maxBytes, onExceeded);
}

/**
 * The same for a process with all its descendants. Linux only. What they share counts for each of them, but for
 * files that are mapped, so that it errs on the safe side.
 */
export function watchMemoryOfTree(pid: number, maxBytes: number, onExceeded: () => void): () => void {
  return process.platform === "linux" ? watch(() => bytesOfTree(pid), maxBytes, onExceeded) : () => {};
}

function watch(measure: () => Promise<number>, maxBytes: number, onExceeded: () => void): () => void {
  const look = async (): Promise<void> => {
    if ((await measure()) < maxBytes) return;
    clearInterval(timer);
    onExceeded();
  };
  const timer = setInterval(() => void look(), INTERVAL_MS); // `look` does not reject
  return () => clearInterval(timer);
}

/** 0 when it cannot be found out; does not reject. */
async function residentBytes(pid: number): Promise<number> {
  if (process.platform === "linux") return (await kilobytesOf(pid, "VmRSS")) * 1_024;
  return new Promise((resolve) => {
    execFile("ps", ["-o", "rss=", "-p", String(pid)], (error, kilobytes) =>
      resolve(error === null ? Number(kilobytes) * 1_024 : 0),
    );
  });
}

async function bytesOfTree(root: number): Promise<number> {
  let kilobytes = 0;
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    kilobytes += (await kilobytesOf(pid, "RssAnon")) + (await kilobytesOf(pid, "RssShmem"));
    for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
      const children = await readFile(`/proc/${pid}/task/${thread}/children`, "latin1").catch(() => "");
      open.push(
        ...children
          .split(" ")
          .map(Number)
          .filter((child) => child > 0),
      );
    }
  }
  return kilobytes * 1_024;
}

async function kilobytesOf(pid: number, name: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
}
