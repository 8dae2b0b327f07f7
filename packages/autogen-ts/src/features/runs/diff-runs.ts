/** Where two runs part. */
import type { Json } from "../../core.js";
import type { StoredRun } from "./read-run-file.js";
import { isList, isObject, type StoredEvent } from "./stored-event.js";

/** A value that is not the same in both events. */
export interface DifferentField {
  /** For example `message.content`. */
  readonly field: string;
  readonly a: Json | undefined;
  readonly b: Json | undefined;
}

/** The first difference of two runs. */
export interface RunDifference {
  /** The chat in which they part. */
  readonly path: string;
  /** Which event of this chat it is, from 0. */
  readonly index: number;
  /** null when this run has no more events there. */
  readonly a: StoredEvent | null;
  readonly b: StoredEvent | null;
  /** Empty when one of the events is missing. */
  readonly fields: readonly DifferentField[];
  /** The events of this chat just before, which are the same in both; those of the first run. */
  readonly before: readonly StoredEvent[];
}

const CONTEXT = 3;

/**
 * Finds the first event in which two runs differ. Times, numbers and ids of calls are not compared, and chats are compared each by
 * itself, so that it makes no difference how those that are held side by side take turns.
 *
 * @returns null when the runs are the same
 */
export function diffRuns(a: Pick<StoredRun, "events">, b: Pick<StoredRun, "events">): RunDifference | null {
  const [ofA, ofB] = [byPath(a.events), byPath(b.events)];
  let first: { readonly difference: RunDifference; readonly seq: number } | null = null;
  for (const path of new Set([...ofA.keys(), ...ofB.keys()])) {
    const difference = firstDifference(path, ofA.get(path) ?? [], ofB.get(path) ?? []);
    if (difference === null) continue;
    const seq = Math.min(difference.a?.seq ?? Infinity, difference.b?.seq ?? Infinity);
    if (first === null || seq < first.seq) first = { difference, seq };
  }
  return first?.difference ?? null;
}

function byPath(events: readonly StoredEvent[]): Map<string, StoredEvent[]> {
  const paths = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const list = paths.get(event.path);
    if (list === undefined) paths.set(event.path, [event]);
    else list.push(event);
  }
  return paths;
}

function firstDifference(path: string, ofA: readonly StoredEvent[], ofB: readonly StoredEvent[]): RunDifference | null {
  for (let index = 0; index < Math.max(ofA.length, ofB.length); index += 1) {
    const [a, b] = [ofA[index] ?? null, ofB[index] ?? null];
    const fields = a === null || b === null ? [] : differencesOf(a, b);
    if (a !== null && b !== null && fields.length === 0) continue;
    return { path, index, a, b, fields, before: ofA.slice(Math.max(0, index - CONTEXT), index) };
  }
  return null;
}

function differencesOf(a: StoredEvent, b: StoredEvent): DifferentField[] {
  const [inA, inB] = [comparable(a), comparable(b)];
  // Mostly they are the same, and then this is quicker.
  return JSON.stringify(inA) === JSON.stringify(inB) ? [] : differentFields(inA, inB, "");
}

/** Without what is another in each run: times, numbers, ids that endpoints and this library make up. */
function comparable({ time: _time, seq: _seq, id: _id, callId: _callId, message, ...rest }: StoredEvent): Json {
  const event = message === undefined ? rest : { ...rest, message: isObject(message) ? withoutIds(message) : message };
  // What comes from a file has no undefined fields.
  return event as Json;
}

function withoutIds({
  tool_call_id: _id,
  tool_calls: calls,
  tool_responses: responses,
  ...rest
}: {
  readonly [key: string]: Json;
}): Json {
  const strip = (list: Json, name: string): Json =>
    isList(list) ? list.map((item) => (isObject(item) ? { ...item, [name]: null } : item)) : list;
  return {
    ...rest,
    ...(calls === undefined ? {} : { tool_calls: strip(calls, "id") }),
    ...(responses === undefined ? {} : { tool_responses: strip(responses, "tool_call_id") }),
  };
}

function differentFields(a: Json | undefined, b: Json | undefined, field: string): DifferentField[] {
  if (isList(a) && isList(b) && a.length === b.length) {
    return a.flatMap((item, at) => differentFields(item, b[at], `${field}[${String(at)}]`));
  }
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].flatMap((name) => differentFields(a[name], b[name], field === "" ? name : `${field}.${name}`));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ field, a, b }];
}
