/**
 * Pins: hashes of what a server says of its tools. A server that was harmless when it was looked at can describe its
 * tools otherwise tomorrow; a pin shows that it does.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AutogenError } from "../../core.js";

/** Hashes by the server's own names of its tools: `{ read_file: "sha256-…" }`. */
export type McpPins = Readonly<Record<string, string>>;

/** What is different from the pins: names of tools as the server has them, sorted. */
export interface McpDrift {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What of a tool is hashed: all that steers a model, or says what the tool may do. */
export interface PinnedTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
  readonly annotations?: unknown;
}

/** `sha256-` and 64 hexadecimal digits, of the definition as JSON with sorted keys. */
export function pinOf({ name, title, description, inputSchema, outputSchema, annotations }: PinnedTool): string {
  const definition = { name, title, description, inputSchema, outputSchema, annotations };
  return `sha256-${createHash("sha256").update(sortedJson(definition)).digest("hex")}`;
}

function sortedJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, item: unknown) =>
      typeof item === "object" && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : item,
    ) ?? "null"
  );
}

/** Compares; null when nothing is different. */
export function driftOf(pinned: McpPins, current: McpPins): McpDrift | null {
  const has = (pins: McpPins, name: string): boolean => Object.hasOwn(pins, name);
  const added = Object.keys(current).filter((name) => !has(pinned, name));
  const removed = Object.keys(pinned).filter((name) => !has(current, name));
  const changed = Object.keys(current).filter((name) => has(pinned, name) && pinned[name] !== current[name]);
  if (added.length + removed.length + changed.length === 0) return null;
  return { added: added.toSorted(), changed: changed.toSorted(), removed: removed.toSorted() };
}

const FORMAT = 1;

interface LockFile {
  readonly format: typeof FORMAT;
  readonly servers: Readonly<Record<string, McpPins>>;
}

/**
 * The pins of one server in a lock file; null when the file, or the server in it, is not there yet.
 *
 * @throws AutogenError `invalid-config` for a file that is no lock file, or one of a newer version
 */
export function readPins(file: string | URL, server: string): McpPins | null {
  const { servers } = readLock(pathOf(file));
  return Object.hasOwn(servers, server) ? (servers[server] ?? null) : null;
}

/** Puts the pins of one server into a lock file; those of other servers stay. The file is replaced as a whole. */
export function writePins(file: string | URL, server: string, pins: McpPins): void {
  const path = pathOf(file);
  const servers = sortedByKey({ ...readLock(path).servers, [server]: sortedByKey(pins) });
  const complete = `${path}.${String(process.pid)}.new`;
  writeFileSync(complete, `${JSON.stringify({ format: FORMAT, servers } satisfies LockFile, null, 2)}\n`);
  renameSync(complete, path);
}

const pathOf = (file: string | URL): string => (typeof file === "string" ? file : fileURLToPath(file));

const sortedByKey = <T>(table: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(table).toSorted(([a], [b]) => (a < b ? -1 : 1)));

function readLock(path: string): LockFile {
  if (!existsSync(path)) return { format: FORMAT, servers: {} };
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new AutogenError("invalid-config", `\`${path}\` is no JSON. Restore it, or remove it to pin anew.`, { cause });
  }
  if (isLock(value)) return value;
  const newer = typeof value === "object" && value !== null && "format" in value && Number(value.format) > FORMAT;
  const why = newer ? "was written by a newer version of this library" : "is no lock file of MCP servers";
  throw new AutogenError("invalid-config", `\`${path}\` ${why}. Restore it, or name another file as \`pins\`.`);
}

function isLock(value: unknown): value is LockFile {
  if (typeof value !== "object" || value === null || !("format" in value) || value.format !== FORMAT) return false;
  return "servers" in value && isTable(value.servers) && Object.values(value.servers).every(isPins);
}

const isTable = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether these are pins. */
export const isPins = (value: unknown): value is McpPins =>
  isTable(value) && Object.values(value).every((hash) => typeof hash === "string");
