/** The course of a run: what happened when, how long it took, what it cost, and what it was a part of. */
import { describeEvent, reason, type EventKind } from "./describe-event.js";
import type { StoredRun } from "./read-run-file.js";
import { isObject, numberIn, textIn, timeOf, type StoredEvent } from "./stored-event.js";

/** Something that happened, at once or from a start to an end. */
export interface TimelineRow {
  readonly seq: number;
  readonly path: string;
  /** How many chats and tools it happened inside of. */
  readonly depth: number;
  readonly kind: EventKind;
  readonly who: string;
  /** In words; of messages all of their text. */
  readonly what: string;
  /** Milliseconds since the beginning of the run. */
  readonly startMs: number;
  /** Milliseconds; 0 for what takes no time, null for what had no end. */
  readonly durationMs: number | null;
  readonly failed: boolean;
  /** Tokens of a model call; null when none are known. */
  readonly tokens: { readonly prompt: number; readonly completion: number } | null;
  /** US dollars of a model call; null when unknown, and for all else. */
  readonly cost: number | null;
  /** Answered from a cache: costs nothing. */
  readonly cached: boolean;
}

/** A row whose end may still come. */
type Draft = { -readonly [K in keyof TimelineRow]: TimelineRow[K] };

/** Rows in order of their starts. Pieces of streams, and effects that have events of their own, are left out. */
export function timelineOf({ events }: Pick<StoredRun, "events">): readonly TimelineRow[] {
  const begin = events[0] === undefined ? 0 : timeOf(events[0]);
  const rows: Draft[] = [];
  const open = new Map<string, Draft[]>();
  const places = new Places();
  for (const event of events) {
    if (LEFT_OUT.has(event.type)) continue;
    const startMs = timeOf(event) - begin;
    const key = keyOf(event);
    if (key !== null && ENDS.has(event.type)) {
      const draft = open.get(key)?.pop();
      if (draft !== undefined) {
        draft.durationMs = startMs - draft.startMs;
        Object.assign(draft, outcomeOf(event, draft));
        places.leave(event);
        continue;
      }
    }
    const row: Draft = { ...rowOf(event), depth: places.enter(event), startMs };
    rows.push(row);
    if (key === null || !STARTS.has(event.type)) continue;
    row.durationMs = null;
    const others = open.get(key);
    if (others === undefined) open.set(key, [row]);
    else others.push(row);
  }
  return rows;
}

const STARTS = new Set(["chat.start", "chats.start", "llm.start", "tool.start", "code.start", "human.ask", "approval.ask"]);
const ENDS = new Set([
  "chat.end",
  "chats.end",
  "llm.end",
  "llm.failed",
  "tool.end",
  "code.end",
  "human.answer",
  "approval.answer",
]);
const LEFT_OUT = new Set(["llm.delta", "code.output", "tool.progress", "effect.start", "effect.end"]);

/** What the start and the end of one thing have in common; null for what takes no time. */
function keyOf(event: StoredEvent): string | null {
  if (!STARTS.has(event.type) && !ENDS.has(event.type)) return null;
  const [noun = ""] = event.type.split(".");
  const own =
    noun === "approval" ? [textIn(event, "id")] : [textIn(event, "agent"), textIn(event, "tool"), textIn(event, "callId")];
  return [noun, event.path, ...(noun === "chat" || noun === "chats" ? [] : own)].join("\n");
}

function rowOf(event: StoredEvent): Omit<TimelineRow, "depth" | "startMs"> {
  const { seq, path } = event;
  const row = {
    seq,
    path,
    ...describeEvent(event),
    ...{ durationMs: 0, failed: false, tokens: null, cost: null, cached: false },
  };
  return ENDS.has(event.type) ? { ...row, ...outcomeOf(event, row) } : { ...row, failed: row.kind === "warning" };
}

/** What the end of something says about it. */
function outcomeOf(event: StoredEvent, { what }: Pick<TimelineRow, "what">): Partial<TimelineRow> {
  switch (event.type) {
    case "chat.end": {
      const failed = ["error", "aborted"].includes(textIn(event, "stopReason"));
      return { what: `${what}: ${reason(event)}`, failed };
    }
    case "chats.end":
      return { what: `${what}: ${describeEvent(event).what}`, failed: (numberIn(event, "failed") ?? 0) > 0 };
    case "llm.end":
      return { ...usageOf(event), what: `${what}${event["cached"] === true ? " (cached)" : ""}` };
    case "llm.failed":
      return { what: `${what}: ${textIn(event, "reason")}`, failed: true };
    case "tool.end":
      return event["ok"] === false ? { what: `${what}: failed`, failed: true } : {};
    case "code.end": {
      const exitCode = numberIn(event, "exitCode");
      const executor = textIn(event, "executor");
      return { what: `${what} in ${executor}: exit code ${String(exitCode)}`, failed: exitCode !== 0 };
    }
    case "human.answer":
      return { what: `${what} ${JSON.stringify(textIn(event, "text"))}` };
    case "approval.answer":
      return { what: `${what}: ${event["approved"] === true ? "yes" : "no"}`, failed: event["approved"] !== true };
    default:
      return {};
  }
}

/** Of an `llm.end`. */
export function usageOf(event: StoredEvent): Pick<TimelineRow, "tokens" | "cost" | "cached"> {
  const usage = event["usage"];
  const cached = event["cached"] === true;
  if (!isObject(usage)) return { tokens: null, cost: null, cached };
  const { promptTokens, completionTokens, cost } = usage;
  const number = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);
  return {
    tokens: { prompt: number(promptTokens), completion: number(completionTokens) },
    cost: typeof cost === "number" && Number.isFinite(cost) ? cost : null,
    cached,
  };
}

/** Where in the tree of chats and tools an event stands. */
class Places {
  /** Chats that have begun, and how deep their insides are. */
  readonly #chats = new Map<string, number>();
  readonly #tools = new Map<string, number>();

  /** @returns the depth of the row of this event */
  enter(event: StoredEvent): number {
    const { path, type } = event;
    const isChat = type === "chat.start" || type === "chats.start";
    const [depth, tool] = this.#look(isChat ? parentOf(path) : path);
    const own = isChat && tool ? depth + 1 : depth;
    if (isChat) this.#chats.set(path, own + 1);
    if (type === "tool.start") this.#tools.set(path, (this.#tools.get(path) ?? 0) + 1);
    return own;
  }

  leave({ path, type }: StoredEvent): void {
    if (type === "tool.end") this.#tools.set(path, (this.#tools.get(path) ?? 1) - 1);
  }

  /** Up to the nearest chat: how deep its inside is, and whether a tool runs on the way. */
  #look(path: string): readonly [depth: number, tool: boolean] {
    let tool = false;
    for (let at = path; at !== ""; at = parentOf(at)) {
      tool ||= (this.#tools.get(at) ?? 0) > 0;
      const depth = this.#chats.get(at);
      if (depth !== undefined) return [depth, tool];
    }
    return [0, tool];
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
