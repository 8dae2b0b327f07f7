/** The lines of a journal: what is written, and how it is read back. */
import { AutogenError, type Json, type RecordedEffect } from "../../core.js";

const JOURNAL_FORMAT = "autogen-ts-journal";
/** Version of the form of journals. Newer ones are refused. */
const JOURNAL_VERSION = 1;

/** The first line. */
export interface RunHead {
  readonly id: string;
  readonly conversation: string;
  /** Version of the conversation that started it. */
  readonly program: string;
  readonly input: Json;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Where it was forked from; the first `steps` steps are those of the other run. */
  readonly fork?: { readonly from: string; readonly steps: number };
}

/** How an error is kept. */
export type StoredError = NonNullable<RecordedEffect["error"]>;

/** A question, as it is written when it is asked. */
export interface AskLine {
  /** The key of its step, which is its id too. */
  readonly ask: string;
  readonly agent: string;
  readonly prompt: string;
  /** `repeat`: what became of an interrupted call of a tool that must run once. */
  readonly purpose: "line" | "repeat";
  readonly time: string;
  readonly expires?: string;
}

/** How a run ended. */
export type EndLine =
  | { readonly end: "finished"; readonly result: Json; readonly time: string }
  | { readonly end: "failed"; readonly error: StoredError; readonly time: string }
  | { readonly end: "cancelled"; readonly reason: string | null; readonly time: string };

/** A line behind the first. */
export type JournalLine =
  | { readonly k: string; readonly t: number; readonly i?: Json; readonly v: Json }
  | { readonly k: string; readonly t: number; readonly i?: Json; readonly e: StoredError }
  | AskLine
  /** The step is about to be performed, and must not be repeated unasked. */
  | { readonly begin: string; readonly time: string }
  /** These steps are performed anew. */
  | { readonly forget: readonly string[]; readonly time: string }
  | EndLine;

/** A step that was performed. */
export interface StoredStep {
  readonly key: string;
  /** ms since 1970, UTC. */
  readonly time: number;
  /** Null in forks, whose inputs may differ. */
  readonly outline: Json;
  readonly outcome: { readonly value: Json } | { readonly error: StoredError };
}

/** A journal as read. Steps are parsed when they are asked for. */
export interface StoredRun {
  readonly head: RunHead;
  /** In the order of their end. */
  readonly keys: readonly string[];
  has(key: string): boolean;
  /** @throws AutogenError `journal-failed` when the line is damaged */
  step(key: string): StoredStep | undefined;
  readonly asked: ReadonlyMap<string, AskLine>;
  /** How often each step was begun that must not be repeated unasked. */
  readonly begun: ReadonlyMap<string, number>;
  /** The last one counts: a failed run may have gone on. */
  readonly end: EndLine | null;
  /** Without an incomplete last line. */
  readonly bytes: number;
}

export const lineOf = (line: JournalLine): string => `${JSON.stringify(line)}\n`;

export const headLine = (head: RunHead): string =>
  `${JSON.stringify({ format: JOURNAL_FORMAT, version: JOURNAL_VERSION, ...head })}\n`;

/** A step line, without parsing it: keys come first. */
const STEP_KEY = /^\{"k":("(?:[^"\\]|\\.)*"),/;

/**
 * @param place for messages, the file
 * @throws AutogenError `journal-failed`
 */
export function parseJournal(content: Buffer, place: string): StoredRun {
  const bytes = content.lastIndexOf(0x0a) + 1;
  const [first = "", ...rest] = content.toString("utf8", 0, bytes).split("\n").slice(0, -1);
  const head = readHead(first, place);
  const lines = new Map<string, { readonly text: string; readonly number: number }>();
  const asked = new Map<string, AskLine>();
  const begun = new Map<string, number>();
  let end: EndLine | null = null;
  for (const [index, text] of rest.entries()) {
    const number = index + 2;
    const key = STEP_KEY.exec(text)?.[1];
    if (key !== undefined && text.endsWith("}")) {
      lines.set(JSON.parse(key) as string, { text, number }); // A JSON text, by the expression.
      continue;
    }
    const line = readLine(text, place, number);
    if ("ask" in line) asked.set(line.ask, line);
    else if ("begin" in line) begun.set(line.begin, (begun.get(line.begin) ?? 0) + 1);
    else if ("end" in line) end = line;
    else if ("forget" in line) {
      for (const forgotten of line.forget) lines.delete(forgotten);
      end = null;
    }
  }
  return {
    ...{ head, asked, begun, end, bytes, keys: [...lines.keys()] },
    has: (key) => lines.has(key),
    step: (key) => {
      const found = lines.get(key);
      return found === undefined ? undefined : readStep(found.text, place, found.number);
    },
  };
}

function readHead(text: string, place: string): RunHead {
  const head = parse(text, place, 1);
  if (head["format"] !== JOURNAL_FORMAT)
    throw failed(place, 1, "is no journal: its first line does not say so. Choose another folder, or remove the file");
  const version = head["version"];
  if (version !== JOURNAL_VERSION) {
    throw failed(
      place,
      1,
      `has version ${JSON.stringify(version)} of the form of journals, and this library knows ${String(JOURNAL_VERSION)}. Update \`autogen-ts\``,
    );
  }
  const { id, conversation, program, time } = head;
  if ([id, conversation, program, time].some((one) => typeof one !== "string") || !("input" in head))
    throw failed(place, 1, "lacks some of `id`, `conversation`, `program`, `input` and `time`");
  return head as unknown as RunHead; // Checked above.
}

function readStep(text: string, place: string, number: number): StoredStep {
  const { k, t, i = null, ...rest } = parse(text, place, number);
  if (typeof k !== "string") throw failed(place, number, "has no key");
  const time = typeof t === "number" ? t : 0;
  if ("v" in rest) return { key: k, time, outline: i as Json, outcome: { value: rest["v"] as Json } };
  const { e } = rest;
  if (typeof e === "object" && e !== null && typeof (e as Partial<StoredError>).message === "string")
    return { key: k, time, outline: i as Json, outcome: { error: e as StoredError } };
  throw failed(place, number, "has neither a value nor an error");
}

/** What a line of each kind must have as text. */
const TEXTS = { ask: ["agent", "prompt", "time"], begin: ["time"], end: ["time"], forget: [] } as const;

function readLine(text: string, place: string, number: number): JournalLine {
  const line = parse(text, place, number);
  for (const [kind, texts] of Object.entries(TEXTS)) {
    if (!(kind in line)) continue;
    const value = line[kind];
    const isGood = kind === "forget" ? Array.isArray(value) : typeof value === "string";
    if (isGood && texts.every((name) => typeof line[name] === "string")) return line as unknown as JournalLine;
  }
  throw failed(place, number, "is of no known kind");
}

function parse(text: string, place: string, number: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw failed(place, number, "is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw failed(place, number, "is no object");
  return value as Readonly<Record<string, unknown>>;
}

const failed = (place: string, number: number, what: string): AutogenError =>
  new AutogenError("journal-failed", `\`${place}\`, line ${String(number)}: it ${what}. Nothing was run.`, {
    details: { file: place, line: number },
  });
