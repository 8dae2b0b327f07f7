/** The text of a recording, checked line by line. */
import { AutogenError, RECORDING_FORMAT, type EffectKind, type RecordedEffect } from "../../core.js";

/** What was recorded. */
export interface Recording {
  readonly effects: readonly RecordedEffect[];
  /** What to say about a last line that is incomplete; null when there is none. */
  readonly torn: string | null;
}

/**
 * Lines may be empty. A last line that ends in the middle was being written when the process died, and is left out;
 * all other damage is refused.
 *
 * @param name of the file, for messages
 * @throws AutogenError `invalid-config` naming file and line
 */
export function parseRecording(text: string, name: string): Recording {
  const lines = text.split("\n").map((line, index) => ({ line: line.trimEnd(), place: `${name}:${String(index + 1)}` }));
  const [head, ...rest] = lines.filter(({ line }) => line !== "");
  checkHead(head === undefined ? undefined : parseLine(head.line, head.place), name);
  const last = text.endsWith("\n") ? undefined : rest.at(-1);
  const torn = last !== undefined && !isJson(last.line) ? last : undefined;
  const complete = torn === undefined ? rest : rest.slice(0, -1);
  return {
    effects: complete.map(({ line, place }) => checkEffect(parseLine(line, place), place)),
    torn:
      torn === undefined ? null : `${torn.place} ends in the middle, as a crash leaves it behind; this effect is not replayed.`,
  };
}

function checkHead(head: unknown, name: string): void {
  const format = typeof head === "object" && head !== null ? (head as { readonly format?: unknown }).format : undefined;
  if (format === RECORDING_FORMAT) return;
  const newer = typeof format === "number" && format > RECORDING_FORMAT;
  throw new AutogenError(
    "invalid-config",
    newer
      ? `\`${name}\` is a recording of format ${String(format)}, and this version knows ${String(RECORDING_FORMAT)}. Update \`autogen-ts\`, or record the run again.`
      : `\`${name}\` is no recording: its first line has no \`format\`. Record the run again.`,
  );
}

const KINDS: Readonly<Record<EffectKind, true>> = {
  model: true,
  tool: true,
  code: true,
  human: true,
  random: true,
  clock: true,
  io: true,
};

function checkEffect(value: unknown, place: string): RecordedEffect {
  if (typeof value !== "object" || value === null) throw damaged(place, "is no object");
  const { key, kind, target, error } = value as Readonly<Record<string, unknown>>;
  if (typeof key !== "string") throw damaged(place, "has no `key`");
  if (typeof kind !== "string" || !Object.hasOwn(KINDS, kind))
    throw damaged(place, `has no \`kind\` out of ${Object.keys(KINDS).join(", ")}`);
  if (typeof target !== "string") throw damaged(place, "has no `target`");
  if (error === undefined) {
    if (!("output" in value)) throw damaged(place, "has neither `output` nor `error`");
  } else if (typeof error !== "object" || error === null || !isErrorData(error)) {
    throw damaged(place, "has an `error` without `code` and `message`");
  }
  return value as RecordedEffect; // checked above
}

function isErrorData(error: object): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === "string" && typeof message === "string";
}

const damaged = (place: string, what: string): AutogenError =>
  new AutogenError("invalid-config", `${place} ${what}. Mend or remove the line, or record the run again.`, {
    details: { place },
  });

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function parseLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new AutogenError("invalid-config", `${place} is not a line of JSON. Mend or remove it, or record the run again.`, {
      cause: error,
      details: { place },
    });
  }
}
