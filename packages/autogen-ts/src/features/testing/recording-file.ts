/** Recordings as files: one line of JSON for each effect, after a line that says which form it has. */
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import {
  AutogenError,
  RECORDING_FORMAT,
  recordTo,
  replayFrom,
  type EffectLayer,
  type RecordedEffect,
  type ReplayLayer,
  type ReplayOptions,
} from "../../core.js";
import { forbiddenByEnvironment } from "./forbid-requests.js";
import { parseRecording, type Recording } from "./parse-recording.js";

/** How a recording is begun. */
export interface RecordOptions {
  /** Put a new recording in the place of the file that is there. @default false */
  readonly overwrite?: boolean;
}

/**
 * A layer that writes every finished effect of a run to `file`, a line each, before anyone learns of its outcome: what
 * a crashed process has seen is in the file. There is nothing to close. Missing folders are made.
 * Requests and answers are written as they are: keep secrets out of messages. Keys of endpoints are no part of them.
 *
 * @throws AutogenError `invalid-option` when `file` exists, unless it is to be overwritten
 */
export function record(file: string | URL, { overwrite = false }: RecordOptions = {}): EffectLayer {
  const path = pathOf(file);
  begin(path, overwrite);
  const layer = recordTo((effect) => {
    appendFileSync(path, `${JSON.stringify(effect)}\n`);
  });
  return (next, scope) => layer(forbiddenByEnvironment(next, scope), scope);
}

/**
 * A layer that answers effects from `file`. An incomplete last line, which a crash leaves behind, is passed over with
 * a warning.
 *
 * @throws AutogenError `invalid-config` when the file is no recording, is damaged, or is one of a newer version
 */
export async function replay(file: string | URL, options: ReplayOptions = {}): Promise<ReplayLayer> {
  const { effects, torn } = await readParsed(file);
  const replaying = replayFrom(effects, options);
  const layer: EffectLayer = (next, scope) => {
    if (torn !== null) scope.warn("torn-recording", torn);
    return replaying(forbiddenByEnvironment(next, scope), scope);
  };
  return Object.defineProperties(layer, {
    unused: { get: () => replaying.unused, enumerable: true },
    assertComplete: { value: () => replaying.assertComplete() },
    // The two members of the interface are the ones defined here.
  }) as ReplayLayer;
}

/** The effects of a recording, in order, without an incomplete last line. @throws as `replay` does */
export async function readRecording(file: string | URL): Promise<readonly RecordedEffect[]> {
  return (await readParsed(file)).effects;
}

const pathOf = (file: string | URL): string => (typeof file === "string" ? file : fileURLToPath(file));

/** The head is there as a whole or not at all: a file in the place of another is complete before it takes it. */
function begin(path: string, overwrite: boolean): void {
  const head = `${JSON.stringify({ format: RECORDING_FORMAT })}\n`;
  mkdirSync(dirname(path), { recursive: true });
  if (overwrite) {
    const complete = `${path}.new`;
    writeFileSync(complete, head);
    renameSync(complete, path);
    return;
  }
  try {
    writeFileSync(path, head, { flag: "wx" });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "EEXIST") throw error;
    throw new AutogenError(
      "invalid-option",
      `\`${path}\` exists already, and a recording may have cost money. Replay it, remove it, or pass \`{ overwrite: true }\`.`,
      { cause: error, details: { file: path } },
    );
  }
}

async function readParsed(file: string | URL): Promise<Recording> {
  const path = pathOf(file);
  return parseRecording(await readFile(path, "utf8"), path);
}
