/** Reads run files, of which every line is a stranger's until it was checked. */
import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { AutogenError, type Json } from "../../core.js";
import { RUN_FILE_FORMAT, RUN_FILE_VERSION } from "./event-file.js";
import { isObject, type StoredEvent } from "./stored-event.js";

/** A run, read from its file. */
export interface StoredRun {
  readonly file: string;
  /** ISO 8601; when the file was begun. */
  readonly time: string;
  readonly events: readonly StoredEvent[];
  /** What is odd about the file, in words: an incomplete last line, events that did not fit on the disk. */
  readonly notes: readonly string[];
}

/**
 * Reads a run. An incomplete last line, which a killed process may leave, is passed over with a note.
 *
 * @throws AutogenError `invalid-config` when the file is no run file, is damaged, or is one of a newer version
 */
export async function readRunFile(file: string | URL): Promise<StoredRun> {
  const path = typeof file === "string" ? file : fileURLToPath(file);
  const events: StoredEvent[] = [];
  const notes: string[] = [];
  let time: string | undefined;
  let number = 0;
  for await (const { text, whole } of linesOf(path)) {
    number += 1;
    if (time === undefined) {
      time = checkHead(parsed(text), path);
      continue;
    }
    if (!whole) {
      notes.push("The last line is incomplete and was passed over: the program ended while it was written.");
      break;
    }
    const value = parsed(text);
    const lost = isObject(value) ? value["lost"] : undefined;
    if (typeof lost === "number" && isObject(value) && !("type" in value)) {
      notes.push(`${String(lost)} events are missing before line ${String(number + 1)}: they could not be written.`);
      continue;
    }
    if (!isStoredEvent(value)) {
      throw unreadable(path, `line ${String(number)} is no event: the file is damaged`);
    }
    events.push(value);
  }
  if (time === undefined) throw unreadable(path, "it is empty, so it is no run file");
  return { file: path, time, events, notes };
}

/** Lines end with a line feed, and nothing else: the characters that are line breaks elsewhere stand in JSON as they are. */
async function* linesOf(path: string): AsyncGenerator<{ readonly text: string; readonly whole: boolean }> {
  let pieces: Buffer[] = [];
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    // Without an encoding, chunks are bytes.
    const bytes = chunk as Buffer;
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
      pieces.push(bytes.subarray(from, end));
      yield { text: Buffer.concat(pieces).toString("utf8"), whole: true };
      pieces = [];
      from = end + 1;
    }
    if (from < bytes.length) pieces.push(bytes.subarray(from));
  }
  if (pieces.length > 0) yield { text: Buffer.concat(pieces).toString("utf8"), whole: false };
}

const LINE_FEED = 0x0a;

function checkHead(head: Json | undefined, path: string): string {
  if (!isObject(head) || head["format"] !== RUN_FILE_FORMAT) {
    const recording = isObject(head) && typeof head["format"] === "number" ? "; it looks like a recording for `replay`" : "";
    throw unreadable(path, `it is no run file${recording}`);
  }
  const { version, time } = head;
  if (typeof version !== "number" || typeof time !== "string" || !isTime(time))
    throw unreadable(path, "its first line is damaged");
  if (version > RUN_FILE_VERSION) {
    const known = `version ${String(RUN_FILE_VERSION)}`;
    throw unreadable(path, `it has version ${String(version)}, and this library knows ${known}. Read it with a newer one`);
  }
  return time;
}

function isStoredEvent(value: Json | undefined): value is Json & StoredEvent {
  if (!isObject(value)) return false;
  const { time, seq, path, type } = value;
  const named = typeof path === "string" && typeof type === "string";
  return named && typeof time === "string" && isTime(time) && Number.isInteger(seq) && !isTooDeep(value);
}

/** What is written has far less; `JSON.stringify` and whoever else calls itself has no room on the stack for more than some thousands. */
const DEEPEST = 1_000;

function isTooDeep(value: Json): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((item): unknown[] => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return false;
}

/** `Date.parse` alone takes comments and other forms, and with them whatever stands in them. */
const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/u.test(text) && !Number.isNaN(Date.parse(text));

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const unreadable = (path: string, why: string): AutogenError =>
  new AutogenError("invalid-config", `\`${path}\` cannot be read as a run: ${why}.`, { details: { file: path } });
