/** The layers that every run may use: trace and record; `replay.ts` has the third. */
import type { Json } from "../message/index.js";
import type { Effect, EffectLayer, EffectKind, Execute, EffectTable } from "./effects.js";
import { isAutogenError, type ErrorCode } from "./errors.js";

/** Version of the form of recordings. */
export const RECORDING_FORMAT = 1;

/** One effect of a recording; a line of a recording file is one of these. */
export interface RecordedEffect {
  readonly key: string;
  readonly kind: EffectKind;
  readonly target: string;
  /** Left out in recordings written by hand; then replay does not compare it. */
  readonly input?: Json;
  readonly output?: Json;
  /** Present instead of `output` when the effect failed. */
  readonly error?: {
    /** Of errors that are not the library's own: `TypeError`, for example. */
    readonly name?: string;
    /** `""` for errors without one. */
    readonly code: string;
    readonly message: string;
    readonly details?: Json;
  };
}

/** Emits `effect.start` and `effect.end` around every effect. */
export const trace: EffectLayer = (next, scope) => async (effect, execute) => {
  const { key, kind, target } = effect;
  scope.emit({ type: "effect.start", key, kind, target });
  let ok = false;
  try {
    const output = await next(effect, execute);
    ok = true;
    return output;
  } finally {
    scope.emit({ type: "effect.end", key, kind, target, ok });
  }
};

/**
 * Hands every finished effect to `write`, in the order of finishing, before anyone else learns of its outcome. What
 * was aborted, forbidden or no part of a replay is not written.
 */
export function recordTo(write: (effect: RecordedEffect) => void | Promise<void>): EffectLayer {
  return (next) =>
    async <K extends EffectKind>(effect: Effect<K>, execute: Execute<K>): Promise<EffectTable[K]["output"]> => {
      const { key, kind, target } = effect;
      const input = plain(effect.input);
      let output: EffectTable[K]["output"];
      try {
        output = await next(effect, execute);
      } catch (error) {
        if (!NOT_RECORDED.some((code) => isAutogenError(error, code)))
          await write({ key, kind, target, input, error: describeError(error) });
        throw error;
      }
      await write({ key, kind, target, input, output: plain(output) });
      return output;
    };
}

/** These say nothing about the world. */
const NOT_RECORDED: readonly ErrorCode[] = ["aborted", "replay-mismatch", "replay-diverged", "request-forbidden"];

/** An error as data, as recordings keep it. */
export function describeError(error: unknown): NonNullable<RecordedEffect["error"]> {
  if (isAutogenError(error)) return { code: error.code, message: error.message, details: plain(error.details) };
  if (!(error instanceof Error)) return { name: "Error", code: "", message: String(error) };
  const { code } = error as { readonly code?: unknown };
  return { name: error.name, code: typeof code === "string" ? code : "", message: error.message };
}

/** JSON with keys in order, for comparing. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_key, item: Json) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** A copy as JSON; what JSON has no word for is null. */
export const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;
