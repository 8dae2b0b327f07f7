/** A journal for a program that starts its chats itself, without conversations, people and hosts. */
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { EffectLayer } from "../../core.js";
import { journalFile, type JournalFileOptions } from "./journal-file.js";
import { StepContext } from "./step-layer.js";
import { Steps } from "./steps.js";

/** How the journal of one chat is kept. */
export interface JournalLayerOptions extends Pick<JournalFileOptions, "sync"> {
  /** Bytes that one step may store. @default 4 MiB */
  readonly maxStepBytes?: number;
}

/** A layer, to be given to one chat, and to be closed after it. */
export interface JournalLayer extends AsyncDisposable {
  readonly layer: EffectLayer;
  /** @throws AutogenError `replay-diverged` when the chat came to its end before it came by all that was stored */
  finish(): Promise<void>;
}

const ENDING = ".jsonl";
const MOST_BYTES = 4 * 2 ** 20;
const QUIET_MS = 1_000;

/**
 * Stores every finished effect of one chat in `file`; a chat that is started again with the same file gets what was stored, and
 * performs the rest. People are asked as without it, and what they say is stored.
 *
 * @param file ends in `.jsonl`
 * @throws AutogenError `run-locked`, `journal-failed`
 */
export async function journalLayer(
  file: string | URL,
  { sync = "none", maxStepBytes = MOST_BYTES }: JournalLayerOptions = {},
): Promise<JournalLayer> {
  const path = typeof file === "string" ? file : fileURLToPath(file);
  const id = basename(path, ENDING);
  const store = journalFile({ dir: dirname(path), sync });
  const time = new Date().toISOString();
  await store.create({ id, conversation: "", program: "", input: null, time });
  const open = await store.open(id);
  const stopping = new AbortController();
  const steps = new Steps(open, { people: null, signal: stopping.signal, maxStepBytes, quietMs: QUIET_MS });
  const context = new StepContext();
  return {
    layer: context.layer(id, steps),
    finish: async () => await steps.finish(),
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      context.close();
      open.close();
    },
  };
}
