/** A file that says which process goes on with a run. One of a process that has died is taken over. */
import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { AutogenError } from "../../core.js";

/** Who holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process was started, in the system's own count; null where the system does not say. */
  readonly started: string | null;
  /** Another one for each time that a lock is taken. */
  readonly nonce: string;
}

/** A lock that is held; the function gives it back. */
export type Release = () => void;

/** Removing a dead lock takes microseconds; whoever was killed in the middle of it is not waited for. */
const STALE_TAKEOVER_MS = 10_000;

/** @throws AutogenError `run-locked` naming the process that holds it */
export function takeLock(path: string): Release {
  const own: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid), nonce: randomUUID() };
  const draft = `${path}.${own.nonce}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    if (!linked(draft, path)) {
      const holder = readHolder(path);
      if (holder !== null && isAlive(holder)) throw locked(path, holder);
      removeDead(path, holder);
      if (!linked(draft, path)) throw locked(path, readHolder(path));
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (readHolder(path)?.nonce === own.nonce) rmSync(path, { force: true });
  };
}

/** The living process that holds it; null when nobody does. */
export function holderOf(path: string): Holder | null {
  const holder = readHolder(path);
  return holder !== null && isAlive(holder) ? holder : null;
}

/** A link is made whole or not at all, by one process only. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** One process at a time looks again and removes it: what was dead a moment ago may be somebody's now. */
function removeDead(path: string, dead: Holder | null): void {
  const gate = `${path}.takeover`;
  try {
    mkdirSync(gate);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    if (!isOld(gate)) throw locked(path, dead);
    const old = `${gate}.${randomUUID()}`;
    renameSync(gate, old); // Whoever comes second finds nothing to rename, and fails.
    rmdirSync(old);
    mkdirSync(gate);
  }
  try {
    if (readHolder(path)?.nonce === dead?.nonce) unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  } finally {
    rmdirSync(gate);
  }
}

function isOld(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > STALE_TAKEOVER_MS;
}

/** Null when there is none; links are made of complete files. */
function readHolder(path: string): Holder | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
  try {
    const { pid, host, started, nonce } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid === "number" && typeof host === "string" && typeof nonce === "string")
      return { pid, host, nonce, started: typeof started === "string" ? started : null };
  } catch {
    // Below.
  }
  throw new AutogenError("journal-failed", `\`${path}\` is no lock of a run. Remove it when no process uses the folder.`);
}

/** A process of another machine cannot be asked, so it counts as alive. */
function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return !hasCode(error, "ESRCH"); // EPERM: there is one, of another user.
  }
  // Numbers of processes are used again: the one of now may have been started later.
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

/** On Linux: ticks since the system started, and which start of the system that was. */
function startOf(pid: number): string | null {
  try {
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, "utf8")
        .split(") ")
        .at(-1)
        ?.split(" ") ?? [];
    // Field 3 is the state: a process that has ended, and that nobody has asked for its exit code, runs no more.
    if (fields[0] === "Z") return "ended";
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${fields[19] ?? ""}`;
  } catch {
    return null; // Not Linux.
  }
}

function locked(path: string, holder: Holder | null): AutogenError {
  const who =
    holder === null
      ? "another process that is taking it over"
      : `process ${String(holder.pid)}${holder.host === hostname() ? "" : ` on ${holder.host}`}`;
  return new AutogenError(
    "run-locked",
    `\`${path}\` is held by ${who}. Let it go on, or end it; remove the file only when that machine is gone.`,
    { details: holder === null ? null : { pid: holder.pid, host: holder.host } },
  );
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;
