/** Answering effects from a recording. */
import type { Json } from "../message/index.js";
import type { Effect, EffectKind, EffectLayer, EffectScope, EffectTable, Execute, ModelResponse } from "./effects.js";
import { AutogenError, type ErrorCode } from "./errors.js";
import { differenceText } from "./input-difference.js";
import { canonical, plain, type RecordedEffect } from "./layers.js";
import { nearestOf } from "./nearest-key.js";

/** Which effects are replayed, and how closely they must match. */
export interface ReplayOptions {
  /** Effects of other kinds are performed live. @default all kinds */
  readonly kinds?: readonly EffectKind[];
  /** Also compare inputs. @default false */
  readonly strict?: boolean;
  /** What happens to an effect that was not recorded. @default "error" */
  readonly missing?: "error" | "live";
}

/** A layer that answers from a recording, and what became of the recording. */
export interface ReplayLayer extends EffectLayer {
  /** What was recorded and not asked for yet, in order; effects of kinds that are performed live do not count. */
  readonly unused: readonly RecordedEffect[];
  /** @throws AutogenError `replay-mismatch` when something was recorded and not asked for */
  assertComplete(): void;
}

/**
 * Answers effects from a recording, by key. A key that was recorded several times (several runs in one recording) is
 * answered in that order, and from the start again after the last. Texts of streamed answers are told in one piece.
 *
 * @throws AutogenError `replay-mismatch` when the recording has no such effect, or (strict) another input; its message
 * shows the nearest recorded effect and what is different
 */
export function replayFrom(
  effects: readonly RecordedEffect[],
  { kinds, strict = false, missing = "error" }: ReplayOptions = {},
): ReplayLayer {
  const replayed = kinds === undefined ? effects : effects.filter((one) => kinds.includes(one.kind));
  const recorded = byKey(replayed);
  const asked = new Map<string, number>();
  const used = new Set<RecordedEffect>();
  const next = (key: string): RecordedEffect | undefined => {
    const found = recorded.get(key);
    if (found === undefined) return undefined;
    const number = asked.get(key) ?? 0;
    asked.set(key, number + 1);
    return found[number % found.length];
  };
  const layer: EffectLayer =
    (perform, scope) =>
    async <K extends EffectKind>(effect: Effect<K>, execute: Execute<K>): Promise<EffectTable[K]["output"]> => {
      if (kinds !== undefined && !kinds.includes(effect.kind)) return await perform(effect, execute);
      const found = next(effect.key);
      if (found === undefined) {
        if (missing === "live") return await perform(effect, execute);
        throw missingEffect(effect, replayed);
      }
      if (strict && found.input !== undefined) compareInputs(effect, found.input);
      used.add(found);
      if (found.error !== undefined) throw reviveError(found.error);
      tellText(effect, found, scope);
      // Recorded under the same key, hence for the same kind of effect.
      return found.output ?? null;
    };
  const unused = (): readonly RecordedEffect[] => replayed.filter((one) => !used.has(one));
  return Object.defineProperties(layer, {
    unused: { get: unused, enumerable: true },
    assertComplete: { value: () => assertNone(unused(), replayed.length) },
    // The two members of the interface are the ones defined here.
  }) as ReplayLayer;
}

function byKey(effects: readonly RecordedEffect[]): ReadonlyMap<string, readonly RecordedEffect[]> {
  const found = new Map<string, RecordedEffect[]>();
  for (const effect of effects) {
    const same = found.get(effect.key);
    if (same === undefined) found.set(effect.key, [effect]);
    else same.push(effect);
  }
  return found;
}

/** The error that was described, with its name, code and message. The code may be one of another version of this package. */
export function reviveError({ name, code, message, details = null }: NonNullable<RecordedEffect["error"]>): Error {
  if (name === undefined) return new AutogenError(code as ErrorCode, message, { details });
  return Object.assign(new Error(message), { name }, code === "" ? {} : { code });
}

/** As a cache does: a recorded answer comes in one piece. */
function tellText({ kind, target, input }: Effect, { output }: RecordedEffect, scope: EffectScope): void {
  if (kind !== "model") return;
  const { body } = input as EffectTable["model"]["input"]; // by its kind
  if (body["stream"] !== true) return;
  const { choices = [] } = (output ?? {}) as unknown as Partial<ModelResponse>;
  for (const { message } of choices) {
    if (typeof message?.content === "string" && message.content !== "")
      scope.emit({ type: "llm.delta", agent: target, text: message.content });
  }
}

function missingEffect(effect: Effect, effects: readonly RecordedEffect[]): AutogenError {
  const { key, kind, target } = effect;
  const nearest = nearestOf(effect, effects);
  const same = effects.filter((one) => one.kind === kind && one.target === target).length;
  const count =
    same > 0
      ? `It holds ${String(same)} of \`${kind}:${target}\`, so the run now does more, or something else, than was recorded.`
      : `It holds none of \`${kind}:${target}\`.`;
  const parts = [`The recording has no effect \`${key}\`. ${count}`];
  if (nearest !== undefined) {
    parts.push(`Nearest is \`${nearest.key}\`. ${comparison(effect, nearest)}`);
  }
  parts.push('Record the run again, or pass `missing: "live"` to perform what was not recorded.');
  return new AutogenError("replay-mismatch", parts.join("\n"), { details: { key, nearest: nearest?.key ?? null } });
}

function comparison({ input }: Effect, { input: recorded }: RecordedEffect): string {
  if (recorded === undefined) return "Its input was not recorded.";
  const difference = differenceText(recorded, plain(input));
  return difference === null ? "Its input is the same." : `Its input, recorded (-) and now (+):\n${difference}`;
}

function compareInputs(effect: Effect, recorded: Json): void {
  const now = plain(effect.input);
  if (canonical(now) === canonical(recorded)) return;
  const { key } = effect;
  throw new AutogenError(
    "replay-mismatch",
    `The effect \`${key}\` was recorded with another input, recorded (-) and now (+):\n${differenceText(recorded, now) ?? ""}\nRecord the run again, or replay without \`strict\`.`,
    { details: { key, nearest: key } },
  );
}

/** Named in a message; further ones are counted. */
const MOST_NAMED = 5;

function assertNone(unused: readonly RecordedEffect[], total: number): void {
  if (unused.length === 0) return;
  const named = unused.slice(0, MOST_NAMED).map(({ key }) => `  \`${key}\``);
  if (unused.length > MOST_NAMED) named.push(`  and ${String(unused.length - MOST_NAMED)} more`);
  throw new AutogenError(
    "replay-mismatch",
    `${String(unused.length)} of ${String(total)} recorded effects were never asked for, so the run now does less than was recorded:\n${named.join("\n")}\nRecord the run again.`,
    { details: { unused: unused.map(({ key }) => key) } },
  );
}
