/** The layers that every run may use: trace, record, replay. */
import type { Json } from "../message/index.js";
import type { Effect, EffectLayer, EffectKind, Execute, EffectTable } from "./effects.js";
import { AutogenError, isAutogenError, type ErrorCode } from "./errors.js";

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
  readonly error?: { readonly code: string; readonly message: string; readonly details?: Json };
}

/** Which effects are replayed, and how closely they must match. */
export interface ReplayOptions {
  /** Effects of other kinds are performed live. @default all kinds */
  readonly kinds?: readonly EffectKind[];
  /** Also compare inputs. @default false */
  readonly strict?: boolean;
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

/** Hands every finished effect to `write`, in the order of finishing; an aborted one is not written. */
export function recordTo(write: (effect: RecordedEffect) => void | Promise<void>): EffectLayer {
  return (next) => async (effect, execute) => {
    const { key, kind, target, input } = effect;
    try {
      const output = await next(effect, execute);
      await write({ key, kind, target, input: plain(input), output: plain(output) });
      return output;
    } catch (error) {
      if (isAutogenError(error) && error.code !== "aborted" && error.code !== "replay-mismatch") {
        await write({
          key,
          kind,
          target,
          input: plain(input),
          error: { code: error.code, message: error.message, details: error.details },
        });
      }
      throw error;
    }
  };
}

/**
 * Answers effects from a recording, by key.
 *
 * @throws AutogenError `replay-mismatch` when the recording has no such effect, or (strict) another input
 */
export function replayFrom(effects: readonly RecordedEffect[], { kinds, strict = false }: ReplayOptions = {}): EffectLayer {
  const recorded = new Map(effects.map((effect) => [effect.key, effect]));
  return (next) =>
    async <K extends EffectKind>(effect: Effect<K>, execute: Execute<K>): Promise<EffectTable[K]["output"]> => {
      if (kinds !== undefined && !kinds.includes(effect.kind)) return await next(effect, execute);
      const found = recorded.get(effect.key);
      if (found === undefined) throw missing(effect, effects);
      if (strict && found.input !== undefined) compareInputs(effect, found.input);
      // The code may be one of another version of this package: it is data here.
      if (found.error !== undefined)
        throw new AutogenError(found.error.code as ErrorCode, found.error.message, { details: found.error.details ?? null });
      // Recorded under the same key, hence for the same kind of effect.
      return found.output ?? null;
    };
}

function missing(effect: Effect, effects: readonly RecordedEffect[]): AutogenError {
  const same = effects.filter((one) => one.kind === effect.kind && one.target === effect.target).length;
  const hint =
    same > 0
      ? `It holds ${String(same)} of \`${effect.kind}:${effect.target}\`, so the run now does more than was recorded.`
      : `It holds none of \`${effect.kind}:${effect.target}\`.`;
  return new AutogenError("replay-mismatch", `The recording has no effect \`${effect.key}\`. ${hint} Record the run again.`, {
    details: { key: effect.key },
  });
}

function compareInputs(effect: Effect, recorded: Json): void {
  const now = canonical(plain(effect.input));
  const then = canonical(recorded);
  if (now === then) return;
  let at = 0;
  while (now[at] === then[at]) at += 1;
  const around = (text: string): string => text.slice(Math.max(0, at - 40), at + 60);
  throw new AutogenError(
    "replay-mismatch",
    `The effect \`${effect.key}\` was recorded with another input.\n  recorded: …${around(then)}…\n  now:      …${around(now)}…\nRecord the run again, or replay without \`strict\`.`,
    { details: { key: effect.key, position: at } },
  );
}

/** JSON with keys in order, for comparing. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_key, item: Json) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;
