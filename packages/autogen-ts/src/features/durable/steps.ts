/** The steps of one run: those that were performed before are answered, new ones are performed and stored. */
import {
  abortError,
  AutogenError,
  canonical,
  describeError,
  differenceText,
  isAutogenError,
  reviveError,
  type Effect,
  type EffectKind,
  type EffectTable,
  type ErrorCode,
  type Execute,
  type Json,
} from "../../core.js";
import type { StoredStep } from "./journal-lines.js";
import { outlineOf } from "./outline.js";
import { repeatQuestion, type People } from "./people.js";
import { checkJson } from "./plain-json.js";
import { ReplayGate } from "./replay-gate.js";
import type { OpenRun } from "./store.js";

/** What steps need besides the journal. */
export interface StepsOptions {
  /** Answers people's questions; null leaves them to the program's own streams. */
  readonly people: People | null;
  /** Fires when the run is to stop. */
  readonly signal: AbortSignal;
  /** Bytes that one step may store. */
  readonly maxStepBytes: number;
  /** How long a replay may stand still. */
  readonly quietMs: number;
  /** Told when something was begun or has ended. */
  readonly onChange?: () => void;
}

/** These say nothing about the world, so they are not stored. */
const NOT_STORED: readonly ErrorCode[] = [
  "aborted",
  "replay-mismatch",
  "replay-diverged",
  "request-forbidden",
  "not-storable",
  "journal-failed",
];

/** What became of the call that was interrupted, in the words of the one who was asked. */
const REPEAT = /^repeat$/i;
const FAILED = /^failed(?::\s*|$)/i;

export class Steps {
  readonly #open: OpenRun;
  readonly #options: StepsOptions;
  readonly #gate: ReplayGate;
  readonly #asked = new Set<string>();
  #fatal: AutogenError | null = null;
  #live = 0;

  constructor(open: OpenRun, options: StepsOptions) {
    this.#open = open;
    this.#options = options;
    this.#gate = new ReplayGate(open.stored.keys, options.quietMs, (error) => this.#fail(error));
    options.signal.addEventListener("abort", () => this.#gate.close(abortError(options.signal)), { once: true });
  }

  /** What makes going on pointless, whatever the program made of it. */
  get fatal(): AutogenError | null {
    return this.#fatal;
  }

  /** Steps that are being performed now; questions to people do not count. */
  get live(): number {
    return this.#live;
  }

  /** Whether everything that was stored has been asked for. */
  get isReplayed(): boolean {
    return this.#gate.isOpen;
  }

  /** @throws AutogenError `replay-diverged` when the program has ended before it came by all that was stored */
  async finish(): Promise<void> {
    // A branch that failed ends the program while others are still on their way.
    if (this.#fatal === null) await this.#gate.enter(null);
    if (this.#fatal !== null) throw this.#fatal;
  }

  async perform<K extends EffectKind>(effect: Effect<K>, execute: Execute<K>): Promise<EffectTable[K]["output"]> {
    if (this.#fatal !== null) throw this.#fatal;
    const { key } = effect;
    if (this.#asked.has(key))
      throw this.#fail(
        new AutogenError(
          "replay-diverged",
          `The step \`${key}\` was asked for twice in one run. Pass each part of the program the \`run\` that it was given.`,
        ),
      );
    this.#asked.add(key);
    const outline = outlineOf(effect); // Read as data.
    const found = this.#open.stored.step(key);
    if (found !== undefined) return this.#answer(found, outline); // Stored for this very step.
    await this.#gate.enter(key);
    if (this.#options.signal.aborted) throw abortError(this.#options.signal);
    if (isQuestion(effect) && this.#options.people !== null) {
      // A question is a text, and so is its answer.
      return await this.#askPerson(effect, outline, this.#options.people);
    }
    const interrupted = await this.#interrupted(effect, outline);
    if (interrupted !== null) return interrupted; // The outcome of a tool.
    return await this.#execute(effect, outline, execute);
  }

  #answer({ key, outline: recorded, outcome }: StoredStep, outline: Json): Json {
    if (recorded !== null && canonical(recorded) !== canonical(outline)) {
      const difference = differenceText(recorded, outline) ?? "";
      throw this.#fail(
        new AutogenError(
          "replay-diverged",
          `The step \`${key}\` was performed with another input, stored (-) and now (+):\n${difference}\nNothing new was performed. Run the old program, or fork the run from this step.`,
          { details: { key } },
        ),
      );
    }
    this.#gate.pass(key);
    if ("error" in outcome) throw reviveError(outcome.error);
    return outcome.value;
  }

  async #execute<K extends EffectKind>(effect: Effect<K>, outline: Json, execute: Execute<K>): Promise<EffectTable[K]["output"]> {
    this.#live += 1;
    this.#options.onChange?.();
    try {
      let output: EffectTable[K]["output"];
      try {
        output = await execute({});
      } catch (error) {
        if (!NOT_STORED.some((code) => isAutogenError(error, code)))
          await this.#append({ k: effect.key, t: Date.now(), i: outline, e: describeError(error) });
        throw error;
      }
      return (await this.#store(effect, outline, output)) as EffectTable[K]["output"]; // The same, or its copy by JSON.
    } finally {
      this.#live -= 1;
      this.#options.onChange?.();
    }
  }

  async #store(effect: Pick<Effect, "kind" | "target" | "key">, outline: Json, output: unknown): Promise<unknown> {
    const checked = checkJson(output);
    const { maxStepBytes } = this.#options;
    if (typeof checked === "object") {
      const where = checked.path === "" ? "is" : `has \`${checked.path}\`, which is`;
      throw this.#fail(
        new AutogenError(
          "not-storable",
          `What ${nameOf(effect)} gave cannot be stored: it ${where} ${checked.what}, and not plain JSON. Nothing of it was stored. Return texts, numbers, lists and plain objects.`,
          { details: { key: effect.key, target: effect.target, path: checked.path } },
        ),
      );
    }
    const line = { k: effect.key, t: Date.now(), i: outline, v: output as Json }; // Checked above.
    const bytes = Buffer.byteLength(JSON.stringify(line.v));
    if (bytes > maxStepBytes) {
      throw this.#fail(
        new AutogenError(
          "not-storable",
          `What ${nameOf(effect)} gave has ${String(bytes)} bytes, and a step may store ${String(maxStepBytes)}. Nothing of it was stored. Keep it elsewhere and return a reference, or raise \`maxStepBytes\`.`,
          { details: { key: effect.key, target: effect.target, bytes } },
        ),
      );
    }
    await this.#append(line);
    return checked === "exact" ? output : (JSON.parse(JSON.stringify(output)) as unknown);
  }

  async #askPerson({ key, target, input }: Effect<"human">, outline: Json, people: People): Promise<string> {
    try {
      const text = await people.ask({ id: key, agent: target, prompt: input.prompt, purpose: "line" });
      await this.#append({ k: key, t: Date.now(), i: outline, v: text });
      return text;
    } catch (error) {
      if (isAutogenError(error, "question-expired"))
        await this.#append({ k: key, t: Date.now(), i: outline, e: describeError(error) });
      throw error;
    }
  }

  /** For calls that must run once: marks the beginning, or asks what became of the one that was begun before. */
  async #interrupted({ kind, key, target, input }: Effect, outline: Json): Promise<EffectTable["tool"]["output"] | null> {
    if (kind !== "tool" || (input as EffectTable["tool"]["input"]).once !== true) return null; // By its kind.
    const { people } = this.#options;
    const begun = this.#open.stored.begun.get(key);
    const begin = async (): Promise<null> => {
      await this.#append({ begin: key, time: new Date().toISOString() });
      return null;
    };
    if (begun === undefined) return await begin();
    if (people === null) {
      throw this.#fail(
        new AutogenError(
          "replay-diverged",
          `The call \`${key}\` of the tool \`${target}\` was interrupted, must run once, and there is nobody to ask what became of it.`,
        ),
      );
    }
    const prompt =
      `The tool ${target} was interrupted by a crash while it ran, and it must not run twice. Its arguments:\n` +
      `${JSON.stringify((input as EffectTable["tool"]["input"]).args, null, 2)}\n` +
      "Type 'repeat' to run it again, 'failed: why' if nothing was done, or what it gave: ";
    // Each interruption is a question of its own.
    const answer = (await people.ask({ id: repeatQuestion(key, begun), agent: target, prompt, purpose: "repeat" })).trim();
    if (REPEAT.test(answer)) return await begin();
    const outcome = FAILED.test(answer)
      ? { ok: false, content: `Error: ${answer.replace(FAILED, "") || "it was interrupted, and nothing was done"}` }
      : { ok: true, content: answer };
    await this.#append({ k: key, t: Date.now(), i: outline, v: outcome });
    return outcome;
  }

  async #append(line: Parameters<OpenRun["append"]>[0]): Promise<void> {
    try {
      await this.#open.append(line);
    } catch (error) {
      throw isAutogenError(error) ? this.#fail(error) : error;
    }
  }

  #fail(error: AutogenError): AutogenError {
    this.#fatal ??= error;
    this.#gate.close(error);
    return this.#fatal;
  }
}

const isQuestion = (effect: Effect): effect is Effect<"human"> =>
  effect.kind === "human" && (effect.input as EffectTable["human"]["input"]).by === undefined; // By its kind.

const nameOf = ({ kind, target }: Pick<Effect, "kind" | "target">): string =>
  kind === "model" ? `the model of \`${target}\`` : `the ${kind === "tool" ? "tool" : `effect \`${kind}\` of`} \`${target}\``;
