/** Recordings as files: one line of JSON for each effect, after a line that says which form it has. */
import { appendFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  AutogenError,
  RECORDING_FORMAT,
  recordTo,
  replayFrom,
  type EffectLayer,
  type RecordedEffect,
  type ReplayOptions,
} from "../../core.js";

/**
 * A layer that writes every finished effect of a run to `file`, which is made anew.
 * Requests and answers are written as they are: keep secrets out of messages. Keys of endpoints are no part of them.
 */
export function record(file: string | URL): EffectLayer {
  writeFileSync(file, `${JSON.stringify({ format: RECORDING_FORMAT })}\n`);
  return recordTo((effect) => {
    appendFileSync(file, `${JSON.stringify(effect)}\n`);
  });
}

/**
 * A layer that answers effects from `file`.
 *
 * @throws AutogenError `invalid-config` when the file is no recording, or one of a newer version
 */
export async function replay(file: string | URL, options: ReplayOptions = {}): Promise<EffectLayer> {
  return replayFrom(await readRecording(file), options);
}

/** The effects of a recording, in order. */
export async function readRecording(file: string | URL): Promise<readonly RecordedEffect[]> {
  const name = typeof file === "string" ? file : fileURLToPath(file);
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  const [head, ...effects] = lines.map((line, index) => parseLine(line, `${name}:${String(index + 1)}`));
  const format = (head as { readonly format?: unknown } | undefined)?.format;
  if (format !== RECORDING_FORMAT) {
    throw new AutogenError(
      "invalid-config",
      `\`${name}\` is no recording of format ${String(RECORDING_FORMAT)} (found: ${String(format)}). Record the run again with this version.`,
    );
  }
  // Written by `record`, or by hand in the same form; replay compares what it needs.
  return effects as RecordedEffect[];
}

function parseLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new AutogenError("invalid-config", `${place} is not a line of JSON. Mend or remove it, or record the run again.`, {
      cause: error,
    });
  }
}
